"""The risk on a line from 0 to 100 %, with its interval, the alert threshold and the base rate."""

import plotly.graph_objects as go
import streamlit as st

from dashboard.ui import palette
from dashboard.ui.numbers import percent
from qcore.tasks.prediction import Prediction

HEIGHT_PX = 150


def risk_gauge(prediction: Prediction, base_rate: float, key: str, ghost: float | None = None) -> None:
    """Draw the gauge of a single patient.

    Args:
        prediction: of one patient.
        base_rate: share of the population with the event.
        key: Streamlit key of the chart.
        ghost: another risk shown pale beside it, e.g. before a what-if.
    """
    risk, low, high = (float(values[0]) * 100 for values in (prediction.value, prediction.low, prediction.high))
    threshold = prediction.threshold * 100
    colour = palette.RAISES if prediction.decision[0] else palette.BRAND
    figure = go.Figure()
    figure.add_shape(type="rect", x0=0, x1=100, y0=0, y1=1, fillcolor=palette.BAND, line_width=0)
    figure.add_shape(type="rect", x0=threshold, x1=100, y0=0, y1=1, fillcolor=palette.ALERT_BAND, line_width=0)
    figure.add_shape(type="rect", x0=0, x1=risk, y0=0.25, y1=0.75, fillcolor=colour, line_width=0)
    figure.add_shape(
        type="line", x0=threshold, x1=threshold, y0=-0.12, y1=1.12, line={"color": palette.RAISES, "width": 2}
    )
    figure.add_shape(
        type="line",
        x0=base_rate * 100,
        x1=base_rate * 100,
        y0=-0.12,
        y1=1.12,
        line={"color": palette.NEUTRAL, "width": 2, "dash": "dot"},
    )
    if ghost is not None:
        figure.add_trace(
            go.Scatter(
                x=[ghost * 100],
                y=[0.5],
                mode="markers",
                hoverinfo="skip",
                marker={"symbol": "diamond-open", "size": 15, "color": palette.NEUTRAL, "line": {"width": 2}},
            )
        )
    figure.add_trace(
        go.Scatter(
            x=[risk],
            y=[0.5],
            mode="markers",
            marker={"symbol": "line-ns", "size": 26, "line": {"width": 4, "color": colour}},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [high - risk],
                "arrayminus": [risk - low],
                "color": palette.ink(),
                "thickness": 2,
                "width": 9,
            },
            hovertemplate=f"{percent(low / 100)} to {percent(high / 100)}<extra>{percent(risk / 100)}</extra>",
        )
    )
    # The two labels stand on either side of the line, so that they never run into each other.
    figure.add_annotation(
        x=threshold,
        y=1.14,
        text=f"alert from {percent(prediction.threshold)}",
        showarrow=False,
        xanchor="left",
        yanchor="bottom",
        xshift=-4,
    )
    figure.add_annotation(
        x=base_rate * 100,
        y=-0.14,
        text=f"all patients {percent(base_rate)}",
        showarrow=False,
        xanchor="left",
        yanchor="top",
        xshift=-4,
    )
    figure.update_layout(
        height=HEIGHT_PX,
        margin={"l": 16, "r": 24, "t": 26, "b": 44},
        showlegend=False,
        dragmode=False,
        font={"color": palette.ink()},
        xaxis={
            "range": [0, 100],
            "ticksuffix": " %",
            "dtick": 20,
            "showgrid": False,
            "fixedrange": True,
            "tickfont": {"color": palette.ink(), "size": 13},
            "ticklabelstandoff": 16,
        },
        yaxis={"range": [-0.15, 1.15], "visible": False, "fixedrange": True},
    )
    alt = (
        f"Risk {percent(risk / 100)}, interval {percent(low / 100)} to {percent(high / 100)}, "
        f"alert threshold {percent(prediction.threshold)}, base rate {percent(base_rate)}"
    )
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=alt)
