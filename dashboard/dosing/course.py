"""Concentration and response over time, from the first dose until every day is like the one before."""

from functools import partial
from typing import Any

import plotly.graph_objects as go
import streamlit as st
from torch import Tensor

from dashboard.dosing.cache import kept
from dashboard.dosing.figure import layout
from dashboard.dosing.networks.panel import course_of_quantum, knows
from dashboard.dosing.study.source import Source
from dashboard.dosing.wording import amount
from dashboard.shared.charts import palette
from qcore.decimals import alike
from qcore.tasks.dosing.course import Band, crowd, doses_until_steady, looked_at, regular
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.dose_groups import Group, nearest
from qcore.tasks.dosing.drug.file import Drug
from qcore.tasks.dosing.target import Measure, Target
from qcore.tasks.dosing.wording import unit_of

HEIGHT_PX = 330
DAYS_FROM_H = 96.0
FILL = "rgba(59, 130, 208, 0.24)"
NO_QUANTUM_LINE = (
    " The quantum network's course is left out: nobody in the study it learnt from was given such doses so often."
)
QUANTUM_LINE = " Dotted green: the median person by the quantum network, for as long as the study watched people."


def course_view(source: Source, question: Question, dose: float) -> None:
    """Draw both over time for everybody who takes this dose, with what was measured at the nearest dose studied."""
    interval = question.regimen.interval_h
    count = doses_until_steady(source.model, interval)
    times = looked_at(interval, count)
    doses = regular(source.model.structure, dose, interval, count)
    key = (repr((question.population, interval)), dose)
    concentration, response = kept(
        source, "course", key, partial(crowd, source.model, question.population, doses, times)
    )
    seen = _was_studied(source, dose, interval)
    quantum = course_of_quantum(source, question, doses, times) if seen else None
    group = nearest(source.study, dose, interval) if source.study else None
    in_days = times[-1] > DAYS_FROM_H and source.model.units.time == "h"
    hours, unit = (times / 24, "days") if in_days else (times, source.model.units.time)
    drug, target = source.drug, question.target
    panels: list[tuple[str, str, Band, bool]] = [("Concentration", drug.units.concentration, concentration, False)]
    if response is not None:
        panels.insert(0, (drug.effect.capitalize(), drug.units.response, response, True))
    with st.container(key="pair_course"):
        for column, (name, value_unit, band, responds) in zip(
            st.columns(len(panels), gap="large"), panels, strict=True
        ):
            shows_target = responds == (target.measure is Measure.RESPONSE)
            figure = _figure(f"{name}, {value_unit}" if value_unit else name, hours, band, unit)
            if shows_target:
                _draw_limits(figure, target)
            if quantum is not None:
                _draw_quantum(figure, hours, quantum[:, int(responds)])
            if group:
                at, values = group.points(responds)
                inside = at <= times[-1]
                _draw_points(figure, at[inside] / 24 if in_days else at[inside], values[inside])
            median, low, high = alike(*(float(each[-1]) for each in (band.median, band.low, band.high)))
            alt = (
                f"{name} over {hours[-1]:.0f} {unit} with {amount(dose, drug)} {question.regimen.name}: at the end the "
                f"median is {median} {value_unit}, nine in ten people lie between {low} and {high}."
            )
            with column:
                st.plotly_chart(figure, key=f"dosing_course_{responds}", config={"displayModeBar": False}, alt=alt)
    on_quantum = QUANTUM_LINE if quantum is not None else "" if seen or not knows(source) else NO_QUANTUM_LINE
    st.caption(_caption(source, question, dose, group) + on_quantum)


def _was_studied(source: Source, dose: float, interval: float) -> bool:
    """Tell whether the dose and its interval were studied: elsewhere a network's course is no more than a guess."""
    studied = source.studied
    return studied is not None and studied.same(interval) and dose <= max(studied.doses)


def _caption(source: Source, question: Question, dose: float, group: Group | None) -> str:
    drug, target = source.drug, question.target
    lines = [
        "Line: the median; band: nine in ten people, as they are, without the error of a measurement.",
        "" if target.measure is Measure.AVERAGE else f"Dashed: {_limit(source, target)}.",
    ]
    if group is not None:
        lines.append(
            f"Points: measured in the {len(group.subjects)} people who were given **{amount(group.dose, drug)}** "
            f"{question.regimen.name}{_nearest(dose, group.dose, drug)}, while doses went on."
        )
    elif source.study is not None:
        lines.append(f"No points: nobody in the study was given doses {question.regimen.name}.")
    else:
        lines.append(
            "No points: the measurements of this study do not come with Qlinical. Set QLINICAL_DATA to a folder in "
            "which they lie as lsqi/EstData.csv to see them."
        )
    return " ".join(line for line in lines if line)


def _nearest(dose: float, studied: float, drug: Drug) -> str:
    """Say why people on another dose than that of the curves are shown; return "" if the dose is the same."""
    if studied == dose:
        return ""
    high, low = max(dose, studied), min(dose, studied)
    return (
        f", the dose studied that is nearest by ratio (the curves are for {amount(dose, drug)}; {amount(high, drug)} "
        f"is {high / low:.2g} times {amount(low, drug)})"
    )


def _limit(source: Source, target: Target) -> str:
    unit = unit_of(target.measure, source.drug)
    limits = " and ".join(f"{limit:g}{f' {unit}' if unit else ''}" for limit in (target.low, target.high) if limit)
    return f"{limits}, the limits" if target.low and target.high else f"{limits}, the limit"


def _figure(title: str, times: Any, band: Band, unit: str) -> go.Figure:
    def listed(values: Tensor) -> list[float]:
        return [round(value, 5) for value in values.tolist()]

    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    traces = [
        {"x": times, "y": listed(band.low), **edge},
        {"x": times, "y": listed(band.high), **edge, "fill": "tonexty", "fillcolor": FILL},
        {"x": times, "y": listed(band.median), "mode": "lines", "line": {"color": palette.LOWERS, "width": 2}}
        | {"hovertemplate": f"%{{x:.1f}} {unit}: %{{y:.3~g}}<extra></extra>"},
    ]
    chart_layout = layout(title, HEIGHT_PX, f"Time since the first dose ({unit})", legend=False)
    figure = go.Figure([{"type": "scatter"} | trace for trace in traces], chart_layout)
    return figure.update_xaxes(range=[-0.015 * times[-1], 1.01 * times[-1]])


def _draw_limits(figure: go.Figure, target: Target) -> None:
    if target.measure is Measure.AVERAGE:
        return
    for limit in (target.low, target.high):
        if limit is not None:
            figure.add_hline(limit, line={"color": palette.RAISES, "width": 2, "dash": "dash"})


def _draw_quantum(figure: go.Figure, times: Any, values: Tensor) -> None:
    line = {"color": palette.BRAND, "width": 2, "dash": "dot"}
    shown = [None if value != value else round(value, 5) for value in values.tolist()]
    figure.add_scatter(x=times, y=shown, mode="lines", line=line, hoverinfo="skip")


def _draw_points(figure: go.Figure, times: Any, values: Any) -> None:
    marker = {"color": palette.NEUTRAL, "size": 5, "opacity": 0.75}
    figure.add_scatter(x=times, y=values, mode="markers", marker=marker, hoverinfo="skip")
