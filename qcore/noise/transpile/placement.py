"""A traced circuit in the gates of a processor, on its best line of qubits (Qiskit's transpiler)."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from qcore.noise.device.line import best_line
from qcore.noise.device.processor import Device
from qcore.noise.transpile.trace import TracedGate

if TYPE_CHECKING:
    from qiskit import QuantumCircuit
    from qiskit.circuit import ParameterExpression
    from qiskit.transpiler import Target

OPTIMIZATION_LEVEL = 2
SEED = 7
"""Seed of the routing heuristics, so that the same circuit always becomes the same instructions."""


def optimised(circuit: "QuantumCircuit", device: Device) -> "tuple[QuantumCircuit, tuple[int, ...]]":
    """Return a circuit in the gates of a device, on its best line, and the position of every qubit on it."""
    from qiskit.transpiler import generate_preset_pass_manager

    target = line_target(device, best_line(device, circuit.num_qubits))
    manager = generate_preset_pass_manager(optimization_level=OPTIMIZATION_LEVEL, target=target, seed_transpiler=SEED)
    shorter = manager.run(circuit)
    return shorter, tuple(shorter.layout.final_index_layout() if shorter.layout else range(circuit.num_qubits))


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


def as_qiskit(
    n_qubits: int,
    gates: Sequence[TracedGate],
    n_slots: int,
    fixed_angle: "Callable[[TracedGate], float | ParameterExpression]" = lambda gate: gate.angle or 0.0,
) -> "QuantumCircuit":
    """Return traced gates as a Qiskit circuit with one parameter ``s[i]`` a slot.

    Args:
        n_qubits: width of the circuit.
        gates: elementary gates in the order in which they run.
        n_slots: number of symbolic angles.
        fixed_angle: says which angle takes the place of one that comes from weights, in rad.
    """
    from qiskit import QuantumCircuit
    from qiskit.circuit import ParameterVector

    slots = ParameterVector("s", n_slots)
    circuit = QuantumCircuit(n_qubits)
    methods = {
        "RX": circuit.rx, "RY": circuit.ry, "RZ": circuit.rz, "Hadamard": circuit.h, "PauliX": circuit.x,
        "PauliY": circuit.y, "PauliZ": circuit.z, "S": circuit.s, "T": circuit.t, "SX": circuit.sx,
        "CZ": circuit.cz, "CNOT": circuit.cx, "SWAP": circuit.swap,
    }  # fmt: skip
    for gate in gates:
        if gate.slot is not None:
            methods[gate.name](slots[gate.slot], *gate.wires)
        elif gate.by_weights:
            methods[gate.name](fixed_angle(gate), *gate.wires)
        elif gate.angle is not None:
            methods[gate.name](gate.angle, *gate.wires)
        else:
            methods[gate.name](*gate.wires)
    return circuit
