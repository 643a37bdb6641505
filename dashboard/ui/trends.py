"""How creatinine, urea and blood count moved over the first day, with what was done."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard.ui import palette
from dashboard.ui.case import Case
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
            with column:
                _chart(SERIES_PARAMETERS[name], series[series["parameter"] == name], case.events, system)
    if case.events:
        done = " · ".join(
            f"**{number}** {event.label} ({event.time_h:g} h)" for number, event in enumerate(case.events, 1)
        )
        st.caption(f"Dotted lines: {done}")


def _numbered(events: Sequence[Event]) -> list[tuple[str, Event]]:
    """Number the events; of those too close to write beside each other, the first carries all numbers."""
    labels: list[str] = []
    for place, event in enumerate(events):
        first = next((i for i in range(place) if event.time_h - events[i].time_h < LABEL_APART_H and labels[i]), place)
        labels.append("" if first < place else str(place + 1))
        if first < place:
            labels[first] += f", {place + 1}"
    return list(zip(labels, events, strict=True))


def _chart(item: Input, rows: pd.DataFrame, events: Sequence[Event], system: UnitSystem) -> None:
    unit = unit_in(system, item.units)
    rows = rows.sort_values("time_h")
    values = [unit.from_canonical(value) for value in rows["value"]]
    figure = go.Figure(
        go.Scatter(
            x=rows["time_h"],
            y=values,
            mode="lines+markers",
            line={"color": palette.BRAND, "width": 2},
            marker={"size": 7},
            hovertemplate=f"%{{x:.1f}} h: %{{y:.3~g}} {unit.symbol}<extra></extra>",
        )
    )
    if item.reference:
        low, high = (unit.from_canonical(bound) for bound in item.reference)
        figure.add_hrect(y0=low, y1=high, fillcolor=palette.BAND, line_width=0)
        values = [*values, low, high]
    margin = 0.12 * (max(values) - min(values) or abs(max(values)) or 1.0)
    for label, event in _numbered(events):
        figure.add_vline(
            x=event.time_h,
            line={"color": palette.NEUTRAL, "dash": "dot", "width": 1.5},
            annotation={"text": label, "font": {"size": 11}, "yanchor": "bottom", "xanchor": "center"},
            annotation_position="top",
        )
    figure.update_layout(
        title={"text": f"{item.label}, {unit.symbol}", "font": {"size": 14}, "x": 0, "xref": "paper"},
        height=HEIGHT_PX,
        margin={"l": 8, "r": 12, "t": 52, "b": 30},
        showlegend=False,
        dragmode=False,
        font={"color": palette.ink()},
        xaxis={
            "range": [-0.4, FIRST_DAY_H + 0.4],
            "dtick": 6,
            "ticksuffix": " h",
            "fixedrange": True,
            "tickfont": {"color": palette.ink(), "size": 13},
            "zeroline": False,
        },
        yaxis={
            "range": [max(0.0, min(values) - margin), max(values) + margin],
            "fixedrange": True,
            "tickfont": {"color": palette.ink(), "size": 13},
            "nticks": 5,
        },
    )
    spoken = f"{item.label} over the first day, from {values[0]:.3g} to {values[len(rows) - 1]:.3g} {unit.symbol}"
    st.plotly_chart(figure, key=f"aki_trend_{item.name}", config={"displayModeBar": False}, alt=spoken)
