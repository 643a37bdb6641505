"""A circuit as a flat list of elementary gates whose angles are either numbers or slots filled at every call.

Where every slot is an affine function of inputs and weights, which is proved and not sampled (see
`qcore.circuits.dependence`), filling them is one product. Every other circuit is queued anew for the inputs of each
call: whatever its angles are, and whichever gates a value makes it queue, it is answered as PennyLane would, only some
milliseconds later.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

import torch
from torch import Tensor

from qcore.circuits import Circuit
from qcore.circuits.cores import on_one_core
from qcore.circuits.dependence import Form, Source
from qcore.circuits.recording import batch_or_rows
from qcore.errors import UnsuitableCircuit
from qcore.noise.transpile.elementary import Elementary, elementary_gates, watched_gates

AFFINE_TOLERANCE_RAD = 1e-9


@dataclass(frozen=True)
class TracedGate:
    """One elementary gate of a circuit as it was recorded, with where its angle comes from.

    Attributes:
        name: as PennyLane calls it; one of `ROTATIONS` or `FIXED`.
        wires: qubits of the circuit.
        angle: of a rotation in rad, where it is the same at every call.
        slot: of a rotation whose angle is filled at every call.
        by_weights: True where a fixed angle comes from bound weights, and other weights would give another one.
    """

    name: str
    wires: tuple[int, ...]
    angle: float | None = None
    slot: int | None = None
    by_weights: bool = False


@dataclass(frozen=True, eq=False)
class Trace:
    """What a circuit does, gate by gate.

    Attributes:
        circuit: the circuit that was traced.
        bound: the weights that were bound, ``(n_weights,)`` rad, or None where they stay symbolic.
        gates: elementary gates in the order in which they run.
        shared: for every slot, True where its angle depends on the weights alone.
        affine: ``(offset (n_slots,), input matrix (n_inputs, n_slots), weight matrix (n_weights, n_slots))`` where
            every slot is an affine function of inputs and weights, which makes filling them one product; else None.
        steady: True where the gates are the same for all inputs; False where they are those of some: see `calls`.
    """

    circuit: Circuit
    bound: Tensor | None
    gates: tuple[TracedGate, ...]
    shared: tuple[bool, ...]
    affine: tuple[Tensor, Tensor, Tensor] | None
    steady: bool

    @property
    def n_slots(self) -> int:
        """Number of angles filled at every call."""
        return len(self.shared)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the gates and their fixed angles: equal circuits have equal ones, whatever they are called."""
        content = [(gate.name, gate.wires, gate.angle, gate.slot, gate.by_weights) for gate in self.gates]
        return hashlib.sha256(json.dumps([self.circuit.n_qubits, content]).encode()).hexdigest()

    def slots(self, inputs: Tensor, weights: Tensor) -> Tensor:
        """Return the angles of one call, ``(batch, n_slots)`` rad, differentiable.

        Args:
            inputs: ``(batch, n_inputs)`` angles of the patients, rad.
            weights: ``(n_weights,)`` rad; ignored where they are bound.

        Raises:
            UnsuitableCircuit: these inputs make it queue other gates; `calls` gives the trace that holds for them.
        """
        if self.affine is not None:
            flops = 2 * len(inputs) * self.circuit.n_inputs * self.n_slots
            return on_one_core(partial(_product, self.affine, self.bound is not None), flops, inputs, weights)
        # In the precision of the call: kinks then lie where they lie without noise.
        weights = weights if self.bound is None else self.bound.to(inputs.dtype)
        if self.steady:
            traced = batch_or_rows(lambda some: elementary_gates(self.circuit, some, weights), inputs)
            return torch.cat([self._filled(gates, len(rows), inputs) for rows, gates in traced])
        queued = _queued(self.circuit, inputs, weights, bound=self.bound is not None)
        if any(call.trace.gates != self.gates for call in queued):
            raise UnsuitableCircuit(
                f"The gates of {self.circuit.name} depend on the values of its angles: what was traced for some does "
                "not hold for these. Trace it for them (qcore.noise.transpile.trace.calls)."
            )
        return torch.cat([call.slots for call in queued])

    def _filled(self, gates: Sequence[Elementary], rows: int, inputs: Tensor) -> Tensor:
        if [(gate.name, gate.wires) for gate in gates] != [(gate.name, gate.wires) for gate in self.gates]:
            raise UnsuitableCircuit(
                f"{self.circuit.name} queues other gates for a batch than for one patient. Let the angles follow from "
                "the last axis of the inputs alone, as in inputs[..., 0]."
            )
        both = zip(gates, self.gates, strict=True)
        return _stacked(
            [gate.angle for gate, traced in both if gate.angle is not None and traced.slot is not None], rows, inputs
        )


