"""Learned models on the dose page: asked beside the answer, on the backend chosen, and for their study alone."""

from dataclasses import replace
from threading import Event
from typing import Any

import pytest
import streamlit as st
from dashboard_reading import everything, figure, is_fault_free, rows_in_trail
from dosing_reading import DOSES, dose, is_answered, key, said
from streamlit.testing.v1 import AppTest

from dashboard.dosing import cache, challenge_questions
from dashboard.dosing import question as dosing_controls
from dashboard.dosing import work_ahead as ahead
from dashboard.dosing.networks import asking, panel
from dashboard.dosing.networks.asking import NetworkAnswer, NetworkQuestion
from dashboard.dosing.study.source import Source
from dashboard.dosing.study.source import challenge as trial
from qcore.tasks.dosing import dose_finding
from qcore.tasks.dosing.challenge import challenge
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.drug.file import shipped
from qcore.tasks.dosing.fitting import model_of
from qcore.tasks.dosing.networks.dose_finding import attained as asked


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was answered yet, and the population model answers quickly."""
    monkeypatch.setattr(cache, "_shared", type(cache._shared)(128))
    for name, few in (("N_PEOPLE", 1024), ("N_PEOPLE_A_DRAW", 64), ("N_DRAWS", 4)):
        monkeypatch.setattr(dose_finding, name, few)


@pytest.fixture
def page(home: AppTest) -> AppTest:
    opened = home.switch_page("dosing/page.py").run()
    assert is_fault_free(opened)
    return opened


def test_the_networks_are_asked_when_all_else_is_there(home: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    happened: list[str] = []
    last = challenge_questions.five_questions

    def noted(_released: object, _known: object, wanted: NetworkQuestion, _told: object) -> NetworkAnswer:
        happened.append(wanted.model)
        return said(wanted)

    monkeypatch.setattr(asking, "answered", noted)
    monkeypatch.setattr(challenge_questions, "five_questions", lambda source: (happened.append("page"), last(source)))
    page = home.switch_page("dosing/page.py").run()
    assert is_answered(page)
    assert happened == ["page", *sorted(DOSES, key=lambda name: "classical" in name), "page"]


def test_what_is_changed_meanwhile_comes_first(home: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    asked_first: list[NetworkQuestion] = []

    def interrupted(_released: object, _known: object, wanted: NetworkQuestion, _told: object) -> NetworkAnswer:
        if not asked_first:
            asked_first.append(wanted)
            # What Streamlit does at the next yield of a script whose page was changed.
            st.rerun()
        return said(wanted)

    monkeypatch.setattr(asking, "answered", interrupted)
    page = home.switch_page("dosing/page.py").run()
    assert is_fault_free(page)
    assert "alone says 7 mg" in everything(page)


def test_what_the_page_opens_with_can_be_worked_out_ahead(home: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_page_is_open", Event())
    ahead.work_ahead()
    worked_out = set(cache._shared)
    page = home.switch_page("dosing/page.py").run()
    assert is_answered(page)
    assert {each for each in cache._shared if each[1] in {"best", "drawn", "learned"}} == worked_out
    assert len(worked_out) == 2 + len(DOSES)


def test_nothing_is_worked_out_ahead_once_the_page_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "_page_is_open", Event())
    ahead.give_way()
    ahead.work_ahead()
    assert not cache._shared


def test_all_models_stand_beside_the_answer(page: AppTest) -> None:
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
    page.run()
    assert rows_in_trail() == before
    page.selectbox(key="backend_kind").set_value("noisy").run()
    assert rows_in_trail() == before + 1
    page.run()
    assert rows_in_trail() == before + 1


def test_the_quantum_course_lies_over_the_bands(page: AppTest) -> None:
    bands = figure(page, "dosing_course_True")["data"]
    (line,) = (
        trace for trace in figure(page, "dosing_course_True")["data"] if trace.get("line", {}).get("dash") == "dot"
    )
    assert len(line["x"]) == len(bands[2]["x"])
    assert line["y"][0] > 6 > 3.3 > line["y"][-1]
    assert "Dotted green" in everything(page)


def test_no_quantum_course_is_drawn_for_doses_nobody_was_given(page: AppTest) -> None:
    page.segmented_control(key=key("regimen")).set_value("once weekly").run()
    assert is_fault_free(page)
    assert "dot" not in {each.get("line", {}).get("dash") for each in figure(page, "dosing_course_True")["data"]}
    assert "The quantum network's course is left out" in everything(page)


def test_noise_moves_the_quantum_dots_beside_their_diamonds(page: AppTest) -> None:
    page.selectbox(key="backend_kind").set_value("noisy").run()
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
    assert is_fault_free(page)
    text = everything(page)
    assert "forty thousand circuits" in text
    assert "What ran: device of ideal" in text


def test_another_share_is_read_off_the_same_curves_and_another_interval_is_asked_anew(page: AppTest) -> None:
    def asked_so_far() -> int:
        return len([each for each in cache._shared if each[1] == "learned"])

    assert asked_so_far() == len(DOSES)
    page.segmented_control(key=key("share")).set_value("75 %").run()
    assert "alone says" in everything(page)
    assert asked_so_far() == len(DOSES)
    page.segmented_control(key=key("regimen")).set_value("once weekly").run()
    assert "alone says" in everything(page)
    assert asked_so_far() == 2 * len(DOSES)


def test_the_five_questions_are_put_to_every_model(page: AppTest) -> None:
    page.button(key="dosing_five_ask").click().run(timeout=120)
    page.button(key="dosing_five_models_ask").click().run()
    assert is_fault_free(page)
    assert "By every model" in everything(page)
    (table,) = (each.body for each in page.get("html") if "Quantum network on population model" in each.body)
    assert table.count("<tr>") == 13
    assert "<span class='whole'>7</span> <span class='whole'>(6 to 8)</span>" in table


def test_the_first_question_is_what_the_controls_ask_for(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Question] = []
    shown = panel.learned_models

    def noted(source: Source, asked: Question, *rest: Any) -> object:
        seen.append(asked)
        return shown(source, asked, *rest)

    monkeypatch.setattr(panel, "learned_models", noted)
    page.run()
    assert seen == [dosing_controls.first_question(trial())]


def test_another_study_is_not_put_to_them(home: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    known = panel.released()
    monkeypatch.setattr(panel, "released", lambda: replace(known, study="another"))
    page = home.switch_page("dosing/page.py").run()
    assert is_fault_free(page)
    assert "What the quantum model says" not in everything(page)


def test_a_model_is_asked_once_and_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    model = model_of(shipped("challenge"))
    for name, few in (("N_DRAWS", 4), ("N_NETWORKS", 2)):
        monkeypatch.setattr(asked, name, few)
    question: Question = challenge(shipped("challenge"), model)[0]
    told: list[tuple[int, int]] = []
    wanted = NetworkQuestion("quantum", "ideal", question)
    found = asking.answered(panel.released(), model, wanted, lambda *at: told.append(at))
    assert found.curves.best.max() > 0.9
    assert found.provenance is not None
    assert found.n_circuits > 0
    assert told[-1] == (3, 4)
