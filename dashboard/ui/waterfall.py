"""Why: a waterfall from the typical patient's risk to this patient's, one bar an input."""

from collections.abc import Mapping

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from dashboard.ui import palette
from dashboard.ui.numbers import percent, points
from qcore.explain.explanation import Explanation

ROW_PX = 30


def waterfall(explanation: Explanation, labels: Mapping[str, str], key: str) -> None:
    """Draw an explanation of a probability, strongest input first.

    Args:
        explanation: attributions in probability.
        labels: what to write beside each bar, by name.
        key: Streamlit key of the chart.
    """
    order = np.argsort(-np.abs(explanation.attributions))
    steps = explanation.attributions[order] * 100
    base = explanation.base_value * 100
    total = base + float(steps.sum())
    names = ["Typical patient", *(labels[explanation.names[i]] for i in order), "This patient"]
    figure = go.Figure(
        go.Waterfall(
            orientation="h",
            # Two inputs may carry the same text; the position keeps their bars apart.
            y=list(range(len(names))),
            x=[base, *steps, total],
            measure=["absolute", *["relative"] * len(steps), "total"],
            text=[percent(base / 100), *(points(step / 100) for step in steps), percent(total / 100)],
            textposition="outside",
            cliponaxis=False,
            increasing={"marker": {"color": palette.RAISES}},
            decreasing={"marker": {"color": palette.LOWERS}},
            totals={"marker": {"color": palette.NEUTRAL}},
            textfont={"size": 13},
            connector={"line": {"color": palette.NEUTRAL, "width": 1}},
            hoverinfo="skip",
        )
    )
    path = np.concatenate([[0.0, base], base + np.cumsum(steps)])
    room = max(2.0, float(path.max() - path.min()) * 0.16)
    figure.update_layout(
        height=ROW_PX * len(names) + 50,
        margin={"l": 8, "r": 8, "t": 8, "b": 34},
        dragmode=False,
        showlegend=False,
        yaxis={
            "autorange": "reversed",
            "tickmode": "array",
            "tickvals": list(range(len(names))),
            "ticktext": names,
            "fixedrange": True,
            "tickfont": {"size": 13},
            "automargin": True,
        },
        xaxis={
            "range": [float(path.min()) - room if path.min() < 0 else 0.0, float(path.max()) + room],
            "ticksuffix": " %",
            "fixedrange": True,
            "tickfont": {"size": 13},
            "zeroline": False,
        },
    )
    st.plotly_chart(figure, key=key, config={"displayModeBar": False}, alt=_spoken(explanation, labels, order))


def _spoken(explanation: Explanation, labels: Mapping[str, str], order: np.ndarray) -> str:
    strongest = "; ".join(
        f"{labels[explanation.names[i]]} {points(float(explanation.attributions[i]))} points" for i in order[:4]
    )
    return f"Waterfall from {percent(explanation.base_value)} for the typical patient. Strongest: {strongest}"
