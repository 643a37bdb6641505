"""Expressibility, entanglement and gradient variance, where the answer is known."""

import math

import pennylane as qml
import pytest
import torch

from qcore.circuits import Circuit
from qcore.circuits.ansatz import CHAIN, SEPARATE, STRONG
from qcore.circuits.reuploading import layered
from qcore.evidence.circuit_quality import circuit_quality
from qcore.models.circuits import circuit_layers
from qcore.models.families import FAMILIES, Family, Kind, Shape


def only(queue: object, n_qubits: int, n_weights: int) -> Circuit:
    return Circuit("t", n_qubits, 1, n_weights, queue, (qml.PauliZ(0),))


def test_one_rotation_about_one_axis_is_known_exactly() -> None:
    found = circuit_quality(only(lambda _, w: qml.RY(w[0], wires=0), 1, 1))
    # <Z> = cos(w): its slope -sin(w) has variance 1/2 over a full turn; one qubit cannot be entangled.
    assert found.gradient_variance == pytest.approx(0.5, abs=0.03)
    assert found.entangling_capability == pytest.approx(0, abs=1e-12)
    # Fidelities of random angles follow the arcsine law, those of Haar-random qubits are even:
    # the divergence is the negative entropy of the arcsine law, -log(pi / 4).
    assert found.expressibility == pytest.approx(-math.log(math.pi / 4), abs=0.08)


def test_haar_random_states_are_as_expressive_as_can_be() -> None:
    # Euler angles with a random phase in between are not evenly distributed; deep random circuits are nearly.
    assert circuit_quality(layered(2, 12, ansatz=STRONG)).expressibility < 0.02


def test_a_bell_state_is_fully_entangled() -> None:
    def bell(_: torch.Tensor, weights: torch.Tensor) -> None:
        qml.Hadamard(0)
        qml.CNOT([0, 1])
        qml.RZ(weights[0], wires=0)

    assert circuit_quality(only(bell, 2, 1), samples=50).entangling_capability == pytest.approx(1)


def test_more_layers_express_more_and_no_entangler_entangles_nothing() -> None:
    separate, shallow, deep = (
        circuit_quality(layered(3, layers, ansatz=ansatz)) for layers, ansatz in ((3, SEPARATE), (1, CHAIN), (4, CHAIN))
    )
    assert separate.entangling_capability == pytest.approx(0, abs=1e-9)
    assert deep.expressibility < shallow.expressibility
    assert deep.expressibility < separate.expressibility
    assert deep.entangling_capability > 0.3


def test_gradients_shrink_with_the_width_of_a_deep_strong_circuit() -> None:
    narrow, wide = (circuit_quality(layered(n, 5, ansatz=STRONG), samples=300) for n in (2, 6))
    assert wide.gradient_variance < narrow.gradient_variance / 2


@pytest.mark.parametrize("family", FAMILIES.values(), ids=lambda family: family.name)
def test_the_circuit_of_every_family_can_be_judged(family: Family) -> None:
    kind = next(kind for kind in Kind if kind in family.kinds)
    shape = Shape(kind, 1, n_outputs=2 if kind is Kind.CELLS else 1)
    circuit = circuit_layers(family.build(shape, *family.size))[0].circuit
    found = circuit_quality(circuit, samples=200)
    assert found.expressibility > 0
    assert 0 <= found.entangling_capability <= 1
    assert (found.gradient_variance is None) == (circuit.n_weights == 0)
    assert found.gradient_variance is None or found.gradient_variance > 0
