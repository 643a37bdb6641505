"""What share of people reach the target, by dose: the curve the dose is read off."""

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboard.dosing.answer import FoundDose
from dashboard.dosing.figure import SHARE_AXIS, layout
from dashboard.dosing.study.source import Source
from dashboard.dosing.wording import amount, dose_interval, limits, measured
from dashboard.shared.charts import palette
from dashboard.shared.foreign import drawn
from dashboard.shared.numbers import percent

HEIGHT_PX = 330
ROOM = 2.2
"""The horizontal axis ends at this multiple of the dose."""
LEAST_DOSES = 12
FILL = "rgba(15, 133, 122, 0.22)"


def attainment_chart(source: Source, found_dose: FoundDose) -> None:
    """Draw the curve with its uncertainty, the share asked for, the dose, and the highest dose studied."""
    drug, question = source.drug, found_dose.answer.question
    regimen, curves = question.regimen, found_dose.curves
    low, high = curves.band()
    highest = _highest_studied(source, regimen.interval_h)
    reach = max(
        ROOM * found_dose.dose, 1.25 * (highest or 0.0), LEAST_DOSES * regimen.step, 1.1 * (found_dose.answer.high or 0)
    )
    shown = curves.doses <= min(reach, regimen.cap) + regimen.step / 2
    doses, unit = curves.doses[shown].tolist(), drug.units.dose
    end = min(reach, regimen.cap)
    edge: dict[str, Any] = {"x": doses, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    line = {"color": palette.BRAND, "width": 2.5}
    traces: list[dict[str, Any]] = [
        {**edge, "y": (100 * low[shown]).tolist(), "showlegend": False},
        {**edge, "y": (100 * high[shown]).tolist(), "fill": "tonexty", "fillcolor": FILL, "name": "90 % interval"},
        {"x": doses, "y": (100 * curves.best[shown]).tolist(), "mode": "lines", "line": line, "name": "people"}
        | {"hovertemplate": f"%{{x:g}} {drawn(unit)}: %{{y:.0f}} %<extra></extra>"},
    ]
    if found_dose.answer.dose is not None:
        mark = {"size": 12, "color": palette.BRAND, "line": {"color": "#ffffff", "width": 2}}
        traces.append(
            {"x": [found_dose.answer.dose], "y": [100 * found_dose.answer.attained], "mode": "markers", "marker": mark}
            | {"name": f"the dose: {drawn(amount(found_dose.answer.dose, drug))}", "hoverinfo": "skip"}
        )
    chart_layout = layout("How many people reach it, by dose", HEIGHT_PX, f"Dose {regimen.name} ({unit})") | {
        "shapes": [_share_line(question.share), *_beyond(highest, end)],
        "annotations": [_share_label(question.share), *_beyond_label(highest, end, source, regimen.interval_h)],
        "yaxis": SHARE_AXIS | {"range": [0, 104]},
    }
    chart_layout["xaxis"]["range"] = [0, end]
    alt = (
        f"Share of people in whom {measured(question.target.measure, drug)} stays {limits(question.target, drug)}, by "
        f"dose. {percent(found_dose.answer.attained)} with {amount(found_dose.dose, drug)}; interval of the dose "
        f"{dose_interval(found_dose.answer.low, found_dose.answer.high, regimen, drug)}."
    )
    figure = go.Figure([{"type": "scatter"} | trace for trace in traces], chart_layout)
    st.plotly_chart(figure, key="dosing_attainment", config={"displayModeBar": False}, alt=alt)
    if highest is not None and highest < end:
        st.caption("Grey: more drug than anybody in the study was given. There the model extrapolates.")


def _highest_studied(source: Source, interval_h: float) -> float | None:
    """Return the highest dose studied, converted to this dosing interval; None where no dose was studied repeatedly."""
    studied = source.studied
    if studied is None or studied.interval_h is None:
        return None
    return max(studied.doses) * (1.0 if studied.same(interval_h) else interval_h / studied.interval_h)


def _share_line(share: float) -> dict[str, Any]:
    line = {"color": palette.RAISES, "width": 2, "dash": "dash"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 100 * share, "y1": 100 * share, "line": line}


def _share_label(share: float) -> dict[str, Any]:
    # Under the line at the left, where the curve is still far below.
    position = {"xref": "paper", "x": 0.005, "xanchor": "left", "y": 100 * share, "yanchor": "top"}
    return {**position, "text": f"{percent(share)} asked for", "showarrow": False, "font": {"size": 13}}


def _beyond(highest: float | None, end: float) -> list[dict[str, Any]]:
    if highest is None or highest >= end:
        return []
    box = {"type": "rect", "x0": highest, "x1": end, "yref": "paper", "y0": 0, "y1": 1}
    line = {"type": "line", "x0": highest, "x1": highest, "yref": "paper", "y0": 0, "y1": 1}
    return [
        {**box, "fillcolor": palette.BAND, "line_width": 0, "layer": "below"},
        {**line, "line": {"color": palette.NEUTRAL, "width": 1.5, "dash": "dot"}},
    ]


def _beyond_label(highest: float | None, end: float, source: Source, interval_h: float) -> list[dict[str, Any]]:
    studied = source.studied
    if highest is None or highest >= end or studied is None:
        return []
    first = f"highest dose studied:<br>{drawn(amount(highest, source.drug))}"
    text = first if studied.same(interval_h) else "as much drug as the<br>highest dose studied"
    # On the side with more room; the curve is above.
    right = highest < end / 2
    side = {"xanchor": "left", "xshift": 6} if right else {"xanchor": "right", "xshift": -6}
    position = {"x": highest, **side, "yref": "paper", "y": 0.03, "yanchor": "bottom"}
    return [{**position, "text": text, "showarrow": False, "align": "left" if right else "right", "font": {"size": 13}}]
