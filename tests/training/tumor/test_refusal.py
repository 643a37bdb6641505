"""How often brains and other pictures are refused by their looks, measured on small sets of each."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_up_slices import slices

from qcore.tasks.classification import store
from qcore.tasks.tumor.answer import ENTRY, load
from qcore.training.tumor import refusal
from qcore.training.tumor.notes import notes


def test_brains_are_let_pass_and_other_pictures_are_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heads = replace(slices(), person=np.array(list(map(str, range(len(slices()))))))
    monkeypatch.setattr(refusal, "read_slices", lambda *_: heads)
    monkeypatch.setattr(refusal, "MOST_OF_A_SET", 6)
    found = refusal.refusals(load(), data)
    assert [each.is_brain_mri for each in found] == [True, False, False, False]
    assert all(each.share.value > 0.5 for each in found[1:])
    evaluation = store.load_evaluation(ENTRY).model_copy(update={"refused": found})
    section = dict(notes(load(), evaluation).sections)["What is refused"]
    assert section.count("| all |") == 3
    assert "| Chest, X-ray |" in section
