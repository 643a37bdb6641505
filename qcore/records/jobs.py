"""Jobs sent to a processor, remembered so that the page can be closed and the result collected later.

No patient data: what is kept is where a job is and what it was asked for, not the angles and not the result. Where a
result can be read only with its case, the task names a digest of what was sent, by which the same case finds it again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.schema import CreateTable

from qcore.backends.ibm_job import JobState, Submission
from qcore.errors import InvalidValue
from qcore.records import database
from qcore.records.audit import SUBJECT


class QuantumJob(database.Base):
    """One job; see `Submission` for what its columns mean."""

    __tablename__ = "quantum_job"

    job_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    device: Mapped[str] = mapped_column(String(64))
    is_rehearsal: Mapped[bool]
    calibration_time: Mapped[str] = mapped_column(String(40))
    shots: Mapped[int]
    mitigation: Mapped[str] = mapped_column(String(120))
    n_parameter_sets: Mapped[int]
    n_observables: Mapped[int]
    estimated_qpu_s: Mapped[float]
    created: Mapped[str] = mapped_column(String(40))
    task: Mapped[str] = mapped_column(String(64))
    model_card: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    finished: Mapped[str | None] = mapped_column(String(40))


@dataclass(frozen=True)
class RememberedJob:
    """A job as it was remembered.

    Attributes:
        submission: job id, device, shots and time of what was sent.
        task: for which page, such as ``aki``.
        model_card: id of the model's card.
        state: as far as is known here; ask the backend for more.
        finished: when the end was noted, UTC, ISO 8601; None before.
    """

    submission: Submission
    task: str
    model_card: str
    state: JobState
    finished: str | None


def remember(submission: Submission, task: str, model_card: str) -> None:
    """Keep a job that was sent.

    Args:
        submission: job id, device, shots and time of what was sent.
        task: for which page: a short code such as ``aki``, with a digest where the case is needed to read the result.
        model_card: id of the model's card: a short code too.

    Raises:
        InvalidValue: task or model card is no short code, which keeps names of patients out.
        DatabaseUnavailable: it could not be written.
    """
    for value in (task, model_card):
        if not SUBJECT.fullmatch(value):
            raise InvalidValue(f"A job is not kept under {value!r}: use a short code.")
    with _session(write=True) as session:
        session.add(QuantumJob(**asdict(submission), task=task, model_card=model_card, state=JobState.QUEUED.value))


def finish(job_id: str, state: JobState) -> None:
    """Note how a job ended; an end that was noted before stays, because a job ends once.

    Raises:
        InvalidValue: no such job was remembered, or the state is not an end.
        DatabaseUnavailable: it could not be written.
    """
    if not state.is_final:
        raise InvalidValue(f"A job that is {state} has not ended.")
    with _session(write=True) as session:
        row = session.get(QuantumJob, job_id)
        if row is None:
            raise InvalidValue(f"No job {job_id} was sent from here. Check its id.")
        if row.finished is None:
            row.state = state.value
            row.finished = datetime.now(UTC).isoformat(timespec="seconds")


def recent(limit: int = 20) -> list[RememberedJob]:
    """Return the last jobs, newest first.

    Raises:
        DatabaseUnavailable: they could not be read.
    """
    with _session(write=False) as session:
        newest = select(QuantumJob).order_by(QuantumJob.created.desc()).limit(limit)
        return [_remembered(row) for row in session.scalars(newest)]


@contextmanager
def _session(*, write: bool) -> Iterator[Session]:
    with database.session(write=write) as session:
        # The database may have been opened, and its tables made, before this module was imported.
        session.execute(CreateTable(QuantumJob.metadata.tables[QuantumJob.__tablename__], if_not_exists=True))
        yield session


def _remembered(row: QuantumJob) -> RememberedJob:
    submission = Submission(**{name: getattr(row, name) for name in Submission.__dataclass_fields__})
    return RememberedJob(submission, row.task, row.model_card, JobState(row.state), row.finished)
