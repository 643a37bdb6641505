"""The AKI page with an account at IBM: how to connect, a real job from sending to its result, and a lost network."""

from collections.abc import Iterator

import numpy as np
import pytest
from aki_jobs import SHOTS, ghosts, is_noiseless, percent_of, send, shown, states
from dashboard_reading import answered_by, everything, gauge_risk, risk, sentences
from ibm_service import JOB_ID, Service, scripted
from requests import ConnectionError as NoNetwork
from streamlit.testing.v1 import AppTest

from dashboard.shared.resources import hardware
from qcore.backends.ibm_account import HOW_TO_CONNECT
from qcore.backends.ibm_job import JobState
from qcore.records import jobs
from qcore.tasks.aki.model import load


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
