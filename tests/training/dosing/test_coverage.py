"""Prediction intervals are measured on those who did not train."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from made_up_study import known, study

from qcore.backends.ideal import IdealBackend
from qcore.study import Quantity
from qcore.tasks.dosing.networks.model import COVERAGE, Build, Experts
from qcore.training.dosing import candidates as named
from qcore.training.dosing.candidates import Candidate, Start
from qcore.training.dosing.coverage import retrained, spread_of_residuals
from qcore.training.dosing.evaluate import Validation
from qcore.training.dosing.train import NetworkTraining
from qcore.training.loop.recipe import Recipe

CANDIDATES = {
    "superposition": Candidate(Start.SUPERPOSITION),
    "classical": Candidate(Start.SUPERPOSITION, Build(Experts.CLASSICAL, n_qubits=2, n_layers=1)),
}


def test_most_measurements_of_others_lie_in_their_interval(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(named, "BLURRED", NetworkTraining(Recipe(20, batch=64, learning_rate=1e-2), jitter=1.0))
    whole = study(30)
    validation = Validation(whole, known(), tmp_path, 2, 1, {"unseen": None}, CANDIDATES)
    found = retrained(validation, "classical", "unseen", {"states": IdealBackend()})
    response = np.concatenate([subject.observations.response for subject in whole.subjects])
    # Trained once more, they are the networks whose errors were measured.
    assert found.errors == {"states": validation.run().models[1]}
    assert [(each.quantity, each.n) for each in found.coverage] == [
        (Quantity.CONCENTRATION, int((~response).sum())),
        (Quantity.RESPONSE, int(response.sum())),
    ]
    for each in found.coverage:
        assert (each.model, each.case, each.nominal) == ("classical", "unseen", COVERAGE)
        assert 0.7 < each.found <= 1
        # People differ by 20 %: an interval is as wide as that, and no wider than what is seen at all.
        assert 1.5 < each.width < 6


def test_those_who_are_asked_have_no_part_in_their_own_interval(tmp_path: Path) -> None:
    whole = study(8)
    validation = Validation(whole, known(), tmp_path, 2, 2, {"unseen": None}, CANDIDATES)
    everybody = spread_of_residuals(validation, "superposition", "unseen")
    others = spread_of_residuals(validation, "superposition", "unseen", np.array([0, 1, 2]))
    assert not torch.equal(everybody, others)
    # One division is enough, whatever else was measured.
    assert torch.equal(everybody, spread_of_residuals(replace(validation, n_repeats=1), "superposition", "unseen"))


def test_a_candidate_without_networks_has_no_interval(tmp_path: Path) -> None:
    validation = Validation(study(6), known(), tmp_path, candidates=CANDIDATES)
    with pytest.raises(ValueError, match="superposition has no networks"):
        retrained(validation, "superposition", "unseen", {})