def _product(affine: tuple[Tensor, Tensor, Tensor], bound: bool, inputs: Tensor, weights: Tensor) -> Tensor:
    offset, from_inputs, from_weights = (part.to(inputs.dtype) for part in affine)
    constant = offset if bound else offset + weights.to(inputs.dtype) @ from_weights
    return torch.addmm(constant, inputs, from_inputs)


@dataclass(frozen=True, eq=False)
class Call:
    """Patients of a batch for whom a circuit queues the same gates.

    Attributes:
        rows: their places in the batch.
        trace: the gates of these patients.
        slots: ``(n_rows, n_slots)`` rad, differentiable.
    """

    rows: Sequence[int]
    trace: Trace
    slots: Tensor


def calls(circuit: Circuit, inputs: Tensor, weights: Tensor, bind: bool) -> list[Call]:
    """Trace a circuit for the patients of a batch: one call for all of them, unless values make it queue other gates.

    Args:
        circuit: the circuit that is traced, see `trace`.
        inputs: ``(batch, n_inputs)`` angles of the patients, rad.
        weights: ``(n_weights,)`` trained angles, rad.
        bind: the weights before transpiling, for inference; else they stay symbolic, for training.

    Raises:
        UnsuitableCircuit: see `elementary_gates`.
    """
    usual = bound_trace(circuit, weights) if bind else symbolic_trace(circuit)
    if usual.steady:
        return [Call(range(len(inputs)), usual, usual.slots(inputs, weights))]
    grouped: dict[str, list[Call]] = {}
    for call in _queued(circuit, inputs, weights.detach() if bind else weights, bind):
        grouped.setdefault(call.trace.fingerprint, []).append(call)
    return [
        Call([row for call in alike for row in call.rows], alike[0].trace, torch.cat([call.slots for call in alike]))
        for alike in grouped.values()
    ]


@torch.inference_mode(False)
@torch.enable_grad()
def trace(circuit: Circuit, weights: Tensor | None = None) -> Trace:
    """Break a circuit down to elementary gates; rotations of a qubit about one axis that follow each other are added.

    Which angles are symbolic follows from what they are computed from; autograd gives their slopes, so it is switched
    on even where the caller has switched it off.

    Args:
        circuit: any PennyLane circuit whose gates decompose to rotations, Clifford gates and T.
        weights: ``(n_weights,)`` rad to bind, for inference; None leaves them symbolic, for training.

    Raises:
        UnsuitableCircuit: a gate has no such decomposition, or an angle is not one number a patient.
    """
    bound = None if weights is None else weights.detach().double().clone()
    varying = Source.INPUTS if bound is not None else Source.INPUTS | Source.WEIGHTS
    generator = torch.Generator().manual_seed(0)

    def random(*shape: int) -> Tensor:
        return (6 * torch.rand(*shape, generator=generator, dtype=torch.float64) - 3).requires_grad_()

    # Of two sizes, and neither that of one patient's inputs: who mixes patients up is found out.
    first, second = [size for size in (2, 3, 5) if size != circuit.n_inputs][:2]
    inputs, values = random(first, circuit.n_inputs), random(circuit.n_weights) if bound is None else bound
    (_, (elementary, form)), *others = batch_or_rows(lambda some: watched_gates(circuit, some, values, varying), inputs)
    steady = form < Form.ANY and not others
    gates, shared, symbolic = _traced(elementary, bound is not None)
    affine = None
    if steady and form is Form.AFFINE:
        slopes = _slopes(symbolic, inputs, values)
        inputs, values = random(second, circuit.n_inputs), random(circuit.n_weights) if bound is None else bound
        again = _traced(watched_gates(circuit, inputs, values, varying)[0], bound is not None)
        affine = slopes if again[:2] == (gates, shared) and _predicted(slopes, again[2], inputs, values) else None
    return Trace(circuit, bound, gates, shared, affine, steady)


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


