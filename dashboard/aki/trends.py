"""How creatinine, urea and blood count moved over the first day, with what was done."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.aki.case import Case
from dashboard.shared.charts import palette
from dashboard.shared.session_cache import remembered
from qcore.decimals import alike
from qcore.tasks.aki.examples import Event
from qcore.tasks.aki.features import FIRST_DAY_H, SERIES_PARAMETERS, is_accepted
from qcore.tasks.aki.inputs import Input
from qcore.units import UnitSystem, unit_in

SHOWN = ("creatinine_mg_dl", "bun_mg_dl", "haematocrit_percent", "haemoglobin_g_dl")
CHARTS_A_ROW = 2
HEIGHT_PX = 210
LABEL_APART_H = 1.5


def trends(case: Case, system: UnitSystem) -> None:
    """Draw one chart a parameter; say so where a series was not given."""
    if case.series is None:
        st.caption("No series was given for this patient: only the twelve values are known.")
        return
    series = case.series[is_accepted(case.series) & case.series["time_h"].between(0, FIRST_DAY_H)]
    measured = [name for name in SHOWN if (series["parameter"] == name).any()]
    for start in range(0, len(measured), CHARTS_A_ROW):
        names = measured[start : start + CHARTS_A_ROW]
        for name, column in zip(names, st.columns(CHARTS_A_ROW), strict=False):
            rows = series[series["parameter"] == name]
            item = SERIES_PARAMETERS[name]
            # The charts do not depend on the noise or on a what-if, and drawing takes longer than a prediction.
            figure, spoken = remembered(
                "aki_trends",
                (case.key, tuple(case.inputs), name, system),
                partial(_chart, item, rows, case.events, system),
            )
            with column:
                st.plotly_chart(figure, key=f"aki_trend_{name}", config={"displayModeBar": False}, alt=spoken)
    st.caption("Grey: the reference range.")
    if case.events:
        done = " · ".join(
            f"**{number}** {event.label} ({event.time_h:g} h)" for number, event in enumerate(case.events, 1)
        )
        st.caption(f"Dotted lines: {done}")


def _numbered(events: Sequence[Event]) -> list[tuple[str, Event]]:
    """Number the events; of those too close to write beside each other, the first carries all numbers."""
    labels: list[str] = []
    for index, event in enumerate(events):
        first = next((i for i in range(index) if event.time_h - events[i].time_h < LABEL_APART_H and labels[i]), index)
        labels.append("" if first < index else str(index + 1))
        if first < index:
            labels[first] += f", {index + 1}"
    return list(zip(labels, events, strict=True))


def _chart(item: Input, rows: pd.DataFrame, events: Sequence[Event], system: UnitSystem) -> tuple[go.Figure, str]:
    """Return the chart of one parameter and what it shows in words."""
    unit = unit_in(system, item.units)
    rows = rows.sort_values("time_h")
    values = [unit.from_canonical(value) for value in rows["value"]]
    low, high = (unit.from_canonical(bound) for bound in item.reference or item.common)
    reach = (min(*values, low), max(*values, high))
    margin = 0.12 * (reach[1] - reach[0])
    axis = {"fixedrange": True, "tickfont": {"size": 13}}
    labels = _numbered(events)
    layout = {
        "title": {"text": f"{item.label}, {unit.symbol}", "font": {"size": 14}, "x": 0, "xref": "paper"},
        "height": HEIGHT_PX,
        "margin": {"l": 8, "r": 12, "t": 52, "b": 30},
        "showlegend": False,
        "dragmode": False,
        "shapes": [_reference_band(low, high), *(_event_line(event) for _, event in labels)],
        "annotations": [_event_label(label, event) for label, event in labels if label],
        "xaxis": {**axis, "range": [-0.4, FIRST_DAY_H + 0.4], "dtick": 6, "ticksuffix": " h", "zeroline": False},
        "yaxis": {**axis, "range": [max(0.0, reach[0] - margin), reach[1] + margin], "nticks": 5},
    }
    trace = {
        "type": "scatter",
        "x": rows["time_h"],
        "y": values,
        "mode": "lines+markers",
        "line": {"color": palette.BRAND, "width": 2},
        "marker": {"size": 7},
        "hovertemplate": f"%{{x:.1f}} h: %{{y:.3~g}} {unit.symbol}<extra></extra>",
    }
    spoken = f"{item.label} over the first day, from {' to '.join(alike(values[0], values[-1]))} {unit.symbol}"
    return go.Figure([trace], layout), spoken


def _reference_band(low: float, high: float) -> dict[str, Any]:
    whole_width = {"xref": "paper", "x0": 0, "x1": 1}
    return {"type": "rect", **whole_width, "y0": low, "y1": high, "fillcolor": palette.BAND, "line_width": 0}


def _event_line(event: Event) -> dict[str, Any]:
    whole_height = {"yref": "paper", "y0": 0, "y1": 1}
    line = {"color": palette.NEUTRAL, "dash": "dot", "width": 1.5}
    return {"type": "line", "x0": event.time_h, "x1": event.time_h, **whole_height, "line": line}


def _event_label(label: str, event: Event) -> dict[str, Any]:
    position = {"x": event.time_h, "yref": "paper", "y": 1, "yanchor": "bottom", "xanchor": "center"}
    return {**position, "text": label, "showarrow": False, "font": {"size": 12}}
