"""From a circuit to the instructions of a processor, on its best line of qubits, scheduled (Qiskit's transpiler)."""

from dataclasses import replace
from typing import TYPE_CHECKING

from torch import Tensor

from qcore.circuits import Circuit
from qcore.noise.device.line import best_line
from qcore.noise.device.processor import Device
from qcore.noise.transpile.isa import Angle, Instruction, IsaCircuit
from qcore.noise.transpile.placement import as_qiskit, line_target, optimised
from qcore.noise.transpile.template import template
from qcore.noise.transpile.trace import Trace, bound_trace, symbolic_trace

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.circuit import ParameterExpression


def transpile(circuit: Circuit, device: Device, weights: Tensor | None = None) -> IsaCircuit:
    """Transpile a circuit to a device; see `transpile_trace`.

    Args:
        circuit: the circuit to be run on the device.
        device: where, at scale 1: its calibration chooses the qubits.
        weights: ``(n_weights,)`` rad to bind before transpiling, for inference; None leaves them symbolic.
    """
    return transpile_trace(symbolic_trace(circuit) if weights is None else bound_trace(circuit, weights), device)


def transpile_trace(traced: Trace, device: Device, folds: int = 1) -> IsaCircuit:
    """Transpile a traced circuit to the native gates of a device, on its best line of qubits.

    Only the chosen line of qubits is shown to the transpiler, so nothing is routed over others.

    Args:
        traced: the circuit to be run, gate by gate.
        device: where, at scale 1.
        folds: odd; every two-qubit gate, which undoes itself, is repeated so many times: the same circuit with more
            noise, for zero-noise extrapolation.

    Raises:
        ValueError: an even number of folds.
    """
    if folds < 1 or folds % 2 == 0:
        raise ValueError("folding repeats a gate an odd number of times")
    from qiskit.transpiler import PassManager
    from qiskit.transpiler.passes import ALAPScheduleAnalysis, PadDelay

    line = best_line(device, traced.circuit.n_qubits)
    target = line_target(device, line)
    placed, layout, holds = _placed(traced, device)
    scheduled = PassManager([ALAPScheduleAnalysis(target=target), PadDelay(target=target)]).run(
        _folded(placed, folds, device.two_qubit_gate)
    )
    return IsaCircuit(
        trace=traced,
        line=line,
        instructions=tuple(_instructions(scheduled, device.dt_s)),
        measured=layout,
        duration_s=(scheduled._duration or 0) * device.dt_s,  # the public name warns since Qiskit 1.3
        of_template=holds,
    )


def _placed(traced: Trace, device: Device) -> "tuple[QuantumCircuit, tuple[int, ...], bool]":
    """Return the circuit on the line, the place of every qubit, and whether it is of a template; see `template`."""
    n_qubits, angles = traced.circuit.n_qubits, [gate.angle or 0.0 for gate in traced.gates if gate.by_weights]
    if angles:
        open_gates = tuple(replace(gate, angle=None) if gate.by_weights else gate for gate in traced.gates)
        form = template(n_qubits, open_gates, traced.n_slots, device)
        if form.holds:
            return form.at(angles), form.layout, True
    return *optimised(as_qiskit(n_qubits, traced.gates, traced.n_slots), device), not angles


def _folded(circuit: "QuantumCircuit", folds: int, two_qubit_gate: str) -> "QuantumCircuit":
    folded = circuit.copy_empty_like()
    for item in circuit.data:
        for _ in range(folds if item.operation.name == two_qubit_gate else 1):
            folded.append(item)
    return folded


def _instructions(scheduled: "QuantumCircuit", dt_s: float) -> list[Instruction]:
    instructions = []
    for item in scheduled.data:
        qubits = tuple(scheduled.find_bit(qubit).index for qubit in item.qubits)
        name = item.operation.name
        if name == "rz":
            instructions.append(Instruction(name, qubits, angle=_angle(item.operation.params[0])))
        elif name == "delay":
            instructions.append(Instruction(name, qubits, duration_s=item.operation.duration * dt_s))
        elif name in {"sx", "x", "cz", "ecr"}:
            instructions.append(Instruction(name, qubits))
        elif name != "barrier":
            raise ValueError(f"the transpiler left an instruction {name!r} that no device has")
    return instructions


def _angle(value: "float | ParameterExpression") -> Angle:
    from qiskit.circuit import ParameterExpression

    if not isinstance(value, ParameterExpression) or not value.parameters:
        return Angle(float(value))
    terms = []
    for parameter in sorted(value.parameters, key=lambda p: p.index):
        slope = value.gradient(parameter)
        if isinstance(slope, ParameterExpression):
            raise ValueError(f"the transpiler made an angle {value} that is not linear")  # noqa: TRY004 - of the circuit
        terms.append((parameter.index, float(slope)))
    return Angle(float(value.bind(dict.fromkeys(value.parameters, 0.0))), tuple(terms))
