"""What drives a dose: what weight, comedication and a patient's levels add to it, beside the average of the study."""

import math
from collections.abc import Callable, Mapping
from functools import partial

import streamlit as st

from dashboard.dosing.cache import kept
from dashboard.dosing.patient.wording import kind
from dashboard.dosing.study.source import Source
from dashboard.dosing.wording import amount, covariate, people_like, reached
from dashboard.shared.charts.waterfall import Scale, waterfall
from dashboard.shared.foreign import literal
from dashboard.shared.numbers import NBSP, percent
from dashboard.shared.session_cache import remembered
from qcore.errors import InvalidValue
from qcore.explain.explanation import Explanation
from qcore.population.forecast import Individual
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.drivers import LEVELS, patient_drivers, population_drivers

SMALL = 0.1
"""A part of the dose smaller than this share of a step counts as none."""
TOLD = {"clearance": "how fast the drug is cleared", "uptake": "uptake and spread of the drug"}
METHOD = (
    "Exact Shapley values: what each one adds, averaged over all orders in which they can be changed from those of the "
    "study."
)


def population_view(source: Source, question: Question) -> None:
    """Show what drives the dose for the people asked for."""
    explanation = _found(
        lambda: kept(source, "drivers", repr(question), partial(population_drivers, source.model, question))
    )
    if explanation is None:
        return
    labels = {name: _of_population(source, question, name) for name in explanation.names}
    st.markdown(_sentence(source, question, explanation, labels, "people as in the study", "the people asked for"))
    _draw(source, question, explanation, labels, ("As in the study", "People asked for"), "dosing_drivers")
    st.caption(
        f"Explained: the dose that {reached(question, source.drug)} in {percent(question.share)} of people, before it "
        f"is rounded up to a step; asked for are {people_like(source, question.population)}. {METHOD}"
    )


def patient_view(source: Source, question: Question, patient: Individual | Mapping[str, float]) -> None:
    """Show what drives the dose that one patient needs.

    Args:
        source: the study whose model is asked.
        question: its regimen and target are the patient's.
        patient: whose levels were measured; or the covariates of somebody typical.
    """
    measured = isinstance(patient, Individual)
    covariates = dict(patient.subject.covariates if isinstance(patient, Individual) else patient)
    eta = patient.eta if isinstance(patient, Individual) else None
    key = (source.key, repr((covariates, question, None if eta is None else eta.tolist())))
    compute = partial(patient_drivers, source.model, question, covariates, eta)
    explanation = _found(lambda: remembered("dosing_patient_drivers", key, compute))
    if explanation is None:
        return
    labels = {name: _of_patient(source, covariates, name) for name in explanation.names}
    person = "this patient" if measured else kind(source, covariates)
    st.markdown(_sentence(source, question, explanation, labels, "an average person of the study", person))
    _draw(source, question, explanation, labels, ("Average of the study", "This patient"), f"dosing_drivers_{measured}")
    other, way = ("lower", "down") if question.target.highest else ("higher", "up")
    sure = f" The dose that is named for this patient is {other}, so as to be sure enough." if measured else ""
    st.caption(
        f"Explained: the dose that just {reached(question, source.drug)} in somebody "
        f"{'of these covariates and levels' if measured else 'typical of these covariates'}, before it is "
        f"rounded {way} to a step.{sure} {METHOD}"
    )


def _found(compute: Callable[[], Explanation]) -> Explanation | None:
    try:
        with st.spinner("Comparing people"):
            return compute()
    except InvalidValue as error:
        st.info(literal(error))
        return None


def _of_population(source: Source, question: Question, name: str) -> str:
    population = question.population
    if name == source.model.weight:
        weight = population.weight_kg
        return f"Body weight of {weight[0]:g} to {weight[1]:g}{NBSP}kg" if weight else "Body weight as in the study"
    if name in population.fixed:
        return f"{'With' if population.fixed[name] else 'Without'} {covariate(name)}"
    called = covariate(name)
    return f"{called[0].upper()}{called[1:]} as in the study"


def _of_patient(source: Source, covariates: Mapping[str, float], name: str) -> str:
    if name in LEVELS:
        labels = {"baseline": f"{source.drug.effect} without the drug", "effect": "answer to the drug"}
        part = name.split(": ")[1]
        return f"Levels: {labels.get(part, TOLD.get(part, part))}"
    value = covariates[name]
    if name == source.model.weight:
        return f"Body weight of {value:g}{NBSP}kg"
    if name in source.switches:
        return f"{'With' if value else 'Without'} {covariate(name)}"
    return f"{literal(name)}, {value:g}"


def _sentence(
    source: Source, question: Question, explanation: Explanation, labels: Mapping[str, str], usual: str, chosen: str
) -> str:
    drug, total = source.drug, explanation.base_value + float(explanation.attributions.sum())
    small = SMALL * question.regimen.step
    added = sorted(
        zip(explanation.names, explanation.attributions.tolist(), strict=True), key=lambda each: -abs(each[1])
    )
    moved = [(labels[name], value) for name, value in added if abs(value) >= small]
    if not moved:
        if total <= 0:
            return f"Nothing here moves the dose: {chosen} and {usual} stay within the limits without any."
        return f"Nothing here moves the dose: {chosen} and {usual} need the same, **{_whole(source, total)}**."
    unit = drug.units.dose
    parts = [
        f"{_inside(label)} {'adds' if value > 0 else 'takes away'} **{_step(question, abs(value))}{NBSP}{unit}**"
        for label, value in moved
    ]
    listed = " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)
    return (
        f"For {usual} the dose {question.regimen.name} would be {_whole(source, explanation.base_value)}, "
        f"for {chosen} it is **{_whole(source, total)}**: {listed}."
    )


def _inside(label: str) -> str:
    """Return a label as it stands inside a sentence."""
    part = label.removeprefix("Levels: ")
    if part == label:
        return f"{label[0].lower()}{label[1:]}"
    return f"what the levels say of {'' if part.startswith('how ') else 'the '}{part}"


def _step(question: Question, value: float) -> str:
    """Write a part of a dose a little finer than the steps of the regimen."""
    digits = max(0, 1 - math.floor(math.log10(question.regimen.step)))
    return f"{value:.{digits}f}"


def _whole(source: Source, value: float) -> str:
    return amount(float(f"{value:.3g}"), source.drug)


def _draw(
    source: Source,
    question: Question,
    explanation: Explanation,
    labels: Mapping[str, str],
    ends: tuple[str, str],
    key: str,
) -> None:
    unit = source.drug.units.dose
    scale = Scale(
        factor=1.0,
        suffix=f" {unit}",
        whole=partial(_whole, source),
        step=lambda value: f"{'+' if value >= 0 else '−'}{_step(question, abs(value))}",
        first=ends[0],
        last=ends[1],
        unit=unit,
        room=0.02 * max(abs(explanation.base_value), 1e-9),
    )
    waterfall(explanation, labels, key, scale=scale)
