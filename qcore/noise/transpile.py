"""From a circuit to the instructions of a processor, on its best line of qubits, scheduled (Qiskit's transpiler)."""

from typing import TYPE_CHECKING

from torch import Tensor

from qcore.circuits import Circuit
from qcore.noise.device import Device
from qcore.noise.isa import Angle, Instruction, IsaCircuit
from qcore.noise.line import best_line
from qcore.noise.trace import Trace, bound_trace, symbolic_trace

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.circuit import ParameterExpression
    from qiskit.transpiler import Target

OPTIMIZATION_LEVEL = 2
SEED = 7
"""Of the routing heuristics: the same circuit always becomes the same instructions."""


def transpile(circuit: Circuit, device: Device, weights: Tensor | None = None) -> IsaCircuit:
    """Transpile a circuit to a device; see `transpile_trace`.

    Args:
        circuit: what to run.
        device: where, at scale 1: its calibration chooses the qubits.
        weights: ``(n_weights,)`` rad to bind before transpiling, for inference; None leaves them symbolic.
    """
    return transpile_trace(symbolic_trace(circuit) if weights is None else bound_trace(circuit, weights), device)


def transpile_trace(traced: Trace, device: Device, folds: int = 1) -> IsaCircuit:
    """Transpile a traced circuit.

    Only the chosen line of qubits is shown to the transpiler, so nothing is routed over others.

    Args:
        traced: what to run.
        device: where, at scale 1.
        folds: odd; every two-qubit gate, which undoes itself, is repeated so many times: the same circuit with more
            noise, for zero-noise extrapolation.

    Raises:
        ValueError: an even number of folds.
    """
    if folds < 1 or folds % 2 == 0:
        raise ValueError("folding repeats a gate an odd number of times")
    from qiskit.transpiler import PassManager, generate_preset_pass_manager
    from qiskit.transpiler.passes import ALAPScheduleAnalysis, PadDelay

    line = best_line(device, traced.circuit.n_qubits)
    target = line_target(device, line)
    optimised = generate_preset_pass_manager(
        optimization_level=OPTIMIZATION_LEVEL, target=target, seed_transpiler=SEED
    ).run(_to_qiskit(traced))
    layout = optimised.layout.final_index_layout() if optimised.layout else range(traced.circuit.n_qubits)
    scheduled = PassManager([ALAPScheduleAnalysis(target=target), PadDelay(target=target)]).run(
        _folded(optimised, folds, device.two_qubit_gate)
    )
    return IsaCircuit(
        trace=traced,
        line=line,
        instructions=tuple(_instructions(scheduled, device.dt_s)),
        measured=tuple(layout),
        duration_s=(scheduled._duration or 0) * device.dt_s,  # the public name warns since Qiskit 1.3
    )


def _folded(circuit: "QuantumCircuit", folds: int, two_qubit_gate: str) -> "QuantumCircuit":
    folded = circuit.copy_empty_like()
    for item in circuit.data:
        for _ in range(folds if item.operation.name == two_qubit_gate else 1):
            folded.append(item)
    return folded


def line_target(device: Device, line: tuple[int, ...]) -> "Target":
    """Return Qiskit's description of a line of qubits, numbered 0 to n - 1, with errors and durations."""
    from qiskit.circuit import Delay, Measure, Parameter
    from qiskit.circuit.library import CZGate, ECRGate, RZGate, SXGate, XGate
    from qiskit.transpiler import InstructionProperties, QubitProperties, Target

    qubits = [device.qubits[physical] for physical in line]
    target = Target(
        num_qubits=len(line),
        dt=device.dt_s,
        qubit_properties=[QubitProperties(t1=q.t1_s, t2=q.t2_s) for q in qubits],
    )
    everywhere = range(len(line))
    target.add_instruction(
        RZGate(Parameter("angle")), {(i,): InstructionProperties(duration=0.0, error=0.0) for i in everywhere}
    )
    for gate, error in ((SXGate(), "sx_error"), (XGate(), "x_error")):
        properties = {
            (i,): InstructionProperties(duration=qubits[i].pulse_duration_s, error=getattr(qubits[i], error))
            for i in everywhere
        }
        target.add_instruction(gate, properties)
    position = {physical: i for i, physical in enumerate(line)}
    pairs = {}
    for edge in device.edges:
        if edge.qubits[0] in position and edge.qubits[1] in position:
            first, second = (position[physical] for physical in edge.qubits)
            both = ((first, second), (second, first)) if device.two_qubit_gate == "cz" else ((first, second),)
            for pair in both:
                pairs[pair] = InstructionProperties(duration=edge.duration_s, error=edge.error)
    if pairs:
        target.add_instruction({"cz": CZGate, "ecr": ECRGate}[device.two_qubit_gate](), pairs)
    target.add_instruction(
        Measure(), {(i,): InstructionProperties(duration=device.readout_duration_s) for i in everywhere}
    )
    target.add_instruction(Delay(Parameter("t")), {(i,): None for i in everywhere})
    return target


def _to_qiskit(traced: Trace) -> "QuantumCircuit":
    from qiskit import QuantumCircuit
    from qiskit.circuit import ParameterVector

    angles = ParameterVector("s", traced.n_slots)
    circuit = QuantumCircuit(traced.circuit.n_qubits)
    methods = {
        "RX": circuit.rx, "RY": circuit.ry, "RZ": circuit.rz, "Hadamard": circuit.h, "PauliX": circuit.x,
        "PauliY": circuit.y, "PauliZ": circuit.z, "S": circuit.s, "T": circuit.t, "SX": circuit.sx,
        "CZ": circuit.cz, "CNOT": circuit.cx, "SWAP": circuit.swap,
    }  # fmt: skip
    for gate in traced.gates:
        if gate.slot is not None:
            methods[gate.name](angles[gate.slot], *gate.wires)
        elif gate.angle is not None:
            methods[gate.name](gate.angle, *gate.wires)
        else:
            methods[gate.name](*gate.wires)
    return circuit


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