def _queued(circuit: Circuit, inputs: Tensor, weights: Tensor, bound: bool) -> list[Call]:
    """Queue a circuit for the values of a call and see what it becomes."""
    varying = Source.INPUTS if bound else Source.INPUTS | Source.WEIGHTS
    key = tuple(weights.tolist()) if bound else None
    queued = []
    for rows, (elementary, _) in batch_or_rows(lambda some: watched_gates(circuit, some, weights, varying), inputs):
        gates, shared, angles = _traced(elementary, bound)
        queued.append(Call(rows, _shared_trace(circuit, key, gates, shared), _stacked(angles, len(rows), inputs)))
    return queued


def _stacked(angles: Sequence[Tensor], rows: int, inputs: Tensor) -> Tensor:
    """Return angles ``()``, ``(1,)`` or ``(rows,)`` as slots ``(rows, n_slots)``."""
    columns = [angle.to(inputs.dtype).expand(rows) for angle in angles]
    return torch.stack(columns, dim=-1) if columns else inputs.new_zeros(rows, 0)


@lru_cache(maxsize=256)
def _shared_trace(
    circuit: Circuit, bound: tuple[float, ...] | None, gates: tuple[TracedGate, ...], shared: tuple[bool, ...]
) -> Trace:
    """Return the same object for equal traces, so that programs compiled from it are found in the caches."""
    values = None if bound is None else torch.tensor(bound, dtype=torch.float64)
    return Trace(circuit, values, gates, shared, affine=None, steady=False)


def _traced(queued: Sequence[Elementary], bound: bool) -> tuple[tuple[TracedGate, ...], tuple[bool, ...], list[Tensor]]:
    """Return the gates, which slots are shared, and the angles of the slots."""
    gates: list[TracedGate] = []
    shared: list[bool] = []
    symbolic: list[Tensor] = []
    for gate in queued:
        by_weights = gate.source is Source.WEIGHTS
        if gate.angle is None:
            gates.append(TracedGate(gate.name, gate.wires))
        elif gate.source is Source.CONSTANT or (bound and by_weights and not gate.angle.ndim):
            gates.append(TracedGate(gate.name, gate.wires, float(gate.angle), by_weights=by_weights))
        else:
            gates.append(TracedGate(gate.name, gate.wires, slot=len(shared)))
            shared.append(by_weights and not gate.angle.ndim)
            symbolic.append(gate.angle)
    return tuple(gates), tuple(shared), symbolic


def _slopes(symbolic: Sequence[Tensor], inputs: Tensor, weights: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Linearise the slots where they were traced; the weight matrix of bound weights is zero."""
    offset = torch.zeros(len(symbolic), dtype=torch.float64)
    matrices = [torch.zeros(source.shape[-1], len(symbolic), dtype=torch.float64) for source in (inputs, weights)]
    for slot, angle in enumerate(symbolic):
        first_angle = angle.reshape(-1)[0]
        offset[slot] = first_angle.detach()
        for source, matrix in zip((inputs, weights), matrices, strict=True):
            if not (source.requires_grad and first_angle.requires_grad):
                continue
            (slope,) = torch.autograd.grad(first_angle, source, retain_graph=True, allow_unused=True)
            if slope is not None:
                slope, at = (slope[0], source[0]) if source is inputs else (slope, source)
                matrix[:, slot] = slope
                offset[slot] -= slope @ at.detach()
    return offset, matrices[0], matrices[1]


def _predicted(
    slopes: tuple[Tensor, Tensor, Tensor], symbolic: Sequence[Tensor], inputs: Tensor, weights: Tensor
) -> bool:
    """Say whether other inputs and weights have the angles that the slopes say: gradients of one's own may lie."""
    if not symbolic:
        return True
    expected = slopes[0] + inputs @ slopes[1] + weights @ slopes[2]
    angles = torch.stack([angle.double().expand(len(inputs)) for angle in symbolic], dim=-1)
    return torch.allclose(angles, expected, rtol=0, atol=AFFINE_TOLERANCE_RAD)
