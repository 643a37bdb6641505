"""A circuit as a flat list of elementary gates whose angles are either numbers or slots filled at every call."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import pennylane as qml
import torch
from torch import Tensor

from qcore.circuits import Circuit
from qcore.circuits.recording import one_thread_at_a_time

ROTATIONS = frozenset({"RX", "RY", "RZ"})
FIXED = frozenset({"Hadamard", "PauliX", "PauliY", "PauliZ", "S", "T", "SX", "CZ", "CNOT", "SWAP"})
AFFINE_TOLERANCE_RAD = 1e-9


@dataclass(frozen=True)
class TracedGate:
    """One elementary gate.

    Attributes:
        name: as PennyLane calls it; one of `ROTATIONS` or `FIXED`.
        wires: qubits of the circuit.
        angle: of a rotation in rad, where it is the same at every call.
        slot: of a rotation whose angle is filled at every call.
    """

    name: str
    wires: tuple[int, ...]
    angle: float | None = None
    slot: int | None = None


@dataclass(frozen=True, eq=False)
class Trace:
    """What a circuit does, gate by gate.

    Attributes:
        circuit: what was traced.
        bound: the weights that were bound, ``(n_weights,)`` rad, or None where they stay symbolic.
        gates: in order.
        shared: for every slot, True where its angle depends on the weights alone.
        affine: ``(offset (n_slots,), input matrix (n_inputs, n_slots), weight matrix (n_weights, n_slots))`` where
            every slot is an affine function of inputs and weights, which makes filling them one product; else None.
    """

    circuit: Circuit
    bound: Tensor | None
    gates: tuple[TracedGate, ...]
    shared: tuple[bool, ...]
    affine: tuple[Tensor, Tensor, Tensor] | None

    @property
    def n_slots(self) -> int:
        """Number of angles filled at every call."""
        return len(self.shared)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the gates and their fixed angles: equal circuits have equal ones, whatever they are called."""
        content = [(gate.name, gate.wires, gate.angle, gate.slot) for gate in self.gates]
        return hashlib.sha256(json.dumps([self.circuit.n_qubits, content]).encode()).hexdigest()

    def slots(self, inputs: Tensor, weights: Tensor) -> Tensor:
        """Return the angles of one call, ``(batch, n_slots)`` rad, differentiable.

        Args:
            inputs: ``(batch, n_inputs)`` rad.
            weights: ``(n_weights,)`` rad; ignored where they are bound.
        """
        weights = weights if self.bound is None else self.bound
        if self.affine is None:
            angles = _slot_angles(self.circuit, inputs, weights, self)
            return torch.stack([angle.expand(len(inputs)) for angle in angles], dim=-1).to(inputs.dtype)
        offset, from_inputs, from_weights = (part.to(inputs.dtype) for part in self.affine)
        constant = offset if self.bound is not None else offset + weights.to(inputs.dtype) @ from_weights
        return torch.addmm(constant, inputs, from_inputs)


@torch.inference_mode(False)
@torch.enable_grad()
def trace(circuit: Circuit, weights: Tensor | None = None) -> Trace:
    """Break a circuit down to elementary gates; rotations of a qubit about one axis that follow each other are added.

    Which angles are symbolic, and how they depend on inputs and weights, is what autograd says, so it is switched on
    even where the caller has switched it off.

    Args:
        circuit: any PennyLane circuit whose gates decompose to rotations, Clifford gates and T.
        weights: ``(n_weights,)`` rad to bind, for inference; None leaves them symbolic, for training.

    Raises:
        ValueError: a gate has no such decomposition, or its number of gates depends on the angles.
    """
    generator = torch.Generator().manual_seed(0)

    def probe() -> tuple[Tensor, Tensor]:
        # Generic angles: special ones (0, pi/2) could make a gate decompose in a special way.
        inputs = torch.rand(circuit.n_inputs, generator=generator, dtype=torch.float64) * 2 + 0.3
        free = torch.rand(circuit.n_weights, generator=generator, dtype=torch.float64) * 2 + 0.3
        return inputs.requires_grad_(), free.requires_grad_() if weights is None else weights.detach().double().clone()

    inputs, values = probe()
    elementary = _elementary(circuit, inputs, values)
    symbolic = [angle for _, _, angle in elementary if angle is not None and angle.requires_grad]
    gates: list[TracedGate] = []
    shared: list[bool] = []
    for name, wires, angle in elementary:
        if angle is None or not angle.requires_grad:
            gates.append(TracedGate(name, wires, None if angle is None else float(angle)))
        else:
            gates.append(TracedGate(name, wires, slot=len(shared)))
            shared.append(torch.autograd.grad(angle, inputs, retain_graph=True, allow_unused=True)[0] is None)
    bound = None if weights is None else values
    other_inputs, other_values = probe()
    again = _elementary(circuit, other_inputs, other_values)
    if _fixed(again) != _fixed(elementary):
        raise ValueError(f"the gates of {circuit.name} depend on its angles: it cannot be compiled once for all inputs")
    affine = _affine(symbolic, inputs, values)
    predicted = affine[0] + other_inputs @ affine[1] + other_values @ affine[2]
    found = [angle for _, _, angle in again if angle is not None and angle.requires_grad]
    is_affine = not symbolic or torch.allclose(torch.stack(found), predicted, rtol=0, atol=AFFINE_TOLERANCE_RAD)
    return Trace(circuit, bound, tuple(gates), tuple(shared), affine if is_affine else None)


