"""One patient whose levels were measured: what they say, the dose for this very patient, and what comes next."""

from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st

from dashboard.dosing.answer import beyond, card_of, refusal
from dashboard.dosing.dose_field import dose_field
from dashboard.dosing.drivers import patient_view
from dashboard.dosing.patient.charts import chance_chart, course_charts
from dashboard.dosing.patient.entry import FROM, patient_entry
from dashboard.dosing.patient.wording import dose_head, dose_sentence, learnt, surprise
from dashboard.dosing.study.source import Source
from dashboard.dosing.wording import DAY_H, amount
from dashboard.shared.foreign import in_html, literal
from dashboard.shared.numbers import NBSP
from dashboard.shared.session_cache import remembered
from qcore.decimals import alike
from qcore.errors import InvalidValue
from qcore.population.forecast import Individual, learned
from qcore.population.structure import MEANING
from qcore.records import audit
from qcore.study import Quantity, Subject
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.patient.dose import (
    Difference,
    IndividualDose,
    Surprise,
    differences,
    individual_dose,
    surprises,
)
from qcore.tasks.dosing.patient.follow_up import FollowUp, curves, follow_up, next_levels, typical_course
from qcore.tasks.dosing.trust.judge import trust
from qcore.tasks.dosing.virtual_population import Population


@dataclass(frozen=True)
class PatientAnswer:
    """What the levels of a patient tell, and the dose for the patient.

    Attributes:
        patient: as the model has the patient.
        differences: from what is typical, by parameter.
        surprises: levels that do not fit.
        dose: found for this patient.
    """

    patient: Individual
    differences: dict[str, Difference]
    surprises: list[Surprise]
    dose: IndividualDose


@st.fragment
def measured_patient(source: Source, question: Question, dose: float) -> None:
    """Show the dose of one patient beside what is known of the patient.

    Args:
        source: the study whose model is asked.
        question: its regimen, target and share are asked for in this patient too.
        dose: found for the whole population.
    """
    with st.container(border=True, key="pair_patient"):
        left, right = st.columns([6, 5], gap="large")
    with right:
        subject = patient_entry(source, question, dose)
    if subject is None:
        with left:
            st.markdown("There is no dose for this patient until what is entered for the patient can be.")
        return
    try:
        known = _patient_answer(source, question, subject)
    except InvalidValue as error:
        with left:
            st.error(literal(error), icon=":material/error:")
        return
    with left:
        _origin(source)
        if known.surprises:
            _does_not_fit(source, known.surprises)
            return
        findings = trust(source.model, question, source.drug.units, source.studied, known.dose.dose)
        if findings.refuses:
            refusal(findings)
            return
        _answer(source, question, known, dose)
    _ahead(source, question, known, dose)
    with st.expander("What drives this patient's dose", key="dosing_patient_why", on_change="rerun") as opened:
        if opened.open:
            patient_view(source, question, known.patient)
    with st.expander("This patient in numbers", key="dosing_patient_numbers", on_change="rerun") as opened:
        if opened.open:
            _numbers(known)


def _patient_answer(source: Source, question: Question, subject: Subject) -> PatientAnswer:
    def compute() -> PatientAnswer:
        patient = learned(source.model, subject)
        dose = individual_dose(patient, question.regimen, question.target, question.share)
        return PatientAnswer(patient, differences(patient), surprises(patient), dose)

    seen, given = subject.observations, subject.doses
    entry = [each.tolist() for each in (given.time, given.amount, seen.time, seen.value, seen.response)]
    sought = (question.regimen, question.target, question.share)
    key = (source.key, repr((subject.covariates, entry, sought)))
    known = remembered("dosing_patient_known", key, compute)
    if st.session_state.get("dosing_patient_recorded") != key:
        audit.append(audit.Action.PREDICTION, "dosing", model_card=card_of(source), backend="classical", patients=1)
        st.session_state["dosing_patient_recorded"] = key
    return known


def _origin(source: Source) -> None:
    study, origin = st.session_state.get(FROM, ("", ""))
    if study == source.key:
        st.caption(origin)


def _does_not_fit(source: Source, surprising: list[Surprise]) -> None:
    st.markdown("### No dose: check the levels")
    shown = [surprise(source, each) for each in surprising]
    st.warning(shown[0] if len(shown) == 1 else "\n".join(f"- {each}" for each in shown), icon=":material/warning:")
    st.markdown(
        "Check the unit, the time and the doses. If all are right, this patient is unlike everybody in the study, and "
        "its model must not choose the dose."
    )


