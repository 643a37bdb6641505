"""What is taken along of an answer: made when it is asked for, readable, and noted in the trail."""

import io
from collections.abc import Callable
from typing import Any

import pydicom
import pytest
import streamlit as st
from dashboard_reading import is_fault_free, rows_in_trail
from PIL import Image
from streamlit.testing.v1 import AppTest

from dashboard.shared import session_cache
from qcore.tasks.imaging.examples import EXAMPLES as OTHERS
from qcore.tasks.tumor.examples import EXAMPLES

Made = dict[str, tuple[Callable[[], bytes], Callable[[], object]]]
BRAIN, BREAST, *REST = [next(iter(EXAMPLES)), *{example.question: key for key, example in OTHERS.items()}.values()]
SLOW = [pytest.param(key, marks=pytest.mark.slow) for key in REST]


@pytest.fixture
def offered(monkeypatch: pytest.MonkeyPatch) -> Made:
    """By the file's name, what makes it and what pressing does: the testing app cannot press these buttons."""
    made: Made = {}

    def button(_label: str, make: Callable[[], bytes], name: str, _type: str, **how: Any) -> None:
        made[name] = make, lambda: how["on_click"](*how["args"])

    monkeypatch.setattr(st, "download_button", button)
    return made


@pytest.mark.parametrize("key", [BRAIN, BREAST, *SLOW])
def test_a_picture_a_page_and_a_dicom_object_are_made_of_every_answer(
    key: str, home: AppTest, offered: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = home.switch_page("tumor/page.py").run()
    offered.clear()
    page.selectbox(key="tumor_example").set_value(key).run()
    assert is_fault_free(page)
    # A file is made where there is no session; one that all sessions share must not be used instead.
    monkeypatch.setattr(session_cache, "st", None)
    files = {name.partition(".")[2]: make() for name, (make, _) in offered.items()}
    picture = Image.open(io.BytesIO(files["png"]))
    assert picture.width >= 512
    assert files["pdf"].startswith(b"%PDF")
    captured = pydicom.dcmread(io.BytesIO(files["dcm"]))
    assert (captured.Columns, captured.Rows) == picture.size
    assert ("sr.dcm" in files) == (key in EXAMPLES)
    before = rows_in_trail()
    for _, press in offered.values():
        press()
    assert rows_in_trail() == before + len(offered)
