"""The heat map of sizes: every size once, beside its control."""

from pathlib import Path

import pytest
from made_up_study import known, study

from qcore.study import Quantity
from qcore.tasks.dosing.networks.evaluation.sizes import sizes
from qcore.training.dosing import candidates as named
from qcore.training.dosing import size
from qcore.training.dosing.evaluate import Validation
from qcore.training.dosing.train import NetworkTraining
from qcore.training.loop.recipe import Recipe


def test_every_size_is_beside_its_control(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(named, "SHARP", NetworkTraining(Recipe(2, batch=64)))
    monkeypatch.setattr(size, "FORECAST_AFTER", 30.0)
    told: list[int] = []
    validation = Validation(
        study(6), known(), tmp_path, n_folds=2, on_progress=lambda _what, _done, total: told.append(total)
    )
    found = sizes(size.train_size(validation, n_qubits, 1) for n_qubits in (1, 2))
    assert [(each.n_qubits, each.n_layers, each.quantity) for each in found] == [
        (n_qubits, 1, quantity) for n_qubits in (1, 2) for quantity in Quantity
    ]
    # Two models, two parts of one division, one case.
    assert set(told) == {4}
    for each in found:
        assert each.difference.value == pytest.approx(each.quantum.value - each.classical.value, abs=2e-4)
    assert len({each.quantum for each in found}) == 4