def _answer(source: Source, question: Question, known: PatientAnswer, dose: float) -> None:
    subject = known.patient.subject
    st.markdown(f"### {dose_head(source, question, known.dose)}")
    st.markdown(learnt(source, subject, known.differences))
    st.markdown(dose_sentence(source, question, known.dose, dose))
    extrapolated = _beyond(source, question, known)
    if extrapolated:
        st.markdown(f":orange-badge[:material/warning: Beyond the study] {extrapolated}")
    chance_chart(source, question, known.dose, dose)
    weighed = (
        "The probability weighs these levels and the errors of their measurement against how people in the study "
        "differ. Levels decide more the more there are."
        if len(subject.observations.time)
        else "The probability is that of somebody like this patient: levels will make it the patient's own."
    )
    st.caption(f"{weighed} Research only.")


def _beyond(source: Source, question: Question, known: PatientAnswer) -> str:
    someone = Population("", None, known.patient.subject.covariates)
    own_question = Question(someone, question.regimen, question.target, question.share)
    return beyond(source, own_question, known.dose.best[0] if known.dose.dose is None else known.dose.dose)


def _ahead(source: Source, question: Question, known: PatientAnswer, dose: float) -> None:
    regimen, drug = question.regimen, source.drug
    first = known.dose.best[0] if known.dose.dose is None else known.dose.dose
    left, right = st.columns([1, 3], vertical_alignment="bottom")
    with left:
        # The key holds the dose, because what comes next begins with this patient's own.
        key = f"dosing_patient_next_{source.key}_{regimen.interval_h:g}_{first:g}_{dose:g}"
        chosen = dose_field(f"From now on, {regimen.name} ({drug.units.dose})", regimen, first, key)
    ahead = follow_up(source.model.structure, known.patient.subject, chosen, regimen.interval_h)
    with right:
        st.caption(
            f"Shaded: what comes next with {amount(chosen, drug)} {regimen.name}. Line and band: this patient, with "
            f"the 90{NBSP}% interval; dotted: somebody typical of the same covariates, with the same doses."
        )
    course_charts(source, question, ahead, curves(known.patient, ahead), typical_course(known.patient, ahead))
    st.html(_next(source, known.patient, ahead))


def _next(source: Source, patient: Individual, ahead: FollowUp) -> str:
    drug = source.drug
    times = np.unique([ahead.start, ahead.start + ahead.count // 2 * ahead.interval, ahead.end])
    heads, columns = ["Level to expect just before a dose"], [[_when(source, ahead, time) for time in times]]
    quantities = [(Quantity.CONCENTRATION, "Concentration", drug.units.concentration)]
    if source.model.structure.response:
        quantities.insert(0, (Quantity.RESPONSE, drug.effect.capitalize(), drug.units.response))
    for quantity, name, unit in quantities:
        next_values = next_levels(patient, ahead, times, quantity)
        heads.append(f"{name}, {unit}" if unit else name)
        rows = zip(next_values.median, next_values.low_measured, next_values.high_measured, strict=True)
        columns.append([f"<span class='strong'>{a}</span> ({b} to {c})" for a, b, c in (alike(*row) for row in rows)])
    head = "".join(f"<th>{in_html(each)}</th>" for each in heads)
    body = "".join(f"<tr>{''.join(f'<td>{each}</td>' for each in row)}</tr>" for row in zip(*columns, strict=True))
    return f"<table class='q-table'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _when(source: Source, ahead: FollowUp, time: float) -> str:
    unit = source.model.units.time
    at = f"at {time:g}{NBSP}{unit}" + (f" (day {time / DAY_H:.3g})" if unit == "h" and time >= 2 * DAY_H else "")
    number = round((time - ahead.start) / ahead.interval)
    if not number:
        return f"The next dose, {at}"
    return f"After {number} more, {at}"


def _numbers(known: PatientAnswer) -> None:
    usual, own, intervals = known.patient.typical, known.patient.parameters, known.patient.intervals
    rows = "".join(
        f"<tr><td class='whole'>{name}</td><td class='meaning'>{escape(MEANING[name])}</td>"
        f"<td class='num'>{typical}</td>"
        f"<td class='num'>{this}</td><td class='num'>{low} to {high}</td></tr>"
        for name, ends in intervals.items()
        if name in known.differences
        for typical, this, low, high in [alike(usual[name], own[name], *ends)]
    )
    head = (
        "<tr><th>Parameter</th><th>Meaning</th><th class='num'>Typical of the covariates</th>"
        "<th class='num'>This patient</th><th class='num'>90 % interval</th></tr>"
    )
    st.html(f"<table class='q-table'><thead>{head}</thead><tbody>{rows}</tbody></table>")
    st.caption(
        "Maximum a posteriori; the interval is that of the normal density of the same curvature (Sheiner et al. 1979). "
        "The population's numbers are taken as known, so that intervals are a little too narrow."
    )
