"""One patient's charts: how sure each dose is, and what was and will be, beside a typical patient."""

from typing import Any

import plotly.graph_objects as go
import streamlit as st
from torch import Tensor

from dashboard.dosing.course import DAYS_FROM_H
from dashboard.dosing.course import FILL as BAND
from dashboard.dosing.figure import SHARE_AXIS, layout
from dashboard.dosing.study.source import Source
from dashboard.dosing.wording import amount
from dashboard.shared.charts import palette
from dashboard.shared.foreign import drawn
from dashboard.shared.numbers import percent
from qcore.decimals import alike
from qcore.study import Array, Observations
from qcore.tasks.dosing.course import Band, Course
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.patient.dose import IndividualDose
from qcore.tasks.dosing.patient.follow_up import FollowUp
from qcore.tasks.dosing.target import Measure

CHANCE_PX, COURSE_PX = 270, 350
ROOM = 2.2
LEAST_DOSES = 12


def chance_chart(source: Source, question: Question, individual_dose: IndividualDose, usual: float) -> None:
    """Draw the probability that this patient reaches the target, by dose."""
    regimen, unit = question.regimen, source.drug.units.dose
    dose = individual_dose.best[0] if individual_dose.dose is None else individual_dose.dose
    end = min(regimen.cap, max(ROOM * max(dose, usual), LEAST_DOSES * regimen.step))
    shown = individual_dose.doses <= end + regimen.step / 2
    line: dict[str, Any] = {"color": palette.BRAND, "width": 2.5}
    curve = {
        "x": individual_dose.doses[shown].tolist(),
        "y": (100 * individual_dose.chances[shown]).tolist(),
        "mode": "lines",
    }
    traces = [curve | {"line": line, "name": "this patient"}]
    traces[0]["hovertemplate"] = f"%{{x:g}} {drawn(unit)}: %{{y:.0f}} %<extra></extra>"
    if individual_dose.dose is not None:
        mark = {"size": 12, "color": palette.BRAND, "line": {"color": "#ffffff", "width": 2}}
        traces.append(
            {
                "x": [individual_dose.dose],
                "y": [100 * individual_dose.chance(individual_dose.dose)],
                "mode": "markers",
                "marker": mark,
            }
        )
        traces[-1] |= {"name": f"the dose: {drawn(amount(individual_dose.dose, source.drug))}", "hoverinfo": "skip"}
    if usual != individual_dose.dose:
        traces.append(
            {"x": [usual], "y": [100 * individual_dose.chance(usual)], "mode": "markers", "marker": palette.GHOST}
        )
        traces[-1] |= {
            "name": f"the dose at the top of the page: {drawn(amount(usual, source.drug))}",
            "hoverinfo": "skip",
        }
    share = 100 * question.share
    dashed = {"color": palette.RAISES, "width": 2, "dash": "dash"}
    chart_layout = layout("How sure each dose is in this patient", CHANCE_PX, f"Dose {regimen.name} ({unit})")
    line = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": share, "y1": share, "line": dashed}
    chart_layout |= {"shapes": [line], "yaxis": SHARE_AXIS | {"range": [0, 108]}}
    chart_layout["xaxis"]["range"] = [0, end]
    chance = percent(individual_dose.chance(dose))
    alt = f"Probability that this patient reaches the target, by dose: {chance} with {dose:g} {unit}"
    figure = go.Figure([{"type": "scatter"} | trace for trace in traces], chart_layout)
    st.plotly_chart(figure, key="dosing_patient_chance", config={"displayModeBar": False}, alt=alt)


