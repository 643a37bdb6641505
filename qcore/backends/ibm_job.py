"""A job for a processor: what is ordered, what it may cost, what was sent, how it stands and what came back."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from qcore.errors import HardwareUnavailable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import SparsePauliOp


PULSES = frozenset({"sx", "x", "cz", "ecr"})


class JobForgotten(HardwareUnavailable):
    """A job is not known any more and never will be again: no result can come."""


class JobState(StrEnum):
    """Where a hardware job stands: waiting, running, or ended in one of three ways."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """True where nothing more will happen."""
        return self in {JobState.DONE, JobState.FAILED, JobState.CANCELLED}


@dataclass(frozen=True, eq=False)
class Order:
    """One circuit for a batch of patients, ready to be sent as one PUB in one job.

    Attributes:
        circuit: on the physical qubits, with one parameter a slot.
        observables: on the physical qubits.
        parameters: ``(batch, n_parameters)`` angles of the patients, rad.
        line: physical qubit of every position of the register.
        shots: measurements a parameter set and basis.
        resilience_level: error mitigation, 0 to 2; see `mitigation`.
        calibration_time: of the calibration by which the qubits were chosen, ISO 8601.
        estimate: what it may cost.
    """

    circuit: "QuantumCircuit"
    observables: "list[SparsePauliOp]"
    parameters: "NDArray[np.float64]"
    line: tuple[int, ...]
    shots: int
    resilience_level: int
    calibration_time: str
    estimate: "Estimate"

    @property
    def pub(self) -> tuple[Any, ...]:
        """The primitive unified bloc: its result has the shape ``(n_observables, batch)``."""
        return self.circuit, [[observable] for observable in self.observables], self.parameters

    def sent(self, job_id: str, is_rehearsal: bool) -> "Submission":
        """Return the record of this order, sent now."""
        return Submission(
            job_id=job_id,
            device=self.estimate.device,
            is_rehearsal=is_rehearsal,
            calibration_time=self.calibration_time,
            shots=self.shots,
            mitigation=self.estimate.mitigation,
            n_parameter_sets=len(self.parameters),
            n_observables=len(self.observables),
            estimated_qpu_s=self.estimate.qpu_s,
            created=datetime.now(UTC).isoformat(timespec="milliseconds"),
        )


@dataclass(frozen=True, eq=False)
class Estimate:
    """What a job is expected to take; shown before anything is sent.

    Attributes:
        device: where it would run.
        line: physical qubit of every position of the register: the layout.
        shots: measurements a parameter set and basis.
        mitigation: error mitigation that would be applied.
        parameter_sets: circuits with other angles: the batch.
        bases: measurement bases a parameter set needs.
        circuit: as it would be sent.
        qpu_s: processor time, s; an estimate.
        remaining_qpu_s: processor time the account has left, s; None where it is not known or not limited.
    """

    device: str
    line: tuple[int, ...]
    shots: int
    mitigation: str
    parameter_sets: int
    bases: int
    circuit: "QuantumCircuit"
    qpu_s: float
    remaining_qpu_s: float | None

    @property
    def depth(self) -> int:
        """Longest chain of pulses; RZ is virtual and not counted."""
        return int(self.circuit.depth(lambda item: item.operation.name in PULSES))

    @property
    def two_qubit_gates(self) -> int:
        """Number of gates on two qubits, which bring most of the noise."""
        return int(self.circuit.num_nonlocal_gates())

    @property
    def drawing(self) -> str:
        """The circuit as text, on the qubits in use."""
        return str(self.circuit.draw("text", idle_wires=False, fold=-1))

    @property
    def sentence(self) -> str:
        """The estimate in a sentence for people: what is sent, and how many seconds a processor needs."""
        left = "" if self.remaining_qpu_s is None else f" The account has {self.remaining_qpu_s:.0f} s left."
        if self.remaining_qpu_s is not None and self.remaining_qpu_s < self.qpu_s:
            left += " That is not enough: send fewer patients or take fewer shots."
        bases = "1 basis" if self.bases == 1 else f"{self.bases} bases"
        return (
            f"{self.device}: one job of {self.parameter_sets} parameter sets x {bases} x {self.shots} shots; "
            f"a processor needs an estimated {self.qpu_s:.0f} s for it.{left}"
        )


@dataclass(frozen=True)
class Submission:
    """A job that was sent.

    Attributes:
        job_id: with it the result can be collected later.
        device: name of the processor that runs it.
        is_rehearsal: True where the processor is simulated; such a job is known to its own process only.
        calibration_time: of the calibration used, ISO 8601, see `Order`.
        shots: executions per circuit, see `Order`.
        mitigation: the error mitigation applied, in words.
        n_parameter_sets: size of the batch.
        n_observables: number of expectation values per patient.
        estimated_qpu_s: estimated processor time, s, see `Estimate`.
        created: when it was sent, UTC, ISO 8601.
    """

    job_id: str
    device: str
    is_rehearsal: bool
    calibration_time: str
    shots: int
    mitigation: str
    n_parameter_sets: int
    n_observables: int
    estimated_qpu_s: float
    created: str


@dataclass(frozen=True)
class JobStatus:
    """How a job stands, and a sentence on it for people.

    Attributes:
        job_id: identifier that IBM gave the job.
        state: the state as a constant, for code.
        sentence: the same in words, for the page and the command.
        queue_position: jobs before it, where IBM tells.
    """

    job_id: str
    state: JobState
    sentence: str
    queue_position: int | None = None


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a finished job brought back.

    Attributes:
        values: ``(n_observables, batch)`` expectation values.
        standard_error: ``(n_observables, batch)`` standard errors of the values.
        device: name of the processor that ran it.
        calibration_time: of the calibration used, ISO 8601, see `Order`.
        shots: taken, a parameter set and basis.
        mitigation: the error mitigation applied, in words.
        seed: of a rehearsal, else None.
        seconds: from start to end of the run, without the queue.
    """

    values: "NDArray[np.float64]"
    standard_error: "NDArray[np.float64]"
    device: str
    calibration_time: str | None
    shots: int
    mitigation: str
    seed: int | None
    seconds: float


def status(job_id: str, device: str, state: JobState, position: int | None = None, reason: str = "") -> JobStatus:
    """Say how a job stands.

    Args:
        job_id: identifier that IBM gave the job.
        device: name of the processor that runs it.
        state: queued, running, done, failed or cancelled.
        position: in the queue, where known.
        reason: why it failed, in IBM's or the simulator's words.
    """
    queue_position = "" if position is None else f" at position {position}"
    why = f" ({reason})" if reason else ""
    sentence = {
        JobState.QUEUED: f"the job waits in the queue{queue_position}.",
        JobState.RUNNING: "the job is running.",
        JobState.DONE: "the job is done, and its result can be collected.",
        JobState.FAILED: f"the job failed{why}. There is no result; send it again, or choose another device.",
        JobState.CANCELLED: "the job was cancelled before it was done. There is no result.",
    }
    return JobStatus(job_id, state, f"{device}: {sentence[state]}", position)
