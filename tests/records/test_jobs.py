"""Jobs are remembered across processes, in order, and without anything about a patient."""

import subprocess
import sys
from dataclasses import replace

import pytest
from sqlalchemy import text

from qcore.backends.ibm_job import JobState, Submission
from qcore.errors import InvalidValue
from qcore.records import audit, database, jobs

SENT = Submission(
    job_id="d4q1example",
    device="ibm_fez",
    is_rehearsal=False,
    calibration_time="2026-03-01T09:00:00+00:00",
    shots=4096,
    mitigation="IBM's read-out mitigation",
    n_parameter_sets=40,
    n_observables=4,
    estimated_qpu_s=43.2,
    created="2026-03-01T10:00:00.000+00:00",
)


def later(job_id: str, minute: int) -> Submission:
    return replace(SENT, job_id=job_id, created=f"2026-03-01T10:{minute:02}:00.000+00:00")


def test_a_job_is_remembered_as_it_was_sent() -> None:
    jobs.remember(SENT, "aki", "aki-hybrid-1")
    [found] = jobs.recent()
    assert found == jobs.RememberedJob(SENT, "aki", "aki-hybrid-1", JobState.QUEUED, None)


def test_another_process_finds_it() -> None:
    jobs.remember(SENT, "aki", "aki-hybrid-1")
    code = "from qcore.records import jobs; print(jobs.recent()[0].submission.job_id)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == SENT.job_id


def test_a_job_that_ended_keeps_its_end() -> None:
    for minute, name in enumerate(("first", "second", "third")):
        jobs.remember(later(name, minute), "aki", "aki-hybrid-1")
    jobs.finish("second", JobState.FAILED)
    assert [job.submission.job_id for job in jobs.recent() if job.finished is None] == ["third", "first"]
    assert [job.submission.job_id for job in jobs.recent()] == ["third", "second", "first"]
    assert [job.submission.job_id for job in jobs.recent(limit=1)] == ["third"]
    ended = jobs.recent()[1]
    assert ended.state is JobState.FAILED
    assert ended.finished is not None
    assert ended.finished.endswith("+00:00")


def test_an_end_that_was_noted_stays() -> None:
    jobs.remember(SENT, "aki", "aki-hybrid-1")
    jobs.finish(SENT.job_id, JobState.DONE)
    [first] = jobs.recent()
    jobs.finish(SENT.job_id, JobState.FAILED)
    assert jobs.recent() == [first]
    assert first.state is JobState.DONE


@pytest.mark.parametrize(("task", "card"), [("Jane Doe", "aki-hybrid-1"), ("aki", "MRN 1234"), ("", "x")])
def test_only_short_codes_are_kept_with_a_job(task: str, card: str) -> None:
    with pytest.raises(InvalidValue, match="use a short code"):
        jobs.remember(SENT, task, card)
    assert jobs.recent() == []


def test_an_unknown_job_cannot_end_and_a_running_one_has_not_ended() -> None:
    with pytest.raises(InvalidValue, match="No job d4q1example was sent from here"):
        jobs.finish(SENT.job_id, JobState.DONE)
    with pytest.raises(InvalidValue, match="running has not ended"):
        jobs.finish(SENT.job_id, JobState.RUNNING)


def test_the_table_is_made_in_a_database_that_was_opened_before_jobs_were_known() -> None:
    audit.append(audit.Action.VIEW, "aki")
    with database.session(write=True) as session:
        session.execute(text("DROP TABLE quantum_job"))
    assert jobs.recent() == []
    jobs.remember(SENT, "aki", "aki-hybrid-1")
    assert len(jobs.recent()) == 1


def test_the_columns_hold_no_angle_result_or_identifier() -> None:
    columns = set(jobs.QuantumJob.metadata.tables["quantum_job"].columns.keys())
    assert columns == {*Submission.__dataclass_fields__, "task", "model_card", "state", "finished"}
