"""Prediction intervals are measured on those who did not train."""

from pathlib import Path

import numpy as np
import pytest
from made_up_study import known, study

from qcore.io.study import Quantity
from qcore.tasks.dosing.learned.model import COVERAGE, Build, Experts
from qcore.training.dosing import candidates as named
from qcore.training.dosing.candidates import Candidate, Start
from qcore.training.dosing.coverage import coverage
from qcore.training.dosing.evaluate import Validation
from qcore.training.dosing.train import Recipe
from qcore.training.network import NetworkRecipe


def test_most_measurements_of_others_lie_in_their_interval(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(named, "BLURRED", Recipe(NetworkRecipe(20, batch=64, learning_rate=1e-2), jitter=1.0))
    whole = study(30)
    validation = Validation(whole, known(), tmp_path, n_folds=2, n_repeats=1, cases={"unseen": None})
    found = coverage(validation, Candidate(Start.SUPERPOSITION, Build(Experts.CLASSICAL, n_qubits=2, n_layers=1)))
    response = np.concatenate([subject.observations.response for subject in whole.subjects])
    assert [(each.quantity, each.n) for each in found] == [
        (Quantity.CONCENTRATION, int((~response).sum())),
        (Quantity.RESPONSE, int(response.sum())),
    ]
    for each in found:
        assert each.nominal == COVERAGE
        assert 0.7 < each.found <= 1
        # People differ by 20 %: an interval is as wide as that, and no wider than what is seen at all.
        assert 1.5 < each.width < 6


def test_a_candidate_without_networks_has_no_interval(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="only networks"):
        coverage(Validation(study(6), known(), tmp_path), Candidate(Start.MECHANISTIC))
