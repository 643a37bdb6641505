"""The IBM backend: one ISA circuit, one parameterised PUB and one job for a whole batch."""

import hashlib
import time
from dataclasses import dataclass, replace
from typing import Protocol

import torch
from torch import Tensor

from qcore.backends import qiskit_circuit
from qcore.backends.ibm_account import HOW_TO_CONNECT, Credentials
from qcore.backends.ibm_job import Estimate, JobState, JobStatus, Order, Outcome, Submission
from qcore.backends.protocol import Expectations, Provenance, check_shapes
from qcore.circuits import Circuit
from qcore.errors import HardwareUnavailable, JobFailed, JobUnfinished, UnsuitableCircuit
from qcore.noise.compile import isa_circuit
from qcore.noise.device.processor import Device
from qcore.noise.transpile.trace import calls

JOB_OVERHEAD_S = 2.0
REP_DELAY_S = 250e-6
NOISE_FACTORS = {0: (1,), 1: (1,), 2: (1, 3, 5)}
"""How often the circuit is folded at a resilience level: IBM's defaults."""


class JobRunner(Protocol):
    """Where jobs go: a processor or its rehearsal."""

    is_rehearsal: bool
    label: str
    fingerprint: str
    poll_s: float
    dt_s: float | None

    @property
    def rep_delay_s(self) -> float | None:
        """Pause between two executions, s; None where it is not known."""
        ...

    def mitigation(self, resilience_level: int) -> str:
        """Name the error mitigation applied at a resilience level."""
        ...

    def remaining_qpu_s(self) -> float | None:
        """Return the processor time the account has left, s."""
        ...

    def send(self, order: Order) -> Submission:
        """Send one job and return without waiting for it."""
        ...

    def status(self, job_id: str) -> JobStatus:
        """Say how a job stands."""
        ...

    def outcome(self, job_id: str) -> Outcome:
        """Fetch the result of a job that is done."""
        ...

    def cancel(self, job_id: str) -> None:
        """Cancel a job that is not done."""
        ...


@dataclass(frozen=True)
class IbmBackend:
    """A processor of IBM, or its rehearsal, asked through EstimatorV2: one job for a whole batch.

    Attributes:
        device: calibration by which the qubits are chosen.
        runner: where jobs go, a processor or its rehearsal.
        shots: measurements a patient and basis.
        resilience_level: error mitigation by IBM: 0 none, 1 read-out, 2 read-out and zero-noise extrapolation.
        timeout_s: how long `expectations` waits before it gives up; the job goes on.
        name: as the registry spells this choice.
    """

    device: Device
    runner: JobRunner
    shots: int = 4096
    resilience_level: int = 1
    timeout_s: float = 600.0
    name: str = "ibm"

    @property
    def fingerprint(self) -> str:
        """Runner, calibration, shots and mitigation, see `Backend.fingerprint`; a processor still answers variably."""
        settings = (self.runner.fingerprint, self.device.fingerprint, self.shots, self.resilience_level)
        return hashlib.sha256(repr(settings).encode()).hexdigest()

    def expectations(self, circuit: Circuit, inputs: Tensor, weights: Tensor) -> Expectations:
        """Send one job and wait for it; see `Backend.expectations`. Nothing is differentiable here.

        Raises:
            HardwareUnavailable: the job could not be sent, or IBM cannot be reached.
            JobFailed: it ended without a result.
            JobUnfinished: it is not done in time; it goes on and can be collected by its id.
        """
        job_id = self.submit(circuit, inputs, weights).job_id
        deadline = time.monotonic() + self.timeout_s
        while not (status := self.status(job_id)).state.is_final:
            if time.monotonic() > deadline:
                raise JobUnfinished(
                    f"No result after {self.timeout_s:.0f} s. {status.sentence} Collect it later by its id: {job_id}."
                )
            time.sleep(self.runner.poll_s)
        measured = self.collect(job_id)
        return Expectations(
            measured.values.to(inputs.dtype), measured.standard_error.to(inputs.dtype), measured.provenance
        )

    def estimate(self, circuit: Circuit, inputs: Tensor, weights: Tensor) -> Estimate:
        """Say what a job would take, without sending anything.

        Raises:
            HardwareUnavailable: IBM cannot be reached.
        """
        estimate = self._order(circuit, inputs, weights).estimate
        return replace(estimate, remaining_qpu_s=self.runner.remaining_qpu_s())

    def submit(self, circuit: Circuit, inputs: Tensor, weights: Tensor) -> Submission:
        """Send one job with one PUB: the circuit, its observables and the angles of every patient.

        Only angles and a circuit leave: weights are bound, inputs are rotation angles.

        Raises:
            ValueError: the shapes do not fit the circuit.
            UnsuitableCircuit: the values of the patients make it queue different gates.
            HardwareUnavailable: nothing was sent.
        """
        return self.runner.send(self._order(circuit, inputs, weights))

    def status(self, job_id: str) -> JobStatus:
        """Say how a job stands, whichever process sent it.

        Raises:
            HardwareUnavailable: IBM cannot be reached, or knows no such job of Qlinical's.
            JobForgotten: it was a rehearsal, and is gone.
        """
        return self.runner.status(job_id)

    def collect(self, job_id: str) -> Expectations:
        """Fetch the result of a job, whichever process sent it; float64.

        Raises:
            HardwareUnavailable: IBM cannot be reached, or knows no such job of Qlinical's.
            JobFailed: it ended without a result.
            JobUnfinished: it is not done yet.
        """
        status = self.status(job_id)
        if status.state in {JobState.FAILED, JobState.CANCELLED}:
            raise JobFailed(status.sentence)
        if status.state is not JobState.DONE:
            raise JobUnfinished(status.sentence)
        outcome = self.runner.outcome(job_id)
        return Expectations(
            values=torch.tensor(outcome.values.T),
            standard_error=torch.tensor(outcome.standard_error.T),
            provenance=Provenance(
                backend=self.name,
                device=outcome.device,
                calibration_time=outcome.calibration_time,
                shots=outcome.shots,
                seed=outcome.seed,
                mitigation=outcome.mitigation,
                job_id=job_id,
                seconds=outcome.seconds,
            ),
        )

    def cancel(self, job_id: str) -> None:
        """Cancel a job that is not done.

        Raises:
            HardwareUnavailable: IBM cannot be reached, or does not let go of the job.
        """
        self.runner.cancel(job_id)

    def _order(self, circuit: Circuit, inputs: Tensor, weights: Tensor) -> Order:
        check_shapes(circuit, inputs, weights)
        # In double precision, because angles rounded to float32 would differ from those that were traced.
        inputs, weights = inputs.detach().double(), weights.detach().double()
        alike = calls(circuit, inputs, weights, bind=True)
        if len(alike) > 1:
            raise UnsuitableCircuit(
                f"The values of these patients make {circuit.name} queue {len(alike)} different circuits, and one job "
                "holds one. Send one patient at a time, or choose between angles (torch.where), not between gates."
            )
        isa = isa_circuit(alike[0].trace, self.device)
        width = len(self.device.qubits)
        placed = qiskit_circuit.to_qiskit(isa, width, self.runner.dt_s)
        observables = qiskit_circuit.observables(circuit, isa, width)
        bases = qiskit_circuit.count_bases(observables)
        estimate = Estimate(
            device=self.runner.label,
            line=isa.line,
            shots=self.shots,
            mitigation=self.runner.mitigation(self.resilience_level),
            parameter_sets=len(inputs),
            bases=bases,
            circuit=placed,
            qpu_s=estimated_qpu_s(
                executions=self.shots * len(inputs) * bases,
                calibration_executions=self.shots if self.resilience_level else 0,
                noise_factors=NOISE_FACTORS[self.resilience_level],
                rep_delay_s=self.runner.rep_delay_s or REP_DELAY_S,
                circuit_s=isa.duration_s,
                readout_s=self.device.readout_duration_s,
            ),
            remaining_qpu_s=None,
        )
        return Order(
            circuit=placed,
            observables=observables,
            parameters=qiskit_circuit.parameter_array(placed, isa, inputs, weights),
            line=isa.line,
            shots=self.shots,
            resilience_level=self.resilience_level,
            calibration_time=self.device.calibration_time,
            estimate=estimate,
        )


