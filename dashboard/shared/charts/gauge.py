"""The risk on a line from 0 to 100 %, with its interval, the alert threshold and the base rate."""

from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboard.shared.charts import palette
from dashboard.shared.numbers import percent, percents
from qcore.tasks.prediction import Prediction

HEIGHT_PX = 150
BEYOND = 0.12
"""How far the marks of threshold and base rate reach over the bar, as a share of its height."""

LEGEND = {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.02, "yanchor": "bottom", "itemwidth": 30}


@dataclass(frozen=True)
class Ghost:
    """Another risk shown as an open diamond.

    Attributes:
        label: what it is, e.g. noiseless.
        risk: probability, from 0 to 1.
    """

    label: str
    risk: float


def risk_gauge(prediction: Prediction, base_rate: float, key: str, ghost: Ghost | None = None) -> None:
    """Draw the gauge of a single patient.

    Args:
        prediction: risk, interval and threshold of one patient.
        base_rate: share of the population with the event.
        key: Streamlit key of the chart.
        ghost: what the risk is compared with.
    """
    risk, low, high = (float(values[0]) * 100 for values in (prediction.value, prediction.low, prediction.high))
    threshold, base = prediction.threshold * 100, base_rate * 100
    colour = palette.RAISES if prediction.decision[0] else palette.BRAND
    shapes = [
        _bar(0, 100, 0.0, palette.BAND),
        _bar(threshold, 100, 0.0, palette.ALERT_BAND),
        _bar(0, risk, 0.25, colour),
        _mark(threshold, {"color": palette.RAISES, "width": 2}),
        _mark(base, {"color": palette.NEUTRAL, "width": 2, "dash": "dot"}),
    ]
    # The two labels stand on either side of the bar, so that they never run into each other.
    annotations = [
        _label(threshold, 1 + BEYOND, "bottom", f"alert from {percent(prediction.threshold)}"),
        _label(base, -BEYOND, "top", f"all patients {percent(base_rate)}"),
    ]
    layout = {
        "height": HEIGHT_PX,
        "margin": {"l": 16, "r": 24, "t": 26, "b": 44},
        "showlegend": ghost is not None,
        # Above the bar at the right: the labels of threshold and base rate stand at the left.
        "legend": {**LEGEND, "font": {"size": 13}},
        "dragmode": False,
        "shapes": shapes,
        "annotations": annotations,
        "xaxis": {
            "range": [0, 100],
            "ticksuffix": " %",
            "dtick": 20,
            "showgrid": False,
            "ticklabelstandoff": 16,
            "fixedrange": True,
        },
        "yaxis": {"range": [-0.15, 1.15], "visible": False, "fixedrange": True},
    }
    figure = go.Figure([_value(risk, low, high, colour), *_ghost(ghost)], layout)
    own, least, most = percents(risk / 100, low / 100, high / 100)
    alt = (
        f"Risk {own}, interval {least} to {most}, "
        f"alert threshold {percent(prediction.threshold)}, base rate {percent(base_rate)}"
        + (f", {ghost.label} {percent(ghost.risk)}" if ghost else "")
    )
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=alt)


def _bar(start: float, end: float, inset: float, colour: str) -> dict[str, Any]:
    box = {"x0": start, "x1": end, "y0": inset, "y1": 1 - inset}
    # Below, so that the interval is drawn over the bar.
    return {"type": "rect", **box, "fillcolor": colour, "line_width": 0, "layer": "below"}


def _mark(risk: float, line: dict[str, Any]) -> dict[str, Any]:
    return {"type": "line", "x0": risk, "x1": risk, "y0": -BEYOND, "y1": 1 + BEYOND, "line": line}


def _label(x: float, y: float, anchor: str, text: str) -> dict[str, Any]:
    return {"x": x, "y": y, "text": text, "showarrow": False, "xanchor": "left", "yanchor": anchor, "xshift": -4}


def _ghost(ghost: Ghost | None) -> list[dict[str, Any]]:
    if ghost is None:
        return []
    name = f"{ghost.label} {percent(ghost.risk)}"
    trace = {"type": "scatter", "x": [ghost.risk * 100], "y": [0.5], "mode": "markers", "name": name}
    return [{**trace, "marker": palette.GHOST, "hovertemplate": f"{name}<extra></extra>"}]


def _value(risk: float, low: float, high: float, colour: str) -> dict[str, Any]:
    own, least, most = percents(risk / 100, low / 100, high / 100)
    interval = {"type": "data", "symmetric": False, "array": [high - risk], "arrayminus": [risk - low]}
    return {
        "type": "scatter",
        "x": [risk],
        "y": [0.5],
        "mode": "markers",
        "showlegend": False,
        "marker": {"symbol": "line-ns", "size": 26, "line": {"width": 4, "color": colour}},
        "error_x": {**interval, "thickness": 2, "width": 9},
        "hovertemplate": f"{own}<extra>{least} to {most}</extra>",
    }