@lru_cache(maxsize=64)
def symbolic_trace(circuit: Circuit) -> Trace:
    """Return the trace with weights left symbolic, kept for the next call."""
    return trace(circuit)


def bound_trace(circuit: Circuit, weights: Tensor) -> Trace:
    """Return the trace with weights bound, kept for the next call."""
    return _bound_trace(circuit, tuple(weights.tolist()))


@lru_cache(maxsize=64)
def _bound_trace(circuit: Circuit, weights: tuple[float, ...]) -> Trace:
    return trace(circuit, torch.tensor(weights, dtype=torch.float64))


def _fixed(elementary: Sequence[tuple[str, tuple[int, ...], Any]]) -> list[tuple[str, tuple[int, ...], float | None]]:
    """Return what must not depend on the angles given: gates, wires and the angles that autograd calls constant."""
    fixed = []
    for name, wires, angle in elementary:
        is_constant = angle is not None and not angle.requires_grad
        fixed.append((name, wires, float(angle) if is_constant else None))
    return fixed


def _affine(symbolic: Sequence[Tensor], inputs: Tensor, weights: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Linearise the slots where they were traced; the weight matrix of bound weights is zero."""
    offset = torch.zeros(len(symbolic), dtype=torch.float64)
    matrices = [torch.zeros(len(source), len(symbolic), dtype=torch.float64) for source in (inputs, weights)]
    for slot, angle in enumerate(symbolic):
        offset[slot] = angle.detach()
        for source, matrix in zip((inputs, weights), matrices, strict=True):
            if not source.requires_grad:
                continue
            (slope,) = torch.autograd.grad(angle, source, retain_graph=True, allow_unused=True)
            if slope is not None:
                matrix[:, slot] = slope
                offset[slot] -= slope @ source.detach()
    return offset, matrices[0], matrices[1]


def _slot_angles(circuit: Circuit, inputs: Tensor, weights: Tensor, traced: Trace) -> list[Tensor]:
    elementary = _elementary(circuit, inputs, weights)
    if [gate[:2] for gate in elementary] != [(gate.name, gate.wires) for gate in traced.gates]:
        raise ValueError(f"{circuit.name} queues other gates for a batch than for one input")
    return [angle for (_, _, angle), gate in zip(elementary, traced.gates, strict=True) if gate.slot is not None]


@one_thread_at_a_time
def _elementary(circuit: Circuit, inputs: Tensor, weights: Tensor) -> list[tuple[str, tuple[int, ...], Any]]:
    """Queue the circuit and decompose it: (name, wires, angle or None)."""
    tape = qml.tape.make_qscript(circuit.queue)(inputs, weights)
    (tape,), _ = qml.transforms.decompose(
        tape, gate_set={*ROTATIONS, *FIXED, "GlobalPhase"}, stopping_condition=lambda op: op.name in ROTATIONS | FIXED
    )
    merged: list[tuple[str, tuple[int, ...], Any]] = []
    last: dict[int, int] = {}
    for operation in tape.operations:
        if operation.name == "GlobalPhase":
            continue
        wires = tuple(operation.wires)
        if operation.name not in ROTATIONS:
            if operation.name not in FIXED:
                raise ValueError(f"{operation.name} of {circuit.name} has no decomposition into elementary gates")
            angle = None
        else:
            angle = operation.parameters[0]
            if not isinstance(angle, Tensor):
                angle = torch.tensor(float(angle), dtype=torch.float64)
            before = last.get(wires[0])
            if before is not None and merged[before][:2] == (operation.name, wires):
                merged[before] = (operation.name, wires, merged[before][2] + angle)
                continue
        for wire in wires:
            last[wire] = len(merged)
        merged.append((operation.name, wires, angle))
    return merged
