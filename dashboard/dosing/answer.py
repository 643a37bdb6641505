"""The answer: the dose in a plain sentence, how sure it is, and what it rests on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st
from torch import Tensor

from dashboard.dosing.cache import is_kept, kept
from dashboard.dosing.study.source import Source
from dashboard.dosing.study.upload import reading_doubt
from dashboard.dosing.wording import DAY_H, WEEK_H, WORDS, amount, dose_interval, people_like, reached
from dashboard.shared.foreign import literal
from dashboard.shared.numbers import NBSP, percent
from qcore.io.nonmem.sentences import Text
from qcore.population.fitting.doubts import doubts
from qcore.records import audit
from qcore.tasks.dosing.asked import asked_instead
from qcore.tasks.dosing.beyond import beyond_study
from qcore.tasks.dosing.course import doses_until_steady
from qcore.tasks.dosing.dose_finding import Answer, Curves, Question, best_curve, dose_asked, drawn_curves, grid
from qcore.tasks.dosing.nearest import dose_or_nearest, nearest_dose
from qcore.tasks.dosing.trust.findings import Trust, doubts_left
from qcore.tasks.dosing.trust.judge import trust
from qcore.tasks.dosing.wording import which_dose

MOST_DOUBTS = 2
"""How many doubts about a model stand beside its dose; all of them stand with its numbers."""


@dataclass(frozen=True)
class FoundDose:
    """An answer with the curves it was read off.

    Attributes:
        answer: of the population model to the question.
        curves: it was read off.
    """

    answer: Answer
    curves: Curves

    @property
    def dose(self) -> float:
        """The dose to look at: the answer, or the dose that comes nearest where none reaches the target."""
        return dose_or_nearest(self.answer)


def answer(source: Source, question: Question) -> FoundDose | None:
    """Work the dose out and show it: the dose first, then, a few seconds later the first time, how sure it is.

    What is known to be broken stands above the dose; past written limits (`qcore.tasks.dosing.trust.limits`) there is
    none, and None is returned.
    """
    key, doses = question.curve, grid(question.regimen)
    with st.spinner("Simulating people"):
        best = kept(source, "best", key, lambda: best_curve(source.model, question))
    dose = dose_asked(doses, best, question)
    known = trust(source.model, question, source.drug.units, source.studied, dose)
    if known.refuses:
        refusal(known, source.doubts)
        _record(source, key, question.share)
        return None
    for doubt in map(reading_doubt, (*source.doubts, *([known.sentence] if known.sentence else ()))):
        st.markdown(f":orange-badge[:material/warning: Doubtful] {doubt}")
    st.markdown(f"## {_head(dose, question, source)}")
    st.markdown(_sentence(dose, best, question, source))
    curves = Curves(doses, best, _drawn(source, question, key))
    found_dose = FoundDose(curves.answer(question), curves)
    st.markdown(_interval(found_dose.answer, source))
    for doubt in map(literal, doubts_left(doubts(source.model), known)[:MOST_DOUBTS]):
        st.markdown(f":orange-badge[:material/warning: Doubtful] {doubt}")
    extrapolated = beyond(source, question, found_dose.dose)
    if extrapolated:
        st.markdown(f":orange-badge[:material/warning: Beyond the study] {extrapolated}")
    st.caption(_ground(source, question))
    _record(source, key, question.share)
    return found_dose


def refusal(known: Trust, doubts: Sequence[Text] = ()) -> None:
    """Say that no dose is named, why, and what to do.

    Args:
        known: findings that refuse a dose, and what to do about them.
        doubts: what the study's file does not tell.
    """
    st.markdown("## No dose is named")
    for doubt in map(reading_doubt, (known.sentence, *doubts)):
        st.markdown(f":red-badge[:material/block: Why] {doubt}")
    for step in known.to_do:
        st.markdown(f":gray-badge[What to do] {reading_doubt(step)}")
    st.caption("A dose from this model would be worth nothing, however narrow its interval is.")


def _drawn(source: Source, question: Question, key: str) -> Tensor:
    if is_kept(source, "drawn", key):
        return kept(source, "drawn", key, lambda: drawn_curves(source.model, question))
    bar = st.progress(0.0, text="How sure is it?")

    def show_progress(done: int, total: int) -> None:
        bar.progress(done / total, text="How sure is it?")

    drawn = kept(source, "drawn", key, lambda: drawn_curves(source.model, question, show_progress))
    bar.empty()
    return drawn


def _head(dose: float | None, question: Question, source: Source) -> str:
    regimen = question.regimen
    if dose is None and question.target.highest:
        return f"Even {amount(regimen.step, source.drug)} {regimen.name} is too much"
    if dose is None:
        return f"No dose up to {amount(regimen.cap, source.drug)} {regimen.name} does it"
    return f"{amount(dose, source.drug)} {regimen.name}"


def _sentence(dose: float | None, best: Tensor, question: Question, source: Source) -> str:
    people = people_like(source, question.population)
    if dose is None:
        nearest, edge = (0, "lowest") if question.target.highest else (-1, "highest")
        return (
            f"{amount(nearest_dose(question), source.drug)} is the {edge} dose that is ever considered here. It "
            f"{reached(question, source.drug)} in **{percent(float(best[nearest]))}** of {people}; "
            f"{percent(question.share)} were asked for."
        )
    share = float(best[grid(question.regimen) == dose][0])
    return (
        f"It {reached(question, source.drug)} in **{percent(share)}** of {people}, at steady state (after "
        f"{_until_steady(source, question)}). It is the {which_dose(question)} dose, in steps of "
        f"{amount(question.regimen.step, source.drug)}, that does so in {percent(question.share)} or more."
    )


def _until_steady(source: Source, question: Question) -> str:
    every = question.regimen.interval_h
    hours = doses_until_steady(source.model, every) * every
    if source.model.units.time != "h" or hours < 2 * DAY_H:
        return f"about {hours:.0f} {source.model.units.time}"
    return f"about {hours / DAY_H:.0f} days" if hours < 3 * WEEK_H else f"about {hours / WEEK_H:.0f} weeks"


def _interval(answered: Answer, source: Source) -> str:
    interval = dose_interval(answered.low, answered.high, answered.question.regimen, source.drug)
    return f"90{NBSP}% interval of the dose: **{interval}**, from how well the study's data fix the model."


def _ground(source: Source, question: Question) -> str:
    model, cap = source.model, f"{amount(question.regimen.cap, source.drug)} {question.regimen.name}"
    return (
        f"{source.title}. The dose rests on a population model fitted to {model.n_subjects:,} subjects and "
        f"{model.n_measurements:,} measurements; no quantum circuit takes part in it. "
        f"Doses above {cap} are never considered. {_of_drug(source, question)}Research only."
    )


def _of_drug(source: Source, question: Question) -> str:
    """Say where interval, step, cap and aim come from, where that is not Qlinical, and what was asked for instead."""
    if source.for_all:
        return ""
    own = "Steps, caps and aim are those of your drug file."
    about = own if source.drug_file else f"{source.drug.about} These are a start, not advice."
    asked = question if question.population.weight_kg != source.weight_kg else _of_all(question)
    return f"{about} {asked_instead(WORDS, source.drug, [asked])} "


def _of_all(question: Question) -> Question:
    """Return the question for people of any weight, where those of the page are asked about."""
    return replace(question, population=replace(question.population, weight_kg=None))


def beyond(source: Source, question: Question, dose: float) -> str:
    """Say how a dose goes beyond what was studied; return "" where it does not."""
    return beyond_study(WORDS, source.model, question, dose, source.drug.units.dose, source.studied)


def card_of(source: Source) -> str:
    """Return what the audit trail calls the model of a study and its drug."""
    model = "dosing" if source.shared else "dosing (fitted to an uploaded study)"
    return f"{model}, own drug file" if source.drug_file else model


def _record(source: Source, key: str, share: float) -> None:
    """Write one audit row a question, not one for every redraw."""
    shown = (source.key, key, share)
    if st.session_state.get("dosing_recorded") == shown:
        return
    audit.append(audit.Action.PREDICTION, "dosing", model_card=card_of(source), backend="classical")
    st.session_state["dosing_recorded"] = shown
