"""A real processor of IBM: how a job is sent there, found again by its id, and how each failure reads."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from ibm_cloud_sdk_core import ApiException
from qiskit.exceptions import QiskitError
from qiskit.providers import QiskitBackendNotFoundError
from qiskit_ibm_runtime import IBMBackend, QiskitRuntimeService, RuntimeJobNotFound
from qiskit_ibm_runtime.accounts.exceptions import AccountsError
from qiskit_ibm_runtime.exceptions import IBMNotAuthorizedError
from requests import RequestException

from qcore.backends.ibm_account import Credentials
from qcore.backends.ibm_estimator import estimator
from qcore.backends.ibm_job import JobState, JobStatus, Order, Outcome, Submission, status
from qcore.errors import HardwareUnavailable

TAG = "qlinical"
MITIGATION = {
    0: "none",
    1: "IBM's read-out mitigation",
    2: "IBM's read-out mitigation and zero-noise extrapolation",
}
STATES = {
    "INITIALIZING": JobState.QUEUED,
    "QUEUED": JobState.QUEUED,
    "RUNNING": JobState.RUNNING,
    "DONE": JobState.DONE,
    "ERROR": JobState.FAILED,
    "CANCELLED": JobState.CANCELLED,
}
LONGEST_REASON = 200
LIBRARY = "qiskit_ibm_runtime"


def keep_off_the_terminal() -> None:
    """Let IBM's library write its raw lines nowhere but where the user wants them: what matters `worded_errors` says.

    ``QISKIT_IBM_RUNTIME_LOG_LEVEL`` brings them back to the terminal, ``QISKIT_IBM_RUNTIME_LOG_FILE`` into a file.
    """
    library = logging.getLogger(LIBRARY)
    if os.environ.get("QISKIT_IBM_RUNTIME_LOG_LEVEL"):
        return
    for handler in list(library.handlers):
        if type(handler) is logging.StreamHandler:  # a file's is another class, derived from it
            library.removeHandler(handler)
    # Without any handler Python would write warnings to the terminal as a last resort.
    library.addHandler(logging.NullHandler())


# The library added its handler when it was imported at the top of this file.
keep_off_the_terminal()


class Processor:
    """A processor that an account may use."""

    is_rehearsal = False
    poll_s = 2.0
    dt_s: float | None = None
    """Delays are not written out: hardware schedules by itself."""

    def __init__(self, backend: IBMBackend) -> None:
        self.backend = backend
        self.label: str = backend.name
        self.fingerprint = f"processor {backend.name}"

    @property
    def rep_delay_s(self) -> float | None:
        """Pause between two executions, s."""
        delay: float | None = getattr(self.backend.configuration(), "default_rep_delay", None)
        return delay

    def mitigation(self, resilience_level: int) -> str:
        """Name what IBM does at a resilience level."""
        return MITIGATION[resilience_level]

    def remaining_qpu_s(self) -> float | None:
        """Return the processor time the account has left, s; None where it is not limited."""
        with worded_errors(f"Asking IBM Quantum for the account's usage of {self.label}"):
            seconds: float | None = self.backend.service.usage().get("usage_remaining_seconds")
        return seconds

    def send(self, order: Order) -> Submission:
        """Send one job; what it was asked for is kept in the job's tags, so that any process can collect it.

        Raises:
            HardwareUnavailable: nothing was sent.
        """
        with worded_errors(
            f"Sending the job to {self.label}", "If the processor was changed today, renew its calibration."
        ):
            self._check_ready()
            options = {"resilience_level": order.resilience_level, "environment": {"job_tags": _tags(order)}}
            job = estimator(self.backend, order, **options).run([order.pub])
            return order.sent(job.job_id(), is_rehearsal=False)

    def status(self, job_id: str) -> JobStatus:
        """Ask how a job stands; see `IbmBackend.status`."""
        with worded_errors("Asking IBM Quantum for the job"):
            job = self._job(job_id)
            state = STATES.get(job.status(), JobState.QUEUED)
            position = job.metrics().get("position_in_queue") if state is JobState.QUEUED else None
            reason = _reason(job) if state is JobState.FAILED else ""
        return status(job_id, _device(job), state, position, reason)

    def outcome(self, job_id: str) -> Outcome:
        """Fetch the result of a job that is done."""
        with worded_errors("Fetching the result from IBM Quantum"):
            job = self._job(job_id)
            requested = dict(tag.split("-", 1) for tag in job.tags if "-" in tag)
            result = job.result()[0]
            return Outcome(
                values=result.data.evs,
                standard_error=result.data.stds,
                device=_device(job),
                calibration_time=datetime.fromisoformat(requested["calibration"]).isoformat(),
                shots=int(result.metadata.get("shots", requested["shots"])),
                mitigation=self.mitigation(int(requested["resilience"])),
                seed=None,
                seconds=_run_s(job),
            )

    def cancel(self, job_id: str) -> None:
        """Ask IBM to cancel a job."""
        with worded_errors("Cancelling the job"):
            self._job(job_id).cancel()

    def _job(self, job_id: str) -> Any:
        try:
            job = self.backend.service.job(job_id)
        except RuntimeJobNotFound as error:
            raise HardwareUnavailable(
                f"IBM Quantum knows no job {job_id} in this account. Check the id, and that QISKIT_IBM_INSTANCE is the "
                "instance it was sent from."
            ) from error
        if TAG not in (job.tags or []):
            raise HardwareUnavailable(f"The job {job_id} was not sent by Qlinical, so it is not read here.")
        return job

    def _check_ready(self) -> None:
        ready = self.backend.status()
        if not ready.operational or ready.status_msg != "active":
            raise HardwareUnavailable(
                f"{self.label} takes no jobs now (IBM says: {ready.status_msg}). Nothing was sent. "
                "Choose another device or try again later."
            )
        if self.backend.service.usage().get("usage_limit_reached"):
            raise HardwareUnavailable(
                "This account has used up its processor time for now, so the job would not run. Nothing was sent. "
                "Try again when IBM grants new time, or use the rehearsal."
            )


def find(device_name: str, credentials: Credentials) -> IBMBackend:
    """Find a processor, such as ``fez`` or ``ibm_fez``, in an account.

    Raises:
        HardwareUnavailable: the account cannot be opened or has no such processor.
    """
    name = f"ibm_{device_name.removeprefix('ibm_')}"
    with worded_errors("Connecting to IBM Quantum", "Check QISKIT_IBM_INSTANCE and QISKIT_IBM_CHANNEL."):
        service = _service(credentials)
        try:
            return service.backend(name)
        except QiskitBackendNotFoundError as error:
            others = ", ".join(sorted(backend.name for backend in service.backends())) or "none"
            raise HardwareUnavailable(
                f"This IBM Quantum account has no processor {name}; it has: {others}. Choose one of these."
            ) from error


@contextmanager
def worded_errors(doing: str, advice: str = "") -> Iterator[None]:
    """Turn whatever IBM's library raises into a sentence.

    Args:
        doing: what was attempted, as the beginning of a sentence.
        advice: a sentence on what may be wrong besides the network.

    Raises:
        HardwareUnavailable: instead of any error of qiskit-ibm-runtime, the network, or the account.
    """
    try:
        yield
    except (IBMNotAuthorizedError, AccountsError, ApiException) as error:
        raise HardwareUnavailable(
            "IBM Quantum did not accept the credentials. Check QISKIT_IBM_TOKEN and QISKIT_IBM_INSTANCE, or make a new "
            f"API key (IBM says: {_short(error)})."
        ) from error
    except (QiskitError, RequestException, ValueError) as error:
        raise HardwareUnavailable(
            f"{doing} did not work (IBM's library says: {_short(error)}). "
            f"Check the network and try again. {advice}".strip()
        ) from error


@lru_cache(maxsize=4)
def _service(credentials: Credentials) -> QiskitRuntimeService:
    # The token given here and nothing else: no account is read from or saved to a file.
    return QiskitRuntimeService(
        channel=credentials.channel, token=credentials.token, instance=credentials.instance or "auto"
    )


def _tags(order: Order) -> list[str]:
    # Letters, digits and hyphens only: IBM documents no other characters for tags.
    calibration = datetime.fromisoformat(order.calibration_time).astimezone(UTC)
    return [
        TAG,
        f"resilience-{order.resilience_level}",
        f"shots-{order.shots}",
        f"calibration-{calibration:%Y%m%dT%H%M%SZ}",
    ]


def _device(job: Any) -> str:
    backend = job.backend()
    return backend.name if backend else "IBM Quantum"


def _run_s(job: Any) -> float:
    times = job.metrics().get("timestamps", {})
    if not times.get("running") or not times.get("finished"):
        return float(job.usage())
    running, finished = (datetime.fromisoformat(times[name]) for name in ("running", "finished"))
    return (finished - running).total_seconds()


def _reason(job: Any) -> str:
    # Begins with "Job ... has failed:", which the sentence around it says already.
    text = job.error_message() or ""
    return _short(text.partition(" has failed:")[2] or text)


def _short(cause: object) -> str:
    line = " ".join(str(getattr(cause, "message", cause)).split())
    return line if len(line) <= LONGEST_REASON else f"{line[:LONGEST_REASON]}…"
