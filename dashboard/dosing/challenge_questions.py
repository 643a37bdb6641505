"""The five questions of the Quantum Innovation Challenge in one table, for one click."""

from functools import partial
from html import escape

import streamlit as st

from dashboard.dosing.cache import is_kept, kept
from dashboard.dosing.challenge_models import every_model
from dashboard.dosing.study.source import Source
from dashboard.dosing.wording import amount, dose_interval
from dashboard.shared.foreign import in_html
from dashboard.shared.numbers import percent
from qcore.tasks.dosing.challenge import challenge
from qcore.tasks.dosing.dose_finding import Answer, Curves, Question, best_curve, drawn_curves, grid
from qcore.tasks.dosing.trust.judge import trust


def five_questions(source: Source) -> None:
    """Show the button, then the table; it stays for as long as the session does."""
    questions = challenge(source.drug, source.model)
    ready = all(is_kept(source, "drawn", each.curve) for each in questions)
    if not ready and not st.session_state.get("dosing_five"):
        st.markdown(
            "Daily and weekly doses for three populations, each for two shares of people: twelve doses, with their "
            "intervals. This takes about half a minute the first time."
        )
        if not st.button("Answer the five questions", key="dosing_five_ask", type="primary"):
            return
        st.session_state["dosing_five"] = True
    answers = _answers(source, questions)
    st.html(_table(source, answers))
    st.caption(
        "Each dose is the lowest that keeps the biomarker below 3.3 ng/mL over the whole interval at steady state in "
        "at least the share of people named; in brackets the 90 % interval, from how well the study fixes the model. "
        "Nobody in the study was given weekly doses or weighed more than 100 kg: there the model extrapolates."
    )
    for sentence in _changes(source, answers):
        st.markdown(f"- {sentence}")
    every_model(source, answers)


def _answers(source: Source, questions: list[Question]) -> list[Answer]:
    different = list({each.curve: each for each in questions}.values())
    bar = None if all(is_kept(source, "drawn", each.curve) for each in different) else st.progress(0.0)
    answered: dict[str, Curves] = {}
    for number, each in enumerate(different):

        def show_progress(done: int, total: int, number: int = number, each: Question = each) -> None:
            if bar:
                share = (number + done / total) / len(different)
                bar.progress(share, text=f"{each.population.name}, {each.regimen.name}")

        best = kept(source, "best", each.curve, partial(best_curve, source.model, each))
        drawn = kept(source, "drawn", each.curve, partial(drawn_curves, source.model, each, show_progress))
        answered[each.curve] = Curves(grid(each.regimen), best, drawn)
    if bar:
        bar.empty()
    return [answered[each.curve].answer(each) for each in questions]


def _table(source: Source, answers: list[Answer]) -> str:
    by = {_cell_key(each.question): each for each in answers}
    shares = sorted({each.question.share for each in answers}, reverse=True)
    head = "".join(f"<th>For {percent(share)} of people</th>" for share in shares)
    rows = []
    for population, regimen in dict.fromkeys((_cell_key(each.question)[:2]) for each in answers):
        doses = [by[population, regimen, share] for share in shares]
        cells = "".join(f"<td>{_cell(source, each)}</td>" for each in doses)
        rows.append(
            f"<tr><td>{escape(_population_name(population))}</td><td class='whole'>{in_html(regimen)}</td>{cells}"
            f"<td class='whole'>{in_html(_lower(source, doses))}</td></tr>"
        )
    return (
        f"<table class='q-table'><thead><tr><th>For whom</th><th>How often</th>{head}<th>Lower by</th></tr></thead>"
        f"<tbody>{''.join(rows)}</tbody></table>"
    )


def _cell_key(question: Question) -> tuple[str, str, float]:
    return question.population.name, question.regimen.name, question.share


def _population_name(population: str) -> str:
    name = population.replace("-", "–")
    return name if "comedication" in name else f"{name}, half with comedication"


def _cell(source: Source, answer: Answer) -> str:
    regimen = answer.question.regimen
    if trust(source.model, answer.question, source.drug.units, source.studied, answer.dose).refuses:
        return "none is named"
    interval = dose_interval(answer.low, answer.high, regimen, source.drug)
    dose = f"none up to {amount(regimen.cap, source.drug)}" if answer.dose is None else amount(answer.dose, source.drug)
    return f"<span class='strong whole'>{in_html(dose)}</span> <span class='whole'>({in_html(interval)})</span>"


def _lower(source: Source, doses: list[Answer]) -> str:
    first, last = doses[0].dose, doses[-1].dose
    return "" if first is None or last is None else amount(first - last, source.drug)


def _changes(source: Source, answers: list[Answer]) -> list[str]:
    """Write what a heavier population and no comedication change, in the share asked for first."""
    share = max(each.question.share for each in answers)
    dose_of: dict[str, dict[str, float | None]] = {}
    for each in answers:
        if each.question.share == share:
            dose_of.setdefault(each.question.population.name, {})[each.question.regimen.name] = each.dose
    (first, before), *others = dose_of.items()
    sentences = []
    for population, doses in others:
        moves = [
            f"{amount(old, source.drug)} becomes {amount(new, source.drug)} {regimen}"
            for (regimen, new), old in zip(doses.items(), before.values(), strict=True)
            if old is not None and new is not None
        ]
        other = population.removeprefix(f"{first}, ").replace("-", "–")
        sentences.append(
            f"**{other[0].upper()}{other[1:]}** instead of {_population_name(first)} ({percent(share)} of people): "
            f"{' and '.join(moves)}."
        )
    return sentences
