"""Learned models on the dose page: asked beside the answer, on the backend chosen, and for their study alone."""

from dataclasses import replace

import pytest
import torch
from dashboard_reading import everything, figure, is_fault_free, rows_in_trail
from dosing_reading import dose, is_answered, key
from streamlit.testing.v1 import AppTest

from dashboard.ui import dosing_asking, dosing_cache, dosing_learned
from dashboard.ui.dosing_asking import Asking, Said, Wanted
from qcore.backends.protocol import Provenance
from qcore.backends.registry import backend
from qcore.tasks.dosing import answer
from qcore.tasks.dosing.answer import Curves, Question, challenge, grid
from qcore.tasks.dosing.drug import shipped
from qcore.tasks.dosing.fitting import model_of

DOSES = {"quantum": 7.0, "classical": 7.5, "quantum on mechanistic": 6.0, "classical on mechanistic": 6.5}
RUN = Asking._run
NOISY_MG = 1.0
"""By so much noise moves the quantum models in these tests."""


def said(wanted: Wanted) -> Said:
    doses = grid(wanted.question.regimen)
    line = wanted.line or None
    at = DOSES[wanted.model] + (NOISY_MG if line not in {None, "ideal"} else 0.0)
    curves = [(doses >= at + shift).double() for shift in (-1.0, 0.0, 1.0)]
    ran = Provenance(line, f"device of {line}", None, None, None, "none", None, 0.1) if line else None
    return Said(Curves(doses, curves[1], torch.stack(curves), wanted.model, line), ran, 43_008 if line else 0)


@pytest.fixture(autouse=True)
def _answered_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models answer at the second look, without circuits."""
    monkeypatch.setattr(Asking, "_run", RUN)
    monkeypatch.setattr(Asking, "_answer", lambda _self, wanted: said(wanted))
    monkeypatch.setattr(dosing_cache, "_shared", type(dosing_cache._shared)(128))
    for name, few in (("N_PEOPLE", 1024), ("N_PEOPLE_A_DRAW", 64), ("N_DRAWS", 4)):
        monkeypatch.setattr(answer, name, few)


@pytest.fixture
def page(home: AppTest) -> AppTest:
    opened = home.switch_page("views/dosing.py").run()
    assert is_fault_free(opened)
    return opened


def looked_again(page: AppTest) -> AppTest:
    """What polling does in a browser: look until all have answered."""
    page.run()
    page.session_state["dosing_asking"][1].join(30)
    return page.run().run()


def test_the_answer_does_not_wait_for_the_networks(page: AppTest) -> None:
    assert is_answered(page)
    assert "The networks are being asked" in everything(page)
    assert page.session_state["dosing_asking"][1] is None


def test_all_models_stand_beside_the_answer(page: AppTest) -> None:
    looked_again(page)
    assert is_fault_free(page)
    text = everything(page)
    assert "**The quantum network alone says 7 mg once daily** (90 % interval 6 to 8 mg); that is 1 mg more" in text
    assert "**Go by the population model**" in text
    assert "43,008 circuits" in text
    dots = [trace for trace in figure(page, "dosing_learned")["data"] if "error_x" in trace]
    assert sorted(trace["x"][0] for trace in dots) == sorted([6.0, *DOSES.values()])
    assert dose(page) == 6.0


def test_a_question_and_a_backend_are_one_row_of_the_trail(page: AppTest) -> None:
    before = rows_in_trail()
    looked_again(page)
    page.run()
    assert rows_in_trail() == before + 1
    page.selectbox(key="backend_kind").set_value("noisy").run()
    looked_again(page)
    assert rows_in_trail() == before + 2


def test_the_quantum_course_joins_the_bands_once_it_has_answered(page: AppTest) -> None:
    before = figure(page, "dosing_course_True")["data"]
    assert "Dotted green" not in everything(page)
    looked_again(page)
    (line,) = (
        trace for trace in figure(page, "dosing_course_True")["data"] if trace.get("line", {}).get("dash") == "dot"
    )
    assert len(line["x"]) == len(before[2]["x"])
    assert line["y"][0] > 6 > 3.3 > line["y"][-1]
    assert "Dotted green" in everything(page)


def test_noise_moves_the_quantum_dots_beside_their_diamonds(page: AppTest) -> None:
    page.selectbox(key="backend_kind").set_value("noisy").run()
    looked_again(page)
    assert is_fault_free(page)
    ghosts, *dots = figure(page, "dosing_learned")["data"]
    assert ghosts["x"] == [7.0, 6.0]
    assert {8.0, 7.0} <= {trace["x"][0] for trace in dots}
    text = everything(page)
    assert "the quantum network's 7 mg becomes 8 mg" in text
    assert "What ran: device of noisy:fez" in text
    assert dose(page) == 6.0


def test_a_processor_is_refused_and_the_simulator_answers(page: AppTest) -> None:
    page.selectbox(key="backend_kind").set_value("ibm").run()
    looked_again(page)
    assert is_fault_free(page)
    text = everything(page)
    assert "forty thousand circuits" in text
    assert "What ran: device of ideal" in text


def test_another_question_stops_the_one_before(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    stopped: list[Asking] = []
    monkeypatch.setattr(Asking, "stop", lambda self: stopped.append(self))
    page.run()
    job = page.session_state["dosing_asking"][1]
    page.segmented_control(key=key("share")).set_value("75 %").run()
    assert not stopped, "the share is read off the same curves"
    page.segmented_control(key=key("regimen")).set_value("once weekly").run()
    assert stopped == [job]


def test_the_five_questions_are_put_to_every_model(page: AppTest) -> None:
    page.button(key="dosing_five_ask").click().run(timeout=120)
    page.button(key="dosing_five_models_ask").click().run()
    page.session_state["dosing_asking_five"][1].join(30)
    page.run().run()
    assert is_fault_free(page)
    assert "By every model" in everything(page)
    (table,) = (each.body for each in page.get("html") if "Quantum network on population model" in each.body)
    assert table.count("<tr>") == 13
    assert "<span class='whole'>7</span> <span class='whole'>(6 to 8)</span>" in table


def test_another_study_is_not_put_to_them(home: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    known = dosing_learned.released()
    monkeypatch.setattr(dosing_learned, "released", lambda: replace(known, study="another"))
    page = home.switch_page("views/dosing.py").run()
    assert is_fault_free(page)
    assert "What the quantum model says" not in everything(page)
    with pytest.raises(KeyError):
        page.session_state["dosing_asking"]


def test_asking_ends_when_it_is_stopped_and_tells_what_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    model = model_of(shipped("challenge"))
    question: Question = challenge(shipped("challenge"), model)[0]
    wanted, places = [Wanted("classical", "", question)], {"ideal": backend("ideal")}

    def broken(_self: Asking, _wanted: Wanted) -> Said:
        raise ValueError("no such model")

    monkeypatch.setattr(Asking, "_answer", broken)
    job = Asking(dosing_learned.released(), model, wanted, places)
    job.join(10)
    assert isinstance(job.error, ValueError)
    with dosing_asking._one_at_a_time:
        job = Asking(dosing_learned.released(), model, wanted, places)
        job.stop()
        job.join(10)
    assert (job.error, job.said) == (None, {})
