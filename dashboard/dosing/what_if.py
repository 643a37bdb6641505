"""What if: one typical patient, whose weight, comedication and missed doses can be changed at once."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from torch import Tensor

from dashboard.dosing.covariates import scales, switched
from dashboard.dosing.dose_field import dose_field
from dashboard.dosing.drivers import patient_view
from dashboard.dosing.figure import layout
from dashboard.dosing.study.source import Source
from dashboard.dosing.wording import WEEK_H, amount, limits
from dashboard.shared.charts import palette
from dashboard.shared.numbers import NBSP
from qcore.decimals import alike
from qcore.study import Array
from qcore.tasks.dosing.course import Course, course, doses_until_steady, looked_at, regular, typical
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.target import Measure, Target
from qcore.tasks.dosing.wording import unit_of

HEIGHT_PX = 250
BEFORE = 2
"""Doses shown before the first one that is missed."""
MOST_MISSED = 7
AFTER_H = WEEK_H * 2
FEWEST_AFTER = 3


@st.fragment
def what_if(source: Source, question: Question, dose: float) -> None:
    """Show the controls of one patient and what they show with the dose and with what is changed.

    Args:
        source: the study on the page, with its model and drug.
        question: its interval and target are the patient's.
        dose: that the slider starts from.
    """
    left, shown = st.columns([2, 3], gap="large")
    with left:
        covariates, dose, missed = _patient(source, question, dose)
    regimen, structure = question.regimen, source.model.structure
    steady = doses_until_steady(source.model, regimen.interval_h)
    after = max(FEWEST_AFTER, int(np.ceil(AFTER_H / regimen.interval_h)))
    count = steady + missed + after
    patients = typical(source.model, covariates)
    times = looked_at(regimen.interval_h, count)
    start = (steady - BEFORE) * regimen.interval_h
    times = times[times >= start]
    taken, left_out = (
        course(structure, patients, regular(structure, dose, regimen.interval_h, count, some), times)
        for some in ((), range(steady, steady + missed))
    )
    with shown:
        _charts(source, question, times - start, taken, left_out if missed else None)
    with left:
        st.markdown(_sentence(source, question, times, left_out, missed))
        st.caption(
            "A typical patient of this kind, as the model has it: real patients differ, as the bands above show."
        )
    with st.expander("What drives this patient's dose", key="dosing_if_why", on_change="rerun") as opened:
        if opened.open:
            patient_view(source, question, covariates)


def _patient(source: Source, question: Question, dose: float) -> tuple[dict[str, float], float, int]:
    regimen, key = question.regimen, f"{source.key}_{question.regimen.interval_h:g}"
    covariates = {
        each.name: st.slider(
            each.label,
            each.low,
            each.high,
            each.middle,
            each.step,
            format="%g",
            # The weight keeps its key whatever its column is called.
            key=f"dosing_if_{'weight' if each.name == source.model.weight else each.name}_{source.key}",
        )
        for each in scales(source)
    }
    covariates |= switched(source, "dosing_if")
    label = f"Dose {regimen.name} ({source.drug.units.dose}), at most {amount(regimen.cap, source.drug)}"
    # The key holds the dose, because the patient begins with the answer above.
    chosen = dose_field(label, regimen, dose, f"dosing_if_dose_{key}_{dose:g}")
    missed = st.slider("Doses missed in a row", 0, MOST_MISSED, 0, key=f"dosing_if_missed_{key}")
    return covariates, chosen, missed


def _looked_at(question: Question, shown: Course) -> Array:
    values = shown.response if question.target.measure is Measure.RESPONSE else shown.concentration
    if values is None:
        raise ValueError("a response is asked for that the model does not have")
    once: Array = values[0].numpy()
    return once


def _sentence(source: Source, question: Question, times: Array, shown: Course, missed: int) -> str:
    target = question.target
    values = _looked_at(question, shown)
    unit = unit_of(target.measure, source.drug)
    name = source.drug.effect if target.measure is Measure.RESPONSE else "concentration"
    tail = f"{NBSP}{unit}" if unit else ""
    first = times[0] + BEFORE * question.regimen.interval_h
    before = values[times <= first]
    worst, rises = values[times >= first] if missed else before, _away(target, source)
    low, high, end = alike(before.min(), before.max(), worst.max() if rises else worst.min())
    sentence = f"At steady state the {name} lies between **{low}** and **{high}{tail}**."
    if target.measure is Measure.AVERAGE:
        return sentence
    if not missed:
        return f"{sentence} {_verdict(before, target, source)}"
    extreme = f"{'rises' if rises else 'falls'} to **{end}{tail}**"
    outside = _outside(worst, target)
    spent = float((np.diff(times[times >= first]) * outside[1:]).sum())
    missed_said = "one missed dose" if missed == 1 else f"{missed} missed doses in a row"
    if not outside.any():
        return f"{sentence} After {missed_said} it {extreme} and stays {limits(target, source.drug)}."
    return f"{sentence} After {missed_said} it {extreme} and is not {limits(target, source.drug)} for {_long(spent)}."


def _away(target: Target, source: Source) -> bool:
    """Tell whether the value rises without the drug."""
    response = source.model.structure.response
    return target.measure is Measure.RESPONSE and response is not None and response.lowers


def _long(hours: float) -> str:
    return f"about {hours:.0f} hours" if hours < 48 else f"about {hours / 24:.0f} days"


def _verdict(values: Array, target: Target, source: Source) -> str:
    if target.measure in {Measure.TROUGH, Measure.PEAK}:
        return ""
    kept_ = "stays" if not _outside(values, target).any() else "does not stay"
    return f"It {kept_} {limits(target, source.drug)}."


def _outside(values: Array, target: Target) -> Any:
    low = -np.inf if target.low is None else target.low
    high = np.inf if target.high is None else target.high
    return (values < low) | (values > high)


def _charts(source: Source, question: Question, hours: Array, taken: Course, left_out: Course | None) -> None:
    drug = source.drug
    if taken.response is not None:
        changed = left_out.response if left_out else None
        name = f"{drug.effect.capitalize()}, {drug.units.response}" if drug.units.response else drug.effect.capitalize()
        _chart(source, question, name, hours, taken.response, changed, responds=True)
    name = f"Concentration, {drug.units.concentration}"
    changed = left_out.concentration if left_out else None
    _chart(source, question, name, hours, taken.concentration, changed, responds=False)


def _chart(
    source: Source,
    question: Question,
    name: str,
    hours: Array,
    taken: Tensor,
    left_out: Tensor | None,
    *,
    responds: bool,
) -> None:
    in_days = source.model.units.time == "h"
    at, unit = (hours / 24, "days") if in_days else (hours, source.model.units.time)
    usual = {"color": palette.NEUTRAL, "width": 2, "dash": "dot"}
    line = usual if left_out is not None else {"color": palette.BRAND, "width": 2}
    traces = [{"x": at, "y": taken[0].numpy(), "line": line, "name": "every dose taken"}]
    if left_out is not None:
        line = {"color": palette.BRAND, "width": 2.5}
        traces.append({"x": at, "y": left_out[0].numpy(), "line": line, "name": "with missed doses"})
    chart_layout = layout(name, HEIGHT_PX, f"Time at steady state ({unit})", legend=left_out is not None)
    figure = go.Figure([{"type": "scatter", "mode": "lines"} | trace for trace in traces], chart_layout)
    measure = question.target.measure
    if responds == (measure is Measure.RESPONSE) and measure is not Measure.AVERAGE:
        for limit in (question.target.low, question.target.high):
            if limit is not None:
                figure.add_hline(limit, line={"color": palette.RAISES, "width": 2, "dash": "dash"})
    shown = taken[0] if left_out is None else left_out[0]
    low, high = alike(float(shown.min()), float(shown.max()))
    alt = f"{name} of a typical patient over {at[-1]:.0f} {unit}: from {low} to {high}"
    st.plotly_chart(figure, key=f"dosing_if_chart_{responds}", config={"displayModeBar": False}, alt=alt)