def course_charts(
    source: Source, question: Question, ahead: FollowUp, bands: tuple[Band, Band | None], usual: Course
) -> None:
    """Draw response and concentration: what was measured, where the patient lies, and a typical patient.

    Args:
        source: the study on the page, with its model and drug.
        question: whose target is drawn.
        ahead: the doses to come.
        bands: of the patient's concentration and response.
        usual: a typical patient's course.
    """
    drug, seen = source.drug, ahead.subject.observations
    panels: list[tuple[str, str, Band, Tensor, bool]] = [
        ("Concentration", drug.units.concentration, bands[0], usual.concentration[0], False)
    ]
    if bands[1] is not None and usual.response is not None:
        panels.insert(0, (drug.effect.capitalize(), drug.units.response, bands[1], usual.response[0], True))
    with st.container(key="pair_patient_course"):
        columns = st.columns(len(panels), gap="large")
    for column, (name, unit, band, typical, responds) in zip(columns, panels, strict=True):
        figure, alt = _course(source, ahead, f"{name}, {unit}" if unit else name, band, typical)
        _draw_seen(figure, source, seen, ahead, responds=responds)
        measure = question.target.measure
        if responds == (measure is Measure.RESPONSE) and measure is not Measure.AVERAGE:
            for limit in (question.target.low, question.target.high):
                if limit is not None:
                    figure.add_hline(limit, line={"color": palette.RAISES, "width": 2, "dash": "dash"})
        with column:
            key = f"dosing_patient_course_{responds}"
            st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=alt)


def _scale(source: Source, ahead: FollowUp) -> tuple[float, str]:
    """Return how long a unit of the time axis is, and its name."""
    in_days = source.model.units.time == "h" and ahead.end > DAYS_FROM_H
    return (24.0, "days") if in_days else (1.0, source.model.units.time)


def _course(source: Source, ahead: FollowUp, title: str, band: Band, typical: Tensor) -> tuple[go.Figure, str]:
    long, unit = _scale(source, ahead)
    at: Array = ahead.times / long
    edge: dict[str, Any] = {"x": at, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
    line = {"color": palette.LOWERS, "width": 2}
    traces: list[dict[str, Any]] = [
        {**edge, "y": band.low.numpy()},
        {**edge, "y": band.high.numpy(), "fill": "tonexty", "fillcolor": BAND},
        {"x": at, "y": typical.numpy(), "mode": "lines", "name": "typical patient", "hoverinfo": "skip"}
        | {"line": {"color": palette.NEUTRAL, "width": 2, "dash": "dot"}},
        {"x": at, "y": band.median.numpy(), "mode": "lines", "name": "this patient", "line": line}
        | {"hovertemplate": f"%{{x:.1f}} {unit}: %{{y:.3~g}}<extra></extra>"},
    ]
    begins = ahead.start / long
    shade = {"type": "rect", "x0": begins, "x1": at[-1], "yref": "paper", "y0": 0, "y1": 1, "line_width": 0}
    chart_layout = layout(title, COURSE_PX, f"Time since the first dose ({unit})")
    chart_layout["shapes"] = [{**shade, "fillcolor": palette.BAND, "layer": "below"}]
    chart_layout["xaxis"]["range"] = [-0.015 * at[-1], 1.01 * at[-1]]
    median, low, high, usual = alike(*(float(each[-1]) for each in (band.median, band.low, band.high, typical)))
    alt = (
        f"{title} of this patient over {at[-1]:.0f} {unit}: at the end {median}, 90 % interval {low} to {high}; a "
        f"typical patient {usual}"
    )
    return go.Figure([{"type": "scatter"} | trace for trace in traces], chart_layout), alt


def _draw_seen(figure: go.Figure, source: Source, seen: Observations, ahead: FollowUp, *, responds: bool) -> None:
    of_quantity = seen.response == responds
    if not of_quantity.any():
        return
    at = seen.time[of_quantity] / _scale(source, ahead)[0]
    marker = {"color": palette.RAISES, "size": 9, "line": {"color": "#ffffff", "width": 1}}
    figure.add_scatter(
        x=at, y=seen.value[of_quantity], mode="markers", marker=marker, name="measured", hoverinfo="skip"
    )
