"""Why: a waterfall from the typical patient's value to this patient's, one bar an input."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import plotly.graph_objects as go
import streamlit as st
from numpy.typing import NDArray

from dashboard.shared.charts import palette
from dashboard.shared.foreign import drawn
from dashboard.shared.numbers import NBSP, percent, points
from qcore.explain.explanation import Explanation

ROW_PX = 30
BETWEEN_95 = 1.96
"""Number of standard errors from the middle to either end of a 95 % interval."""
ROOM = 0.18
"""For the number beside the longest bar, as a share of all bars' reach."""

BESIDE = NBSP * 4
"""Between a bar, or the mark at its end, and its number."""

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Scale:
    """How values are drawn and written.

    Attributes:
        factor: a value times this is drawn.
        suffix: of the numbers along the axis.
        whole: writes a value of the scale as text.
        step: writes what one input adds, with its sign.
        first: names the row that the bars start from.
        last: names the row that they lead to.
        unit: of a step, as it is spoken.
        room: least room for a number beside a bar, as it is drawn.
    """

    factor: float
    suffix: str
    whole: Callable[[float], str]
    step: Callable[[float], str]
    first: str
    last: str
    unit: str
    room: float


RISK = Scale(100.0, " %", percent, points, "Typical patient", "This patient", "points", 2.0)
"""A probability, in percent."""


def waterfall(
    explanation: Explanation,
    labels: Mapping[str, str],
    key: str,
    noiseless: Explanation | None = None,
    scale: Scale = RISK,
) -> None:
    """Draw an explanation, strongest input first.

    Args:
        explanation: attributions in the unit that the scale takes.
        labels: what to write beside each bar, by name.
        key: Streamlit key of the chart.
        noiseless: drawn as ghosts; its order is kept, so that bars stay where they are while the noise changes.
        scale: how values are drawn and written.
    """
    order = np.argsort(-np.abs((noiseless or explanation).attributions))
    names = [scale.first, *(drawn(labels[explanation.names[i]]) for i in order), scale.last]
    start, end = _bars(explanation, order, scale)
    rows = list(range(len(names)))
    step = end - start
    texts = [drawn(text) for text in _texts(explanation, order, scale)]
    error = np.array([0.0, *explanation.standard_error[order], 0.0]) * scale.factor * BETWEEN_95
    ghost = _ghost_ends(start, noiseless, order, scale)
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
        traces[-1] |= {"customdata": [drawn(text) for text in _texts(noiseless, order, scale)], "hovertemplate": HOVER}
    layout = _layout(names, reach, beyond, (start, end), scale)
    spoken = _spoken(explanation, labels, order, scale)
    st.plotly_chart(go.Figure(traces, layout), key=key, config={"displayModeBar": False}, alt=spoken)


HOVER = "noiseless %{customdata}<extra></extra>"


def _bars(explanation: Explanation, order: NDArray[np.int64], scale: Scale) -> tuple[Array, Array]:
    """Return where every bar starts and ends, as drawn: the base, one an input, the total."""
    steps = explanation.attributions[order] * scale.factor
    path = explanation.base_value * scale.factor + np.concatenate([[0.0], np.cumsum(steps)])
    return np.array([0.0, *path[:-1], 0.0]), np.array([path[0], *path[1:], path[-1]])


def _ghost_ends(start: Array, noiseless: Explanation | None, order: NDArray[np.int64], scale: Scale) -> Array:
    """Return where every bar would end if its length were the noiseless one, as drawn."""
    if noiseless is None:
        return start
    ideal_start, ideal_end = _bars(noiseless, order, scale)
    return start + ideal_end - ideal_start


def _texts(explanation: Explanation, order: NDArray[np.int64], scale: Scale) -> list[str]:
    """Return what is written beside every bar."""
    steps = explanation.attributions[order]
    total = explanation.base_value + float(steps.sum())
    return [scale.whole(explanation.base_value), *(scale.step(float(value)) for value in steps), scale.whole(total)]


def _colours(step: Array) -> list[str]:
    steps = [palette.RAISES if value >= 0 else palette.LOWERS for value in step[1:-1]]
    return [palette.NEUTRAL, *steps, palette.NEUTRAL]


def _ghost_marker() -> dict[str, Any]:
    return {**palette.GHOST, "size": 9, "line": {**palette.GHOST["line"], "width": 1.5}}


def _layout(names: list[str], reach: Array, beyond: Array, bars: tuple[Array, Array], scale: Scale) -> dict[str, Any]:
    (start, end), low, high = bars, float(reach.min()), float(reach.max())
    room = max(scale.room, (high - low) * ROOM)
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
            "ticksuffix": drawn(scale.suffix),
            "fixedrange": True,
            "tickfont": {"size": 13},
            "zeroline": False,
        },
    }


CONNECTOR = {"color": palette.NEUTRAL, "width": 1}


def _spoken(explanation: Explanation, labels: Mapping[str, str], order: NDArray[np.int64], scale: Scale) -> str:
    strongest = "; ".join(
        f"{labels[explanation.names[i]]} {scale.step(float(explanation.attributions[i]))} {scale.unit}"
        for i in order[:4]
    )
    first = f"{scale.first[0].lower()}{scale.first[1:]}"
    return f"Waterfall from {scale.whole(explanation.base_value)}, {first}. Strongest: {strongest}"
