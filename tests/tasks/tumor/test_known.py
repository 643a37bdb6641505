"""What is refused by what its file says and by its grey values."""

from dataclasses import replace

import numpy as np
import pytest

from qcore.io.image.series import Series
from qcore.tasks.tumor.known import by_file
from qcore.tasks.tumor.phantom import head

HEAD = head(None, 5)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"modality": "CT"}, "its file says that it is a CT"),
        ({"modality": "PT"}, "its file says that it is a PET"),
        ({"modality": "DX"}, "its file says that it is an X-ray"),
        ({"body_part": "KNEE"}, "another part of the body (knee)"),
        ({"body_part": "C-SPINE"}, "another part of the body (c-spine)"),
        ({"colour": True}, "a picture in colours"),
        ({"pixels": np.zeros((3, 40, 40), np.int16)}, "empty, or nearly of one grey"),
        ({"pixels": HEAD.pixels - 1000}, "its grey values are those of a CT"),
    ],
)
def test_what_is_no_mri_of_a_brain_is_named(change: dict[str, object], why: str) -> None:
    assert why in by_file(replace(HEAD, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"modality": ""},
        {"modality": "OT"},
        {"body_part": ""},
        {"body_part": "HEADNECK"},
        {"body_part": "BRAIN AND SPINE"},
        {"body_part": "UNKNOWN"},
        # A few negative values come with filters and resampling.
        {"pixels": (HEAD.pixels - 30).astype(np.float32)},
    ],
)
def test_what_may_be_one_is_not_refused_by_its_file(change: dict[str, object]) -> None:
    series: Series = replace(HEAD, **change)  # type: ignore[arg-type]
    assert by_file(series) == ""