def estimated_qpu_s(
    executions: int,
    calibration_executions: int,
    noise_factors: tuple[int, ...],
    rep_delay_s: float,
    circuit_s: float,
    readout_s: float,
) -> float:
    """Estimate processor time, s: ``2 s + executions x (rep_delay + circuit + read-out)``.

    An estimate only: IBM may split a job (2 s more each), and mitigation inserts gates.
    Source: IBM Quantum documentation, "Workload usage", section "Estimate usage before submitting a job".

    Args:
        executions: shots x parameter sets x measurement bases.
        calibration_executions: of read-out mitigation: about the shots of one parameter set.
        noise_factors: the circuit is run once for each, that many times as long.
        rep_delay_s: pause between two executions, s.
        circuit_s: length of the circuit, s.
        readout_s: length of a measurement, s.
    """
    idle_s = rep_delay_s + readout_s
    folded_s = sum(idle_s + factor * circuit_s for factor in noise_factors)
    return JOB_OVERHEAD_S + executions * folded_s + calibration_executions * idle_s


def connect(device_name: str, credentials: Credentials | None) -> IbmBackend:
    """Reach a real processor, with its calibration of now.

    Args:
        device_name: such as ``fez`` or ``ibm_fez``.
        credentials: None where there are none, which is an error that says how to get them.

    Raises:
        HardwareUnavailable: there are no credentials, IBM cannot be reached, or the account has no such processor.
    """
    from qcore.backends.ibm_processor import Processor, find
    from qcore.noise.device import calibration

    if credentials is None:
        raise HardwareUnavailable(HOW_TO_CONNECT)
    backend = find(device_name, credentials)
    device = calibration.from_backend(backend, backend.name.removeprefix("ibm_"), f"{backend.name}, live")
    return IbmBackend(device, Processor(backend))


def rehearsal(device_name: str, seed: int = 0) -> IbmBackend:
    """Rehearse on a simulated processor with the calibration of the fake backend of that name, such as ``fez``.

    Args:
        device_name: name of the processor, such as ``fez``.
        seed: of the samples; every order has its own, derived from this one.

    Raises:
        MissingAsset: there is no calibration of that name.
        HardwareUnavailable: there is no fake backend of that name.
    """
    from qcore.backends.ibm_rehearsal import Rehearsal
    from qcore.noise.device import calibration

    return IbmBackend(calibration.load(device_name), Rehearsal(device_name, seed))
