"""The five questions answered by every model, one column each; asked for by a button, because it takes a minute."""

from collections.abc import Mapping
from html import escape

import streamlit as st

from dashboard.dosing.networks.asking import Key, NetworkAnswer, NetworkQuestion
from dashboard.dosing.networks.panel import ask_with_bar, chosen_line, knows, network_answers, released, runs_circuits
from dashboard.dosing.networks.wording import LABELS
from dashboard.dosing.study.source import Source
from dashboard.dosing.wording import amount, dose_interval
from dashboard.shared.execution.noise_in_use import NOISELESS
from dashboard.shared.foreign import code, in_html
from dashboard.shared.numbers import percent
from qcore.tasks.dosing.dose_finding import Answer


def every_model(source: Source, answers: list[Answer]) -> None:
    """Show a button, then progress, then the table; nothing if the networks were not trained on this study.

    Args:
        source: the study on the page, with its model and drug.
        answers: of the population model, one a question.
    """
    if not knows(source):
        return
    wanted = _wanted(answers, chosen_line())
    answers_by_key = network_answers(source, wanted)
    if answers_by_key is not None:
        _show(source, answers_by_key, answers)
    elif st.button("Ask the networks the same questions", key="dosing_five_models_ask"):
        ask_with_bar(source, wanted)
        st.rerun()


def _wanted(answers: list[Answer], line: str) -> list[NetworkQuestion]:
    different = {each.question.curve: each.question for each in answers}.values()
    return [
        NetworkQuestion(name, line if runs_circuits(name) else "", question)
        for question in different
        for name in released().models
    ]


def _show(source: Source, answers_by_key: Mapping[Key, NetworkAnswer], answers: list[Answer]) -> None:
    line = chosen_line()
    where = "on the noiseless simulator" if line == NOISELESS else f"on {code(line)}"
    st.subheader("By every model")
    st.html(_table(source, answers_by_key, answers))
    st.caption(
        f"Doses in {source.drug.units.dose}, in brackets 90 % intervals; circuits ran {where}. The population model is "
        "the one to go by; the networks are there to be compared with it."
    )


def _table(source: Source, answers_by_key: Mapping[Key, NetworkAnswer], answers: list[Answer]) -> str:
    by = {(model, question): network_answer.curves for (model, _, question), network_answer in answers_by_key.items()}
    head = "".join(f"<th>{escape(text)}</th>" for text in ("Population model", *LABELS.values()))
    rows = []
    for each in answers:
        question = each.question
        others = [by[name, question.curve].answer(question) for name in LABELS]
        cells = "".join(f"<td>{_cell(network_answer, source)}</td>" for network_answer in others)
        who = escape(question.population.name.replace("-", "–"))
        rows.append(
            f"<tr><td>{who}, {percent(question.share)}</td><td class='whole'>{in_html(question.regimen.name)}</td>"
            f"<td class='strong'>{_cell(each, source)}</td>{cells}</tr>"
        )
    return (
        f"<table class='q-table'><thead><tr><th>For whom, and how many</th><th>How often</th>{head}</tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _cell(answer: Answer, source: Source) -> str:
    regimen, unit = answer.question.regimen, f" {source.drug.units.dose}"
    interval = dose_interval(answer.low, answer.high, regimen, source.drug).replace("\u00a0", " ").replace(unit, "")
    dose = f"none up to {regimen.cap:g}" if answer.dose is None else amount(answer.dose, source.drug).split("\u00a0")[0]
    return f"<span class='whole'>{in_html(dose)}</span> <span class='whole'>({in_html(interval)})</span>"
