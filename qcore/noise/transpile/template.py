"""One template a circuit: the transpiler sees weights as symbols, so that none of its choices hangs on their values.

Given numbers, it chooses between equal circuits by the last digits: a change of 1e-12 in a weight moved answers by up
to 9e-3, because the same gates, in other Pauli frames, meet relaxation in other states. Of a template every answer is a
continuous function of the weights. Measured on FakeFez for twelve families of 2 to 4 qubits at random weights: what is
left of such jumps is 1e-12; pulses and two-qubit gates are as many as with numbers or fewer, and the mean distance from
the noiseless answer is as large to within a tenth. At special weights (0, pi/2), where numbers let gates vanish, a
template keeps them: at all weights 0 the distance is 0 to 45 % larger.

Two exceptions. Where the transpiler, given numbers, needs fewer two-qubit gates (it then writes whole blocks anew, as
for the convolutions of `qcnn`: 12 instead of 19), the shorter circuit is taken, as it always was; `holds` is then
False, and provenance says so. And where several pulses amount to just no rotation or just a half turn, as at weights of
0 or pi, two of the three angles are undefined, and the errors of two pulses may come from another direction: answers
just beside such weights differ by up to 5e-4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
from cachetools import LRUCache, cached
from numpy.typing import NDArray

from qcore.noise.device.processor import Device
from qcore.noise.transpile.placement import as_qiskit, optimised
from qcore.noise.transpile.trace import TracedGate

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.circuit import ParameterVectorElement

Matrix = NDArray[np.complex128]
Run = list[tuple[str, tuple[float, ...]]]
"""Pulses and RZ of one qubit in a row; of RZ the angle at the weights asked for, then at the probes, rad."""

N_PROBES = 2
UNDEFINED = 1e-9
"""Magnitude below which the phase of a matrix element is only rounding error."""
ALWAYS = 1e-7
"""An angle that agrees between all probes to this precision counts as the same for all weights, rad."""
PULSES: dict[str, Matrix] = {
    "sx": np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]], dtype=np.complex128) / 2,
    "x": np.array([[0, 1], [1, 0]], dtype=np.complex128),
}


@dataclass(frozen=True, eq=False)
class Template:
    """A transpiled circuit with its weights left open.

    Attributes:
        circuit: in the processor's gates; angles of RZ follow from slots and weights.
        weights: one symbol a fixed angle that comes from weights.
        layout: position in the register of every qubit of the circuit.
        probes: the circuit at some weights.
        holds: False where numbers instead of symbols need fewer two-qubit gates.
    """

    circuit: "QuantumCircuit"
    weights: "Sequence[ParameterVectorElement]"
    layout: tuple[int, ...]
    probes: "tuple[QuantumCircuit, ...]"
    holds: bool

    def at(self, angles: Sequence[float]) -> "QuantumCircuit":
        """Return the circuit at the angles that come from weights, with as few pulses as the template needs."""
        return _fused(_assigned(self.circuit, self.weights, angles), self.probes)


@cached(LRUCache(64), key=lambda *arguments: (*arguments[:3], arguments[3].fingerprint), lock=Lock())
def template(n_qubits: int, gates: tuple[TracedGate, ...], n_slots: int, device: Device) -> Template:
    """Return the template of traced gates.

    Args:
        n_qubits: width of the circuit.
        gates: without the angles that come from weights.
        n_slots: number of symbolic angles.
        device: where, at scale 1.
    """
    from qiskit.circuit import ParameterVector

    weights = ParameterVector("w", sum(gate.by_weights for gate in gates))
    drawn = np.random.default_rng(0).uniform(0.3, 2.8, (N_PROBES, len(weights)))
    numbers = iter(count())
    open_gates = as_qiskit(n_qubits, gates, n_slots, lambda _: weights[next(numbers)])
    circuit, layout = optimised(open_gates, device)
    with_numbers, _ = optimised(_assigned(open_gates, weights, drawn[0]), device)
    pairs = [form.num_nonlocal_gates() for form in (circuit, with_numbers)]
    probes = tuple(_assigned(circuit, weights, angles) for angles in drawn)
    return Template(circuit, weights, layout, probes, holds=pairs[0] <= pairs[1])


def _assigned(circuit: "QuantumCircuit", weights: Sequence[Any], angles: Sequence[float]) -> "QuantumCircuit":
    used = set(circuit.parameters)
    known = {weight: float(angle) for weight, angle in zip(weights, angles, strict=True) if weight in used}
    return circuit.assign_parameters(known)


def _fused(circuit: "QuantumCircuit", probes: "Sequence[QuantumCircuit]") -> "QuantumCircuit":
    """Write every run of pulses between two-qubit gates and symbolic rotations with two pulses, where it has more."""
    from qiskit.circuit import ParameterExpression

    fused = circuit.copy_empty_like()
    runs: list[Run] = [[] for _ in range(circuit.num_qubits)]

    def written(qubit: int) -> None:
        for name, angles in _shorter(runs[qubit]):
            fused.rz(angles[0], qubit) if name == "rz" else getattr(fused, name)(qubit)
        runs[qubit] = []

    for item, *others in zip(circuit.data, *(probe.data for probe in probes), strict=True):
        operation, qubits = item.operation, [circuit.find_bit(qubit).index for qubit in item.qubits]
        angle = operation.params[0] if operation.name == "rz" else None
        if (isinstance(angle, ParameterExpression) and angle.parameters) or len(qubits) > 1:
            for qubit in qubits:
                written(qubit)
            fused.append(item)
        else:
            angles = () if angle is None else tuple(float(gate.operation.params[0]) for gate in (item, *others))
            runs[qubits[0]].append((operation.name, angles))
    for qubit in range(circuit.num_qubits):
        written(qubit)
    return fused


def _shorter(run: Run) -> Run:
    """Return the run, or one with fewer pulses. Which form it takes follows from the probes, not from the weights."""
    pulses = sum(name != "rz" for name, _ in run)
    by_weights = any(not np.allclose(angles, angles[1], rtol=0, atol=1e-12) for _, angles in run if angles)
    if pulses < 2 or not by_weights:
        return run
    (theta, phi, lam), *probed = (_euler(run, probe) for probe in range(1 + N_PROBES))
    if all(abs(angles[0]) < ALWAYS for angles in probed):
        return [("rz", (phi + lam,))]
    if all(abs(angles[0] - np.pi / 2) < ALWAYS for angles in probed):
        return [("rz", (lam - np.pi / 2,)), ("sx", ()), ("rz", (phi + np.pi / 2,))]
    if pulses == 2:
        # Left as it is, because its angles are linear in the weights.
        return run
    return [("rz", (lam,)), ("sx", ()), ("rz", (theta + np.pi,)), ("sx", ()), ("rz", (phi + np.pi,))]


def _euler(run: Run, probe: int) -> tuple[float, float, float]:
    """Return theta, phi and lambda of Qiskit's U gate, rad."""
    matrix: Matrix = np.eye(2, dtype=np.complex128)
    for name, angles in run:
        gate = np.diag(np.exp([-0.5j * angles[probe], 0.5j * angles[probe]])) if name == "rz" else PULSES[name]
        matrix = gate @ matrix
    stays, flips = abs(matrix[0, 0]), abs(matrix[1, 0])
    theta = float(2 * np.arctan2(flips, stays))
    if flips < UNDEFINED:
        return theta, float(np.angle(matrix[1, 1]) - np.angle(matrix[0, 0])), 0.0
    if stays < UNDEFINED:
        return theta, float(np.angle(matrix[1, 0]) - np.angle(-matrix[0, 1])), 0.0
    phi, lam = np.angle(matrix[1, 0]) - np.angle(matrix[0, 0]), np.angle(-matrix[0, 1]) - np.angle(matrix[0, 0])
    return theta, float(phi), float(lam)
