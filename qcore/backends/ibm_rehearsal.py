"""A rehearsal: the same call on a simulated processor, in the local testing mode of qiskit-ibm-runtime."""

import hashlib
import threading
import time
import uuid
import warnings
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from qiskit.transpiler import Target
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel
from qiskit_aer.noise.device import basic_device_readout_errors
from qiskit_ibm_runtime import fake_provider

from qcore.backends.ibm_estimator import estimator, precision
from qcore.backends.ibm_job import JobForgotten, JobState, JobStatus, Order, Outcome, Submission, status
from qcore.errors import HardwareUnavailable

MAX_JOBS = 64
"""Rehearsals kept in memory; the oldest are forgotten first."""


@dataclass(frozen=True, eq=False)
class Rehearsed:
    """A rehearsal that was started: what was sent, and the (result, seconds) it will bring."""

    submission: Submission
    seed: int
    future: "Future[tuple[Any, float]]"


_jobs: OrderedDict[str, Rehearsed] = OrderedDict()
_keeping = threading.Lock()
_worker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="rehearsal")
"""One at a time: the page's own computing goes on beside it."""


class Rehearsal:
    """A simulated processor with the calibration of a real one; mitigation has no effect here, and it says so."""

    is_rehearsal = True
    poll_s = 0.02

    def __init__(self, device_name: str, seed: int = 0) -> None:
        self.device_name = device_name
        self.seed = seed
        self.fingerprint = f"rehearsal {device_name} {seed}"
        backend = fake_backend(device_name)
        self.label = f"rehearsal on simulated IBM {device_name.removeprefix('ibm_').title()}"
        self.dt_s: float | None = backend.dt  # idle qubits must relax here as they do on hardware
        self.rep_delay_s: float | None = backend.configuration().default_rep_delay

    def mitigation(self, resilience_level: int) -> str:
        """Say that there is none."""
        return "none (IBM's error mitigation has no effect in a rehearsal)" if resilience_level else "none"

    def remaining_qpu_s(self) -> None:
        """None: a rehearsal uses no account."""

    def send(self, order: Order) -> Submission:
        """Start one rehearsal in the background.

        The seed follows from what is run: the same order repeats the same samples, any other order has its own.
        """
        seed = _seed(self.seed, order)
        primitive = estimator(simulated(self.device_name, order.line), order, simulator={"seed_simulator": seed})
        submission = order.sent(f"rehearsal-{uuid.uuid4().hex[:12]}", is_rehearsal=True)
        future = _worker.submit(_run, primitive, order)
        with _keeping:
            _jobs[submission.job_id] = Rehearsed(submission, seed, future)
            while len(_jobs) > MAX_JOBS:
                _jobs.popitem(last=False)
        return submission

    def status(self, job_id: str) -> JobStatus:
        """Say how a rehearsal stands."""
        job = _find(job_id)
        reason = ""
        if not job.future.done():
            state = JobState.RUNNING if job.future.running() else JobState.QUEUED
        elif job.future.cancelled():
            state = JobState.CANCELLED
        elif job.future.exception() is None:
            state = JobState.DONE
        else:
            state, reason = JobState.FAILED, str(job.future.exception())
        return status(job_id, job.submission.device, state, reason=reason)

    def outcome(self, job_id: str) -> Outcome:
        """Return the result of a rehearsal that is done."""
        job = _find(job_id)
        result, seconds = job.future.result()
        return Outcome(
            values=result.data.evs,
            standard_error=result.data.stds,
            device=job.submission.device,
            calibration_time=job.submission.calibration_time,
            shots=result.metadata["shots"],
            mitigation=job.submission.mitigation,
            seed=job.seed,
            seconds=seconds,
        )

    def cancel(self, job_id: str) -> None:
        """Cancel a rehearsal that has not begun."""
        _find(job_id).future.cancel()


def fake_backend(device_name: str) -> Any:
    """Return qiskit-ibm-runtime's fake backend of a device such as ``fez``.

    Raises:
        HardwareUnavailable: there is none.
    """
    kind = getattr(fake_provider, f"Fake{device_name.removeprefix('ibm_').title()}", None)
    if kind is None:
        raise HardwareUnavailable(
            f"There is no simulated processor {device_name!r}, so it cannot be rehearsed on. Choose another device."
        )
    with warnings.catch_warnings():
        # FakeNighthawk warns that its errors are not typical; the device's own description says so.
        warnings.simplefilter("ignore", UserWarning)
        return kind()


@lru_cache(maxsize=32)
def simulated(device_name: str, line: tuple[int, ...]) -> Any:
    """Return a fake backend whose simulator knows the noise of the qubits in use only.

    Left alone, local testing mode builds the noise of the whole device anew for every job: 16 s instead of 0.2 s for
    FakeFez on 4 qubits, for the same noise on these.
    """
    backend = fake_backend(device_name)
    full = backend.target
    part = Target(num_qubits=full.num_qubits, dt=full.dt, qubit_properties=full.qubit_properties)
    for operation in full.operation_names:
        on_line = {
            qubits: known for qubits, known in full[operation].items() if qubits and set(line).issuperset(qubits)
        }
        if on_line:
            part.add_instruction(full.operation_from_name(operation), on_line, name=operation)
    described = SimpleNamespace(version=2, operation_names=list(part.operation_names), target=part, dt=part.dt)
    # A target has one read-out error a qubit; the backend's properties have both, and they differ.
    noise = NoiseModel.from_backend(described, readout_error=False)
    for qubits, error in basic_device_readout_errors(backend.properties()):
        if qubits[0] in line:
            noise.add_readout_error(error, qubits)
    backend.sim = AerSimulator()
    backend.set_options(noise_model=noise)
    return backend


def _run(primitive: Any, order: Order) -> tuple[Any, float]:
    start = time.perf_counter()
    result = primitive.run([order.pub], precision=precision(order.shots)).result()
    return result[0], time.perf_counter() - start


def _seed(base: int, order: Order) -> int:
    circuit = order.circuit
    gates = [
        (
            item.operation.name,
            *map(str, item.operation.params),
            [circuit.find_bit(qubit).index for qubit in item.qubits],
        )
        for item in circuit.data
    ]
    content = hashlib.sha256(repr((base, order.shots, gates)).encode() + order.parameters.tobytes())
    return int.from_bytes(content.digest()[:4]) >> 1


def _find(job_id: str) -> Rehearsed:
    with _keeping:
        job = _jobs.get(job_id)
    if job is None:
        raise JobForgotten(
            f"The rehearsal {job_id} is not known any more: rehearsals live only as long as the program, and its last "
            f"{MAX_JOBS} are kept. Rehearse again for a result."
        )
    return job
