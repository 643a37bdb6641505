"""The elementary gates that a circuit queues for given inputs and weights, and what each of their angles comes from."""

from dataclasses import dataclass, replace
from typing import Any

import pennylane as qml
import torch
from torch import Tensor

from qcore.circuits import Circuit
from qcore.circuits.dependence import Form, Source, Watch
from qcore.circuits.recording import one_thread_at_a_time
from qcore.errors import UnsuitableCircuit

ROTATIONS = frozenset({"RX", "RY", "RZ"})
FIXED = frozenset({"Hadamard", "PauliX", "PauliY", "PauliZ", "S", "T", "SX", "CZ", "CNOT", "SWAP"})


@dataclass(frozen=True, eq=False)
class Elementary:
    """One gate of a circuit that is taken apart into gates every transpiler knows.

    Attributes:
        name: one of `ROTATIONS` or `FIXED`.
        wires: qubits of the circuit.
        angle: of a rotation in rad, ``()`` or ``(batch,)``.
        source: what the angle was computed from, where somebody watched.
    """

    name: str
    wires: tuple[int, ...]
    angle: Tensor | None
    source: Source = Source.CONSTANT


@one_thread_at_a_time
def watched_gates(circuit: Circuit, inputs: Tensor, weights: Tensor, varying: Source) -> tuple[list[Elementary], Form]:
    """Return the elementary gates with the sources of their angles, and how they follow from what varies.

    Args:
        circuit: the circuit that is queued, see `elementary_gates`.
        inputs: ``(batch, n_inputs)`` or ``(n_inputs,)`` rad.
        weights: ``(n_weights,)`` trained angles, rad.
        varying: what may change from call to call, see `Watch`.

    Raises:
        UnsuitableCircuit: see `elementary_gates`.
    """
    with Watch(inputs, weights, varying) as watch:
        elementary = elementary_gates(circuit, inputs, weights)
    form, gates = watch.form, []
    for gate in elementary:
        source = Source.CONSTANT if gate.angle is None else watch.source(gate.angle)
        if gate.angle is not None and not source and (gate.angle.requires_grad or gate.angle.ndim):
            # Compiled or vectorised code of torch computes where nobody can watch.
            source, form = Source.INPUTS, Form.ANY
        gates.append(replace(gate, source=source))
    return gates, form


@one_thread_at_a_time
def elementary_gates(circuit: Circuit, inputs: Tensor, weights: Tensor) -> list[Elementary]:
    """Queue a circuit and decompose it; rotations of a qubit about one axis that follow each other are added.

    Args:
        circuit: any PennyLane circuit whose gates decompose to rotations, Clifford gates and T.
        inputs: ``(batch, n_inputs)`` or ``(n_inputs,)`` rad.
        weights: ``(n_weights,)`` trained angles, rad.

    Raises:
        UnsuitableCircuit: a gate has no such decomposition, or an angle is not one number a patient.
    """
    tape = qml.tape.make_qscript(circuit.queue)(inputs, weights)
    (tape,), _ = qml.transforms.decompose(
        tape, gate_set={*ROTATIONS, *FIXED, "GlobalPhase"}, stopping_condition=lambda op: op.name in ROTATIONS | FIXED
    )
    gates = [Elementary(*gate) for gate in _merged(circuit, tape.operations)]
    for gate in gates:
        if gate.angle is not None and gate.angle.ndim and gate.angle.shape not in {inputs.shape[:-1], (1,)}:
            raise UnsuitableCircuit(
                f"An angle of {circuit.name} has the shape {tuple(gate.angle.shape)} for inputs {tuple(inputs.shape)}. "
                "Take inputs by their last axis, as in inputs[..., 0], so that every patient has one angle."
            )
    return gates


def _merged(circuit: Circuit, operations: list[Any]) -> list[tuple[str, tuple[int, ...], Tensor | None]]:
    merged: list[tuple[str, tuple[int, ...], Tensor | None]] = []
    last: dict[int, int] = {}
    for operation in operations:
        name, wires = operation.name, tuple(operation.wires)
        if name == "GlobalPhase":
            continue
        angle = None
        if name in ROTATIONS:
            angle = operation.parameters[0]
            if not isinstance(angle, Tensor):
                angle = torch.tensor(float(angle), dtype=torch.float64)
            before = last.get(wires[0])
            if (
                before is not None
                and merged[before][:2] == (name, wires)
                and (earlier := merged[before][2]) is not None
            ):
                merged[before] = (name, wires, earlier + angle)
                continue
        elif name not in FIXED:
            raise UnsuitableCircuit(
                f"{name} of {circuit.name} has no decomposition into elementary gates. Write it in gates that have one."
            )
        for wire in wires:
            last[wire] = len(merged)
        merged.append((name, wires, angle))
    return merged
