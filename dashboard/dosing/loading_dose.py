"""A larger first dose: how large it may be, and how much sooner people are on target with it."""

from functools import partial
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboard.dosing.cache import kept
from dashboard.dosing.course import DAYS_FROM_H
from dashboard.dosing.dose_field import dose_field
from dashboard.dosing.figure import layout
from dashboard.dosing.study.source import Source
from dashboard.dosing.wording import DAY_H, amount, limits, measured
from dashboard.shared.charts import palette
from dashboard.shared.numbers import NBSP
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.schedule.loading_dose import SHARES, Onset, largest_first, onset
from qcore.tasks.dosing.trust.limits import BEYOND_DOSE
from qcore.tasks.dosing.trust.units import highest_given
from qcore.tasks.dosing.virtual_population import middle

HEIGHT_PX = 330
SHARE_NAMES = dict(zip(SHARES, ("half of people", "three quarters"), strict=True))


@st.fragment
def larger_first_dose(source: Source, question: Question, dose: float) -> None:
    """Show the largest first dose that is reasonable, one that can be chosen, and what it changes.

    Args:
        source: the study whose model is asked.
        question: its people and target are looked at.
        dose: every dose but the first.
    """
    regimen, key = question.regimen, repr((question.population, question.regimen, dose))
    largest = kept(
        source,
        "largest",
        key,
        partial(largest_first, source.model, middle(source.model, question.population), regimen, dose),
    )
    highest = highest_given(source.model, source.studied)
    if highest and largest > BEYOND_DOSE * highest:
        st.info(
            f"No larger first dose is named: it would be more than {BEYOND_DOSE:.0f} times the highest dose that was "
            "given in the study."
        )
        return
    usual = _onset(source, question, (dose, dose))
    if not _onset(source, question, (largest, dose)).is_sooner_than(usual):
        st.markdown(
            f"{_no_larger(source, question, dose, largest)} {_sooner(source, question, (dose, dose), usual, usual)}"
        )
        return
    st.markdown(_rule(source, question, dose, largest))
    left, right = st.columns([1, 2], gap="large", vertical_alignment="center")
    with left:
        label = f"First dose ({source.drug.units.dose}), at most {amount(regimen.cap, source.drug)}"
        # The key holds both doses, because the choice begins with the largest that is reasonable.
        field = f"dosing_first_{source.key}_{regimen.interval_h:g}_{dose:g}_{largest:g}"
        first = dose_field(label, regimen, largest, field, lowest=dose)
    loaded = _onset(source, question, (first, dose))
    with right:
        st.markdown(_sooner(source, question, (first, dose), usual, loaded))
        if first > largest:
            st.markdown(
                f":orange-badge[:material/warning: More than needed] Above {amount(largest, source.drug)} a typical "
                "patient's concentration goes higher than it ever does at steady state."
            )
    _charts(source, (usual, loaded), changed=first > dose)


def _onset(source: Source, question: Question, doses: tuple[float, float]) -> Onset:
    key = repr((question.population, question.regimen, question.target, doses))
    compute = partial(onset, source.model, question.population, question.regimen, question.target, doses)
    return kept(source, "onset", key, compute)


def _no_larger(source: Source, question: Question, dose: float, largest: float) -> str:
    drug, regimen = source.drug, question.regimen
    if largest > dose:
        return (
            f"No larger first dose is offered: with {amount(largest, drug)} first, people would be on target no sooner."
        )
    if dose + regimen.step > regimen.cap:
        return f"There is no larger first dose: {amount(regimen.cap, drug)} is never exceeded."
    return (
        f"A larger first dose is not advised: the first {amount(dose, drug)} alone takes a typical patient's "
        "concentration about as high as it will be at steady state."
    )


def _rule(source: Source, question: Question, dose: float, largest: float) -> str:
    drug, regimen = source.drug, question.regimen
    return (
        f"**{amount(largest, drug)} once, then {amount(dose, drug)} {regimen.name}**: the largest first dose, in steps "
        f"of {amount(regimen.step, drug)}, that never takes a typical patient's concentration above what "
        f"{amount(dose, drug)} {regimen.name} leads to at steady state."
    )


def _sooner(source: Source, question: Question, doses: tuple[float, float], usual: Onset, loaded: Onset) -> str:
    first, dose = doses
    name = f"{measured(question.target.measure, source.drug)} stays {limits(question.target, source.drug)}"
    times = [(share_name, usual.until(share), loaded.until(share)) for share, share_name in SHARE_NAMES.items()]
    reached_by_both = [
        (share_name, before, after) for share_name, before, after in times if before is not None and after is not None
    ]
    if not reached_by_both:
        return f"With this dose fewer than half of people ever reach that {name}."
    if first == dose:
        parts = [f"in {share_name} after **{_long(source, before)}**" for share_name, before, _ in reached_by_both]
        return f"With {amount(dose, source.drug)} from the first day on, {name} {' and '.join(parts)}."
    parts = [
        f"in {share_name} after **{_long(source, after)}** instead of {_long(source, before)}"
        for share_name, before, after in reached_by_both
    ]
    return f"With {amount(first, source.drug)} first, {name} {' and '.join(parts)}."


def _long(source: Source, time: float) -> str:
    unit = source.model.units.time
    if unit != "h" or time < 2 * DAY_H:
        return f"{time:.0f}{NBSP}{unit}"
    return f"{time / DAY_H:.1f}{NBSP}days"


def _charts(source: Source, onsets: tuple[Onset, Onset], *, changed: bool) -> None:
    usual, loaded = onsets
    end = float(usual.times[-1])
    in_days = source.model.units.time == "h" and end > DAYS_FROM_H
    long, unit = (DAY_H, "days") if in_days else (1.0, source.model.units.time)
    with st.container(key="pair_first"):
        left, right = st.columns(2, gap="large")
    with left:
        lines = [(each.times / long, 100 * each.on_target) for each in onsets]
        figure = _figure("People on target for good", unit, lines, changed=changed)
        figure.update_yaxes(range=[0, 104], ticksuffix=" %", dtick=25)
        alt = f"Share of people on target by time: {100 * loaded.on_target[-1]:.0f} % after {end / long:.0f} {unit}"
        st.plotly_chart(figure, key="dosing_first_target", config={"displayModeBar": False}, alt=alt)
    with right:
        title = f"Concentration, {source.drug.units.concentration} (median)"
        lines = [(each.curve_times / long, each.concentration.median.numpy()) for each in onsets]
        figure = _figure(title, unit, lines, changed=changed)
        alt = f"{title} over {end / long:.0f} {unit}: at most {float(loaded.concentration.median.max()):.3g}"
        st.plotly_chart(figure, key="dosing_first_concentration", config={"displayModeBar": False}, alt=alt)


def _figure(title: str, unit: str, lines: list[tuple[Any, Any]], *, changed: bool) -> go.Figure:
    styles = (
        {"name": "same dose from the start", "line": {"color": palette.NEUTRAL, "width": 2, "dash": "dot"}},
        {"name": "larger first dose", "line": {"color": palette.BRAND, "width": 2.5}},
    )
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": x,
            "y": y,
            "hovertemplate": f"%{{x:.1f}} {unit}: %{{y:.3~g}}<extra></extra>",
        }
        | look
        for (x, y), look in zip(lines, styles, strict=True)
    ]
    shown = traces if changed else traces[1:]
    return go.Figure(shown, layout(title, HEIGHT_PX, f"Time since the first dose ({unit})"))
