"""The AKI page with a job on an IBM processor: offered, sent once, watched, shown and remembered."""

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from dashboard_reading import answered_by, everything, figure, gauge_risk, is_fault_free, risk, rows_in_trail, sentences
from ibm_service import JOB_ID, Service, scripted
from requests import ConnectionError as NoNetwork
from sqlalchemy import select
from streamlit.runtime.scriptrunner import StopException
from streamlit.testing.v1 import AppTest

from dashboard.shared.resources import hardware
from qcore.backends import ibm_rehearsal
from qcore.backends.ibm_account import HOW_TO_CONNECT
from qcore.backends.ibm_job import JobState, Submission
from qcore.backends.registry import backend
from qcore.records import audit, database, jobs
from qcore.tasks.aki.examples import examples
from qcore.tasks.aki.model import CARD, load
from qcore.tasks.prediction import Prediction

WAIT_S = 300
OFFER, RESULT = "Not rehearsed yet: the answer below is the noiseless one", "Measured: "
SHOTS = 1_000
SPECIFICATION = f"rehearsal:fez:shots={SHOTS}"


@pytest.fixture
def offered(aki: AppTest) -> AppTest:
    """The page with the rehearsal of a job chosen, none sent."""
    aki.selectbox(key="backend_kind").set_value("ibm").run()
    aki.selectbox(key="backend_ibm_shots").set_value(SHOTS).run()
    assert is_fault_free(aki), everything(aki)
    return aki


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


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """An account at IBM; what other tests have reached is forgotten."""
    monkeypatch.setenv("QISKIT_IBM_TOKEN", "secret-key")
    hardware.clear()
    with scripted() as found:
        yield found
    hardware.clear()


@pytest.fixture
def real(offered: AppTest, service: Service) -> AppTest:
    """The page with the real processor chosen, no job sent."""
    assert not service.sent
    return shown(offered.radio(key="backend_ibm_kind").set_value("ibm").run())


def shown(page: AppTest) -> AppTest:
    assert is_fault_free(page), everything(page)
    return page


def send(page: AppTest, until: str) -> AppTest:
    page.button(key="aki_send").click().run()
    return wait(page, lambda: until in everything(page))


def wait(page: AppTest, is_over: Callable[[], bool]) -> AppTest:
    deadline = time.monotonic() + WAIT_S
    while not is_over():
        assert time.monotonic() < deadline, everything(page)
        time.sleep(0.05)
        page.run()
    return shown(page)


def predicted(page: AppTest, where: str) -> Prediction:
    patient = next(e for e in examples() if e.key == page.selectbox(key="aki_example").value)
    return load().predict(patient.inputs.to_frame().T, backend(where))


def percent_of(page: AppTest, where: str) -> float:
    return float(predicted(page, where).value[0]) * 100


def ghosts(page: AppTest) -> list[float]:
    return [x for t in figure(page, "aki_gauge")["data"] if t["marker"]["symbol"] == "diamond" for x in t["x"]]


def is_noiseless(page: AppTest) -> bool:
    return gauge_risk(page) == pytest.approx(percent_of(page, "ideal")) and not ghosts(page)


def buttons(page: AppTest) -> list[str]:
    return [button.label for button in page.button]


def states() -> list[JobState]:
    return [job.state for job in jobs.recent()]


def job_table(page: AppTest) -> Any:
    return next(table.value for table in page.dataframe if "Where" in table.value)


def hardware_rows() -> list[dict[str, object]]:
    rows = select(audit.AuditEvent.details).where(audit.AuditEvent.action == audit.Action.HARDWARE_JOB)
    with database.session(write=False) as session:
        return [json.loads(details) for details in session.scalars(rows)]


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


def test_without_an_account_two_sentences_say_how_to_connect(offered: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QISKIT_IBM_TOKEN", "QISKIT_IBM_INSTANCE", "QISKIT_IBM_CHANNEL"):
        monkeypatch.delenv(name, raising=False)
    hardware.clear()
    shown(offered.radio(key="backend_ibm_kind").set_value("ibm").run())
    [told] = sentences(offered.info)
    assert told == f"{HOW_TO_CONNECT}\n\n**The answer below is the noiseless one.**"
    assert HOW_TO_CONNECT.count(". ") + HOW_TO_CONNECT.endswith(".") == 2
    assert "aki_send" not in [button.key for button in offered.button]
    assert is_noiseless(offered)
    assert states() == []


def test_a_real_job_is_sent_queued_done_and_shown(real: AppTest, service: Service) -> None:
    assert "Nothing was sent to ibm_fez yet: the answer below is the noiseless one." in everything(real)
    assert "no laboratory value and no name leaves" in everything(real)
    service.metrics = {"position_in_queue": 12}
    send(real, until="ibm_fez: the job waits in the queue at position 12.")
    assert is_noiseless(real)
    shown(real.run())
    [(_, sent, options)] = service.sent
    assert sent["pubs"][0][2].shape == (1, load().circuit.n_inputs)
    assert sent["options"] == {"default_shots": SHOTS}
    assert "qlinical" in options["job_tags"]
    service.done(np.full((load().circuit.n_qubits, 1), 0.25), np.full((load().circuit.n_qubits, 1), 0.02))
    shown(real.run())
    # Shots as the job reports them.
    assert "Measured: ibm_fez**, 4,096 shots in 12.5 s, mitigation: IBM's read-out mitigation." in everything(real)
    assert answered_by() == f"ibm:fez:shots={SHOTS}"
    assert ghosts(real) == pytest.approx([percent_of(real, "ideal")])
    assert gauge_risk(real) != pytest.approx(ghosts(real)[0], abs=1e-3)
    [job] = jobs.recent()
    assert (job.submission.job_id, job.state) == (JOB_ID, JobState.DONE)
    assert len(service.sent) == 1


def test_a_network_lost_while_watching_is_told_and_the_job_found_again(real: AppTest, service: Service) -> None:
    send(real, until="the job waits in the queue")
    service.failing = NoNetwork("Name or service not known")
    shown(real.run())
    assert "Check the network and try again" in everything(real)
    assert is_noiseless(real)
    assert states() == [JobState.QUEUED], "not known to have ended"
    service.failing = None
    shown(real.run())
    assert "the job waits in the queue" in everything(real)
    assert len(service.sent) == 1


def test_a_job_that_cannot_be_cancelled_is_told_in_its_place(
    real: AppTest, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    send(real, until="the job waits in the queue")

    def refused(_: str) -> None:
        raise NoNetwork("Connection reset")

    with monkeypatch.context() as patch:
        patch.setattr(service, "job_cancel", refused)
        shown(real.button(key="aki_cancel").click().run())
    assert "Cancelling the job did not work" in everything(real)
    assert risk(real) is not None, "the page goes on below"
    real.button(key="aki_cancel").click().run()
    assert service.cancelled == [JOB_ID]
