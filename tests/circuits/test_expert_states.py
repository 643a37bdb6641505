"""An expert's expectations at once are PennyLane's gate by gate, and so are their slopes."""

from dataclasses import replace

import pytest
import torch

from qcore.backends.ideal import IdealBackend
from qcore.circuits.experts import expert
from qcore.models.quantum_layer import without_entanglers


@pytest.mark.parametrize(
    ("n_qubits", "n_layers"), [(1, 2), (2, 1), (2, 2), (3, 2), (4, 3), (5, 2), (7, 2)], ids=lambda value: str(value)
)
def test_expectations_and_their_slopes_are_those_of_pennylane(n_qubits: int, n_layers: int) -> None:
    generator = torch.Generator().manual_seed(n_qubits)
    circuit = expert(n_qubits, n_layers)
    inputs = torch.randn(3, n_qubits, generator=generator, dtype=torch.float64)
    weights = torch.randn(circuit.n_weights, generator=generator, dtype=torch.float64)
    found = []
    for each in (circuit, replace(circuit, shortcut=None)):
        x, w = inputs.clone().requires_grad_(True), weights.clone().requires_grad_(True)
        values = IdealBackend().expectations(each, x, w).values
        mixing = torch.arange(1, values.shape[1] + 1, dtype=torch.float64).cos()
        found.append((values, *torch.autograd.grad((values * mixing).sum(), (x, w))))
    for ours, theirs in zip(*found, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-10)


def test_it_says_what_ran() -> None:
    circuit = expert(2, 1)
    for each, device in (
        (circuit, "state vectors in torch"),
        (replace(circuit, shortcut=None), "PennyLane default.qubit"),
    ):
        ran = IdealBackend().expectations(each, torch.zeros(1, 2), torch.zeros(6)).provenance
        assert (ran.backend, ran.device, ran.shots) == ("ideal", device, None)


def test_with_other_observables_it_runs_gate_by_gate() -> None:
    circuit = expert(2, 1)
    other = replace(circuit, observables=circuit.observables[:1])
    ran = IdealBackend().expectations(other, torch.zeros(1, 2), torch.zeros(6))
    assert ran.values.shape == (1, 1)
    assert ran.provenance.device == "PennyLane default.qubit"


def test_without_its_entanglers_it_is_another_circuit() -> None:
    circuit, weights = expert(3, 2), torch.linspace(0.1, 1.8, 18)
    inputs = torch.tensor([[0.3, -0.4, 0.9]])
    whole, bare = (
        IdealBackend().expectations(each, inputs, weights).values for each in (circuit, without_entanglers(circuit))
    )
    assert float((whole - bare).abs().max()) > 0.1
