"""Qiskit Aer's EstimatorV2 with the noise model of the whole device, as its users call it: one PUB for a batch."""

from dataclasses import dataclass

from qiskit import QuantumCircuit
from qiskit.circuit import ParameterVector
from qiskit.quantum_info import SparsePauliOp
from qiskit_aer.noise import NoiseModel
from qiskit_aer.primitives import EstimatorV2
from qiskit_ibm_runtime.fake_provider import FakeFez

from tests.benchmarks.noise_rivals.aer import append
from tests.benchmarks.noise_rivals.problem import Array, Problem
from tests.benchmarks.noise_rivals.rival import Calls


@dataclass(frozen=True)
class AerEstimator:
    """Default options. It knows no read-out error, which is added here afterwards (that costs nothing)."""

    precision: str = "float64"

    def prepare(self, problem: Problem, inputs: Array, direction: Array) -> Calls:  # noqa: ARG002 - no gradients
        """See `Rival.prepare`."""
        backend = FakeFez()
        slots = ParameterVector("s", problem.n_slots)
        circuit = QuantumCircuit(backend.num_qubits)
        for step in problem.steps:
            append(circuit, step, tuple(problem.line[qubit] for qubit in step.qubits), slots, problem.device.dt_s)
        observables = [
            [SparsePauliOp.from_sparse_list([("Z", [problem.line[position]], 1.0)], backend.num_qubits)]
            for position in problem.measured
        ]
        estimator = EstimatorV2(options={"backend_options": {"noise_model": NoiseModel.from_backend(backend)}})

        def forward() -> Array:
            pub = (circuit, observables, problem.slots(inputs))
            return problem.read(estimator.run([pub]).result()[0].data.evs.T)

        return Calls(forward)
