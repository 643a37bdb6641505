"""Training across devices: each step on the next one, in order."""

import pytest
import torch

from qcore.backends.protocol import Expectations
from qcore.backends.registry import backend
from qcore.circuits import Circuit, reuploading
from qcore.models.families import FAMILIES, Kind, Shape
from qcore.training.loop.devices import AcrossDevices, training_backend
from qcore.training.loop.network import fit_network, smoothed_cross_entropy
from qcore.training.loop.recipe import Recipe

NAMES = ("ideal", "noisy:fez", "noisy:sherbrooke:5")
CIRCUIT = reuploading(2, 2)
INPUTS = torch.rand(3, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
WEIGHTS = torch.full((4,), 0.4, dtype=torch.float64)


def test_every_step_runs_on_the_next_one() -> None:
    across = training_backend(NAMES)
    assert isinstance(across, AcrossDevices)
    assert across.name == "ideal, noisy:fez, noisy:sherbrooke:5"
    for name in (*NAMES, *NAMES):
        found = across.expectations(CIRCUIT, INPUTS, WEIGHTS)
        expected = backend(name).expectations(CIRCUIT, INPUTS, WEIGHTS)
        torch.testing.assert_close(found.values, expected.values, rtol=0, atol=0)
        assert found.provenance.device == expected.provenance.device
        assert across.expectations(CIRCUIT, INPUTS, WEIGHTS).provenance.device == expected.provenance.device
        across.next_step()


@pytest.mark.parametrize(("family", "calls"), [("experts", 4), ("gru", 3)])
def test_every_circuit_of_a_model_meets_every_device(family: str, calls: int, monkeypatch: pytest.MonkeyPatch) -> None:
    names, ran = ("noisy:fez:0", "noisy:fez", "noisy:torino"), []
    across = AcrossDevices(names)
    original = across.expectations

    def logged(circuit: Circuit, inputs: torch.Tensor, weights: torch.Tensor) -> Expectations:
        found = original(circuit, inputs, weights)
        ran.append(found.provenance.backend)
        return found

    monkeypatch.setattr(across, "expectations", logged)
    kind = Kind.TABLE if family == "experts" else Kind.SERIES
    model = FAMILIES[family].build(Shape(kind, 2), 2, 1)
    x = torch.rand(3, 2) if kind is Kind.TABLE else torch.rand(3, calls, 2)
    fit_network(model, x, torch.ones(3, 1), smoothed_cross_entropy(0), Recipe(3, batch=3), across, 0)
    assert ran == [name for name in names for _ in range(calls)]


def test_one_name_is_that_backend() -> None:
    assert training_backend(["noisy:fez"]).name == "noisy:fez"
