"""The tumour page and a job on a processor: offered, rehearsed, and the answer as it was measured."""

import re

import pytest
from aki_jobs import wait
from dashboard_reading import answered_by, everything, is_fault_free
from streamlit.testing.v1 import AppTest

from qcore.backends import ibm_rehearsal
from qcore.backends.ibm_job import JobState
from qcore.records import jobs
from qcore.tasks.imaging.examples import EXAMPLES


@pytest.fixture
def offered(home: AppTest) -> AppTest:
    """The page with the rehearsal of a job chosen, none sent."""
    page = home.switch_page("tumor/page.py").run()
    page.selectbox(key="backend_kind").set_value("ibm").run()
    page.selectbox(key="backend_ibm_shots").set_value(1_000).run()
    assert is_fault_free(page)
    return page


def test_a_slice_is_rehearsed_and_its_cells_are_then_as_measured(offered: AppTest) -> None:
    text = everything(offered)
    assert "Not rehearsed yet: the answer below is the noiseless one" in text
    assert re.search(r"One job with one circuit at \d+ sets of \d+ rotation angles would go to a simulator", text)
    assert answered_by() == "ideal"
    offered.button(key="tumor_send").click().run()
    wait(offered, lambda: "Measured: " in everything(offered))
    assert is_fault_free(offered)
    text = everything(offered)
    assert re.search(r"The 8 most suspicious cells of slice \d+, which carry \d+.% of its answer", text)
    assert re.search(r"noise and scatter of the shots move it by (less than )?[+−]?\d", text)
    assert answered_by().startswith("rehearsal:fez")
    # Whoever opens the same image later with the same settings finds the result, and no second job is sent.
    offered.session_state["tumor_jobs"] = {}
    offered.run()
    assert "Measured: " in everything(offered)
    (job,) = jobs.recent()
    offered.selectbox(key="backend_ibm_shots").set_value(4_096).run()
    assert "Not rehearsed yet" in everything(offered)
    assert re.fullmatch(r"tumor/[0-9a-f]{24}", job.task)
    assert job.state is JobState.DONE


def test_models_of_other_images_send_no_jobs_and_say_so(offered: AppTest) -> None:
    offered.selectbox(key="tumor_example").set_value(next(iter(EXAMPLES))).run()
    assert is_fault_free(offered)
    text = everything(offered)
    assert "These models send no jobs to a processor" in text
    assert "Rehearse the job" not in [button.label for button in offered.button]


def test_a_rehearsal_that_ended_with_its_server_is_not_found_again(
    offered: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered.button(key="tumor_send").click().run()
    wait(offered, lambda: "Measured: " in everything(offered))
    monkeypatch.setattr(ibm_rehearsal, "_jobs", type(ibm_rehearsal._jobs)())
    offered.session_state["tumor_jobs"] = {}
    offered.run()
    assert is_fault_free(offered)
    assert "Not rehearsed yet" in everything(offered)
