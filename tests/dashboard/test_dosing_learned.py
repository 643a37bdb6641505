"""Learned models on the dose page: asked beside the answer, on the backend chosen, and for their study alone."""

from dataclasses import replace

import pytest
import torch
from dashboard_reading import everything, figure, is_fault_free, rows_in_trail
from dosing_reading import dose, is_answered, key
from streamlit.testing.v1 import AppTest

from dashboard.ui import dosing_asking, dosing_cache, dosing_learned
from dashboard.ui.dosing_asking import Said, Wanted
from qcore.backends.protocol import Provenance
from qcore.tasks.dosing import answer
from qcore.tasks.dosing.answer import Curves, Question, challenge, grid
from qcore.tasks.dosing.drug import shipped
from qcore.tasks.dosing.fitting import model_of
from qcore.tasks.dosing.learned import asked

DOSES = {"quantum": 7.0, "classical": 7.5, "quantum on mechanistic": 6.0, "classical on mechanistic": 6.5}
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
    """Models answer without circuits."""
    monkeypatch.setattr(dosing_asking, "answered", lambda _released, _known, wanted, _told: said(wanted))
    monkeypatch.setattr(dosing_cache, "_shared", type(dosing_cache._shared)(128))
    for name, few in (("N_PEOPLE", 1024), ("N_PEOPLE_A_DRAW", 64), ("N_DRAWS", 4)):
        monkeypatch.setattr(answer, name, few)


@pytest.fixture
def page(home: AppTest) -> AppTest:
    opened = home.switch_page("views/dosing.py").run()
    assert is_fault_free(opened)
    return opened


def looked_again(page: AppTest) -> AppTest:
    """Ask the networks, where that was not done yet."""
    buttons = [each for each in page.button if each.key == "dosing_learned_ask"]
    return buttons[0].click().run() if buttons else page.run()


def test_the_answer_does_not_wait_for_the_networks(page: AppTest) -> None:
    assert is_answered(page)
    assert "Ask the networks" in [each.label for each in page.button]
    assert "alone says" not in everything(page)


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


def test_another_share_is_read_off_the_same_curves_and_another_interval_is_asked_anew(page: AppTest) -> None:
    looked_again(page)
    page.segmented_control(key=key("share")).set_value("75 %").run()
    assert "alone says" in everything(page)
    page.segmented_control(key=key("regimen")).set_value("once weekly").run()
    assert "alone says" not in everything(page)
    looked_again(page)
    assert "alone says" in everything(page)


def test_the_five_questions_are_put_to_every_model(page: AppTest) -> None:
    page.button(key="dosing_five_ask").click().run(timeout=120)
    page.button(key="dosing_five_models_ask").click().run()
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


def test_a_model_is_asked_once_and_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    model = model_of(shipped("challenge"))
    for name, few in (("N_DRAWS", 4), ("N_NETWORKS", 2)):
        monkeypatch.setattr(asked, name, few)
    question: Question = challenge(shipped("challenge"), model)[0]
    told: list[tuple[int, int]] = []
    wanted = Wanted("quantum", "ideal", question)
    found = dosing_asking.answered(dosing_learned.released(), model, wanted, lambda *at: told.append(at))
    assert found.curves.best.max() > 0.9
    assert found.provenance is not None
    assert found.n_circuits > 0
    assert told[-1] == (3, 4)
