"""Qiskit Aer's density matrices, as fast as its options make them: a batch is one circuit with bound parameters.

Two ways to give it the noise. `pruned`: a `NoiseModel` cut down to the qubits in use; its pass that adds relaxation to
delays transpiles the circuit again at every call. `superop`: the channels written into the circuit as
superoperators, which needs no noise model; the fastest we found. Tried and not faster: other fusion options, single
precision, `runtime_parameter_bind_enable`, and saving expectations instead of probabilities.
"""

from dataclasses import dataclass

import numpy as np
from qiskit import QuantumCircuit
from qiskit.circuit import Delay, ParameterVector
from qiskit.quantum_info import Kraus, SuperOp
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel
from qiskit_aer.noise.passes import RelaxationNoisePass
from qiskit_ibm_runtime.fake_provider import FakeFez

from tests.benchmarks.noise_rivals.problem import Array, Problem, Step
from tests.benchmarks.noise_rivals.rival import Calls

THREADS = 2


@dataclass(frozen=True)
class Aer:
    """Density-matrix method on the qubits in use.

    Attributes:
        noise: ``pruned`` or ``superop``.
    """

    noise: str
    precision: str = "float64"

    def prepare(self, problem: Problem, inputs: Array, direction: Array) -> Calls:  # noqa: ARG002 - no gradients
        """See `Rival.prepare`."""
        slots = ParameterVector("s", problem.n_slots)
        circuit = QuantumCircuit(problem.n_qubits)
        for step in problem.steps:
            if self.noise == "superop" and step.kraus:
                circuit.append(_superoperator(step), step.qubits)
            else:
                append(circuit, step, step.qubits, slots, problem.device.dt_s)
        circuit.save_probabilities(label="p")
        simulator = AerSimulator(
            method="density_matrix",
            max_parallel_threads=THREADS,
            max_parallel_experiments=THREADS,
            **({"noise_model": _pruned(problem)} if self.noise == "pruned" else {}),
        )

        def forward() -> Array:
            columns = problem.slots(inputs).T.tolist()
            binds = [dict(zip(slots, columns, strict=True))]
            result = simulator.run(circuit, parameter_binds=binds, shots=1).result()
            distributions = np.stack([result.data(patient)["p"] for patient in range(len(inputs))])
            return problem.read(_z(distributions, problem))

        return Calls(forward)


def append(circuit: QuantumCircuit, step: Step, qubits: tuple[int, ...], slots: ParameterVector, dt_s: float) -> None:
    """Append one instruction without its noise."""
    if step.angle is not None:
        circuit.rz(step.angle.offset + sum(factor * slots[slot] for slot, factor in step.angle.terms), *qubits)
    elif step.name == "delay":
        circuit.delay(round(step.duration_s / dt_s), *qubits, unit="dt")
    else:
        getattr(circuit, step.name)(*qubits)


def _superoperator(step: Step) -> SuperOp:
    kraus = step.kraus
    if len(step.qubits) == 2:
        # Qiskit takes the first qubit as the less significant one.
        order = [0, 2, 1, 3]
        kraus = [operator[np.ix_(order, order)] for operator in kraus]
    return SuperOp(Kraus(kraus)).to_instruction()


def _pruned(problem: Problem) -> NoiseModel:
    """Cut Aer's own noise model of the device down to the line in use."""
    whole = NoiseModel.from_backend(FakeFez())
    position = {physical: place for place, physical in enumerate(problem.line)}
    pruned = NoiseModel(basis_gates=["cz", "delay", "rz", "sx", "x"])
    for gate in ("sx", "x", "cz"):
        for qubits, error in whole._local_quantum_errors[gate].items():
            if set(qubits) <= set(position):
                pruned.add_quantum_error(error, gate, [position[qubit] for qubit in qubits])
    qubits = [problem.device.qubits[physical] for physical in problem.line]
    t1s, t2s = [qubit.t1_s for qubit in qubits], [min(qubit.t2_s, 2 * qubit.t1_s) for qubit in qubits]
    relaxation = RelaxationNoisePass(t1s, t2s, dt=problem.device.dt_s, op_types=Delay)
    pruned._custom_noise_passes.append(relaxation)
    return pruned


def _z(distributions: Array, problem: Problem) -> Array:
    """Return ``<Z>`` of every measured qubit from ``(batch, 2^n)`` probabilities, qubit 0 in the lowest bit."""
    strings = np.arange(distributions.shape[1])
    signs = np.stack([1.0 - 2.0 * (strings >> position & 1) for position in problem.measured], axis=1)
    return distributions @ signs
