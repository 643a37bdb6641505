"""Why: a waterfall from the typical patient's risk to this patient's, one bar an input."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from dashboard.ui import palette
from dashboard.ui.numbers import NBSP, percent, points
from qcore.explain.explanation import Explanation

ROW_PX = 30
BETWEEN_95 = 1.96
"""Standard errors on either side of a 95 % interval."""
ROOM = 0.18
"""For the number beside the longest bar, as a share of all bars' reach."""

BESIDE = NBSP * 4
"""Between a bar, or the mark at its end, and its number."""

Array = NDArray[np.float64]


def waterfall(
    explanation: Explanation, labels: Mapping[str, str], key: str, noiseless: Explanation | None = None
) -> None:
    """Draw an explanation of a probability, strongest input first.

    Args:
        explanation: attributions in probability.
        labels: what to write beside each bar, by name.
        key: Streamlit key of the chart.
        noiseless: drawn as ghosts; its order is kept, so that bars stay where they are while the noise changes.
    """
    order = np.argsort(-np.abs((noiseless or explanation).attributions))
    names = ["Typical patient", *(labels[explanation.names[i]] for i in order), "This patient"]
    start, end = _bars(explanation, order)
    rows = list(range(len(names)))
    step = end - start
    texts = [percent(end[0] / 100), *(points(value / 100) for value in step[1:-1]), percent(end[-1] / 100)]
    error = np.array([0.0, *explanation.standard_error[order], 0.0]) * 100 * BETWEEN_95
    ghost = _ghost_ends(start, noiseless, order)
    reach = np.stack([start, end, end - error, end + error, ghost])
    beyond = np.where(step >= 0, reach.max(axis=0), reach.min(axis=0))
    traces: list[dict[str, Any]] = [
        {
            "type": "bar",
            "orientation": "h",
            "y": rows,
            "base": start,
            "x": step,
            "width": 0.8,
            "marker": {"color": _colours(step)},
            "hoverinfo": "skip",
        },
        {
            "type": "scatter",
            "mode": "text",
            "x": beyond,
            "y": rows,
            "text": [
                f"{BESIDE}{text}" if value >= 0 else f"{text}{BESIDE}" for text, value in zip(texts, step, strict=True)
            ],
            "textposition": ["middle right" if value >= 0 else "middle left" for value in step],
            "textfont": {"size": 13},
            "cliponaxis": False,
            "hoverinfo": "skip",
        },
    ]
    if error.any():
        bars = {"type": "data", "array": error, "thickness": 1.5, "width": 4}
        traces.append({"type": "scatter", "mode": "markers", "x": end, "y": rows, "error_x": bars, "opacity": 1})
        traces[-1] |= {"marker": {"size": 1, "color": palette.NEUTRAL}, "hoverinfo": "skip"}
    if noiseless:
        traces.append({"type": "scatter", "mode": "markers", "x": ghost, "y": rows, "marker": _ghost_marker()})
        traces[-1] |= {"customdata": _noiseless_texts(noiseless, order), "hovertemplate": HOVER}
    layout = _layout(names, reach, beyond, start, end)
    spoken = _spoken(explanation, labels, order)
    st.plotly_chart(go.Figure(traces, layout), key=key, config={"displayModeBar": False}, alt=spoken)


HOVER = "noiseless %{customdata}<extra></extra>"


def _bars(explanation: Explanation, order: NDArray[np.int64]) -> tuple[Array, Array]:
    """Return where every bar starts and ends, in percent: the base, one an input, the total."""
    steps = explanation.attributions[order] * 100
    path = explanation.base_value * 100 + np.concatenate([[0.0], np.cumsum(steps)])
    return np.array([0.0, *path[:-1], 0.0]), np.array([path[0], *path[1:], path[-1]])


def _ghost_ends(start: Array, noiseless: Explanation | None, order: NDArray[np.int64]) -> Array:
    """Return where every bar would end if its length were the noiseless one, in percent."""
    if noiseless is None:
        return start
    ideal_start, ideal_end = _bars(noiseless, order)
    return start + ideal_end - ideal_start


def _noiseless_texts(noiseless: Explanation, order: NDArray[np.int64]) -> list[str]:
    start, end = _bars(noiseless, order)
    steps = (points(value / 100) for value in (end - start)[1:-1])
    return [percent(end[0] / 100), *steps, percent(end[-1] / 100)]


def _colours(step: Array) -> list[str]:
    steps = [palette.RAISES if value >= 0 else palette.LOWERS for value in step[1:-1]]
    return [palette.NEUTRAL, *steps, palette.NEUTRAL]


def _ghost_marker() -> dict[str, Any]:
    return {**palette.GHOST, "size": 9, "line": {**palette.GHOST["line"], "width": 1.5}}


def _layout(names: list[str], reach: Array, beyond: Array, start: Array, end: Array) -> dict[str, Any]:
    low, high = float(reach.min()), float(reach.max())
    room = max(2.0, (high - low) * ROOM)
    connectors = [
        {"type": "line", "x0": end[i], "x1": end[i], "y0": i, "y1": i + 1, "line": CONNECTOR, "layer": "below"}
        for i in range(len(names) - 1)
    ]
    falling = beyond[(end < start)]
    leftmost = min(low, float(falling.min()) - room) if len(falling) else low
    return {
        "height": ROW_PX * len(names) + 50,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 34},
        "dragmode": False,
        "showlegend": False,
        "shapes": connectors,
        "yaxis": {
            "range": [len(names) - 0.4, -0.6],
            "tickmode": "array",
            "tickvals": list(range(len(names))),
            # Two inputs may carry the same text; the position keeps their bars apart.
            "ticktext": names,
            "fixedrange": True,
            "tickfont": {"size": 13},
            "automargin": True,
            "showgrid": False,
        },
        "xaxis": {
            "range": [min(0.0, leftmost), high + room],
            "ticksuffix": " %",
            "fixedrange": True,
            "tickfont": {"size": 13},
            "zeroline": False,
        },
    }


CONNECTOR = {"color": palette.NEUTRAL, "width": 1}


def _spoken(explanation: Explanation, labels: Mapping[str, str], order: NDArray[np.int64]) -> str:
    strongest = "; ".join(
        f"{labels[explanation.names[i]]} {points(float(explanation.attributions[i]))} points" for i in order[:4]
    )
    return f"Waterfall from {percent(explanation.base_value)} for the typical patient. Strongest: {strongest}"
