"""The state vectors the experts are trained on give PennyLane's numbers and slopes."""

import pytest
import torch

from qcore.backends.registry import backend
from qcore.circuits.experts import expert
from qcore.circuits.reuploading import reuploading
from qcore.training.dosing.states import ExpertStates


@pytest.mark.parametrize(("n_qubits", "n_layers"), [(1, 2), (2, 1), (2, 2), (3, 2), (4, 3), (5, 2)])
def test_expectations_and_their_slopes_are_those_of_pennylane(n_qubits: int, n_layers: int) -> None:
    generator = torch.Generator().manual_seed(n_qubits)
    circuit = expert(n_qubits, n_layers)
    inputs = torch.randn(3, n_qubits, generator=generator, dtype=torch.float64)
    weights = torch.randn(circuit.n_weights, generator=generator, dtype=torch.float64)
    found = []
    for where in (ExpertStates(), backend("ideal")):
        x, w = inputs.clone().requires_grad_(True), weights.clone().requires_grad_(True)
        values = where.expectations(circuit, x, w).values
        mixing = torch.arange(1, values.shape[1] + 1, dtype=torch.float64).cos()
        found.append((values, *torch.autograd.grad((values * mixing).sum(), (x, w))))
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-10)


def test_it_says_what_ran() -> None:
    circuit = expert(2, 1)
    ran = ExpertStates().expectations(circuit, torch.zeros(1, 2), torch.zeros(6)).provenance
    assert (ran.backend, ran.device, ran.shots) == ("expert-states", "state vectors in torch", None)


def test_another_circuit_is_refused() -> None:
    circuit = reuploading(2, 3)
    with pytest.raises(ValueError, match="no expert's circuit"):
        ExpertStates().expectations(circuit, torch.zeros(1, circuit.n_inputs), torch.zeros(circuit.n_weights))
