"""The AKI page with a job on an IBM processor: offered, sent once, watched, shown and remembered."""

import threading
from collections import OrderedDict
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from aki_jobs import (
    OFFER,
    RESULT,
    SHOTS,
    SPECIFICATION,
    WAIT_S,
    buttons,
    ghosts,
    hardware_rows,
    is_noiseless,
    job_table,
    percent_of,
    predicted,
    send,
    shown,
    states,
    wait,
)
from dashboard_reading import answered_by, everything, gauge_risk, is_fault_free, risk, rows_in_trail, sentences
from streamlit.runtime.scriptrunner import StopException
from streamlit.testing.v1 import AppTest

from qcore.backends import ibm_rehearsal
from qcore.backends.ibm_job import JobState, Submission
from qcore.records import jobs
from qcore.tasks.aki.examples import examples
from qcore.tasks.aki.model import CARD, load


@pytest.fixture
def rehearsed(offered: AppTest) -> AppTest:
    """The page with the result of a rehearsal."""
    return send(offered, until=RESULT)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Rehearsals wait until this is set, and then fail."""
    go = threading.Event()

    def run(*_: object) -> None:
        go.wait(WAIT_S)
        raise MemoryError("not enough memory")

    monkeypatch.setattr(ibm_rehearsal, "_run", run)
    yield go
    go.set()


def test_a_rehearsal_is_offered_and_until_then_the_answer_is_noiseless(offered: AppTest) -> None:
    assert OFFER in everything(offered)
    assert "to a simulator on this machine" in everything(offered)
    assert f"{SHOTS:,} shots" in everything(offered)
    assert "Rehearse the job" in buttons(offered)
    assert is_noiseless(offered)
    assert answered_by() == "ideal"
    assert (states(), hardware_rows()) == ([], [])
    assert "No job was sent from here yet." in everything(offered)


def test_the_result_of_a_rehearsal_is_the_answer_beside_the_noiseless_one(rehearsed: AppTest) -> None:
    # The same order repeats its samples, so the very number can be asked for.
    measured = predicted(rehearsed, SPECIFICATION)
    assert gauge_risk(rehearsed) == pytest.approx(float(measured.value[0]) * 100)
    assert ghosts(rehearsed) == pytest.approx([percent_of(rehearsed, "ideal")])
    assert gauge_risk(rehearsed) != pytest.approx(ghosts(rehearsed)[0], abs=1e-3)
    assert f"at most ±{float(measured.standard_error[0]) * 100:.1f} points" in everything(rehearsed)
    assert answered_by() == SPECIFICATION
    assert OFFER not in everything(rehearsed)


def test_what_ran_is_told_as_it_was_asked_for_and_in_plain_words(rehearsed: AppTest) -> None:
    panel = next(said for said in sentences(rehearsed.markdown) if RESULT in said)
    sidebar = " ".join(sentences(rehearsed.sidebar.caption))
    for said in (panel, sidebar):
        assert "rehearsal on simulated IBM Fez" in said
        assert f"{SHOTS:,} shots" in said
        assert "none (IBM's error mitigation has no effect in a rehearsal)" in said
    assert "Fake" not in everything(rehearsed)
    assert "resilience level" not in everything(rehearsed)


def test_a_job_is_remembered_and_put_on_record_without_a_laboratory_value(rehearsed: AppTest) -> None:
    assert is_fault_free(rehearsed)
    [job] = jobs.recent()
    assert (job.task, job.model_card, job.state) == ("aki", CARD, JobState.DONE)
    assert (job.submission.shots, job.submission.n_parameter_sets) == (SHOTS, 1)
    assert hardware_rows() == [
        {
            "model_card": CARD,
            "backend": SPECIFICATION,
            "job": job.submission.job_id,
            "shots": SHOTS,
            "patients": 1,
        }
    ]
    assert rows_in_trail() == 3, "the noiseless answer, the job, the measured answer"


def test_every_patient_and_setting_has_a_job_of_its_own_and_none_is_sent_twice(rehearsed: AppTest) -> None:
    first, measured = rehearsed.selectbox(key="aki_example").value, gauge_risk(rehearsed)
    other = next(example.key for example in examples() if example.key != first)
    for key, there, back in (("aki_example", other, first), ("backend_ibm_shots", 4_096, SHOTS)):
        shown(rehearsed.selectbox(key=key).set_value(there).run())
        assert OFFER in everything(rehearsed)
        assert is_noiseless(rehearsed)
        shown(rehearsed.selectbox(key=key).set_value(back).run())
        assert gauge_risk(rehearsed) == measured
        assert OFFER not in everything(rehearsed)
    assert len(states()) == len(hardware_rows()) == 1


def test_an_earlier_job_is_listed_and_collected_with_the_same_risk(rehearsed: AppTest) -> None:
    [listed] = job_table(rehearsed).to_dict("records")
    [job] = jobs.recent()
    assert listed == {
        "Sent (UTC)": job.submission.created[:16].replace("T", " "),
        "Where": "rehearsal on simulated IBM Fez",
        "Shots": SHOTS,
        "State": "done",
        "Job": job.submission.job_id,
    }
    shown(rehearsed.button(key="aki_collect").click().run())
    collected = next(
        said for said in sentences(rehearsed.markdown) if f"Job `{job.submission.job_id}`, rehearsal" in said
    )
    assert f"risk **{risk(rehearsed)} %** (at most ±" in collected
    assert jobs.recent() == [job], "collecting again changes nothing"


def test_an_impatient_second_click_sends_no_second_job(offered: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise StopException

    # The second click ends the first run as soon as the job is out; here even before it is remembered.
    monkeypatch.setattr(ibm_rehearsal, "_jobs", OrderedDict())
    with monkeypatch.context() as patch:
        patch.setattr(jobs, "remember", interrupted)
        offered.button(key="aki_send").click().run()
    assert len(ibm_rehearsal._jobs) == 1
    offered.run()
    assert "Rehearse the job" not in buttons(offered)
    wait(offered, lambda: RESULT in everything(offered))
    assert len(ibm_rehearsal._jobs) == 1


def test_a_job_that_fails_is_told_and_can_be_forgotten(offered: AppTest, held: threading.Event) -> None:
    send(offered, until="Until it is done the answer below is the noiseless one")
    assert is_noiseless(offered)
    assert any(said.startswith("Rehearsal on simulated IBM Fez: the job is") for said in sentences(offered.info))
    assert states() == [JobState.QUEUED]
    held.set()
    wait(offered, lambda: "the job failed (not enough memory)" in everything(offered))
    assert "The answer below is the noiseless one." in everything(offered)
    assert is_noiseless(offered)
    assert states() == [JobState.FAILED]
    offered.button(key="aki_forget").click().run()
    assert OFFER in everything(shown(offered))
    assert "Rehearse the job" in buttons(offered)


@pytest.mark.usefixtures("held")
def test_a_job_that_is_not_known_any_more_is_told_and_has_ended(offered: AppTest) -> None:
    send(offered, until="Until it is done")
    ibm_rehearsal._jobs.clear()
    shown(offered.run())
    assert "not known any more: rehearsals live only as long as the program" in everything(offered)
    assert is_noiseless(offered)
    assert states() == [JobState.FAILED]
    assert all(job.state.is_final for job in jobs.recent())
    offered.button(key="aki_forget").click().run()
    assert OFFER in everything(shown(offered))


def test_a_rehearsal_of_an_earlier_process_ends_when_it_is_asked_for(offered: AppTest) -> None:
    jobs.remember(
        Submission(
            job_id="rehearsal-of-yesterday",
            device="rehearsal on simulated IBM Fez",
            is_rehearsal=True,
            calibration_time="2026-03-01T09:00:00+00:00",
            shots=SHOTS,
            mitigation="none",
            n_parameter_sets=1,
            n_observables=load().circuit.n_qubits,
            estimated_qpu_s=3.0,
            created=datetime.now(UTC).isoformat(timespec="milliseconds"),
        ),
        "aki",
        CARD,
    )
    shown(offered.run())
    assert list(job_table(offered)["State"]) == ["queued"]
    shown(offered.button(key="aki_collect").click().run())
    [told] = sentences(offered.warning)
    assert told.startswith("The rehearsal rehearsal-of-yesterday is not known any more: rehearsals live only as long")
    assert list(job_table(offered)["State"]) == ["failed"], "in the same run"
    assert all(job.state.is_final for job in jobs.recent())
