"""The doses of all models as dots with whiskers, the population model's first; diamonds are noiseless.

Where no dose does it, the dot lies at the cap and says that more than that would be needed (or less than the
first step).
"""

from collections.abc import Mapping
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from dashboard.dosing.networks.wording import LABELS, MECHANISTIC_LABEL
from dashboard.dosing.study.source import Source
from dashboard.dosing.wording import amount, dose_interval
from dashboard.shared.charts import palette
from dashboard.shared.foreign import drawn
from qcore.tasks.dosing.dose_finding import MECHANISTIC, Answer

ROW_PX, EDGES_PX = 42, 118
GHOST_PX = 20


def doses_chart(
    mechanistic: Answer, learned: Mapping[str, Answer], noiseless: Mapping[str, Answer], source: Source
) -> None:
    """Draw one row for each model.

    Args:
        mechanistic: the answer of the page.
        learned: of the other models that have answered, by name.
        noiseless: of those whose circuits run with noise; empty where none do.
        source: the study on the page, with its model and drug.
    """
    answers = {MECHANISTIC: mechanistic, **learned}
    rows = {name: row for row, name in enumerate(reversed([MECHANISTIC, *LABELS]))}
    cap, unit = mechanistic.question.regimen.cap, source.drug.units.dose
    ghosts = {name: each for name, each in noiseless.items() if each.backend is not None and each.dose is not None}
    figure = go.Figure(
        # Diamonds first and larger, so that a dot that has not moved lies in its diamond.
        [_ghosts(ghosts, rows), *(_trace(each, rows[name], cap) for name, each in answers.items())],
        {
            "height": EDGES_PX + ROW_PX * len(rows),
            "margin": {"l": 8, "r": 14, "t": 30, "b": 48},
            "showlegend": bool(ghosts),
            "legend": {"orientation": "h", "x": 1, "xanchor": "right", "y": 1.0, "yanchor": "bottom"},
            "dragmode": False,
            "xaxis": {
                "title": {"text": drawn(f"Dose {mechanistic.question.regimen.name} ({unit})")},
                "fixedrange": True,
            }
            | {"zeroline": False, "rangemode": "tozero"},
            "yaxis": {
                "tickvals": list(rows.values()),
                "ticktext": [MECHANISTIC_LABEL if name == MECHANISTIC else LABELS[name] for name in rows],
                "range": [-0.6, len(rows) - 0.4],
                "fixedrange": True,
                "automargin": True,
                "showgrid": False,
            },
            "shapes": [_answer_line(mechanistic)] if mechanistic.dose is not None else [],
        },
    )
    described = [
        f"{LABELS.get(name, MECHANISTIC_LABEL)}: {_dose(each, source)} "
        f"({dose_interval(each.low, each.high, each.question.regimen, source.drug)})"
        for name, each in answers.items()
    ]
    st.plotly_chart(figure, key="dosing_learned", config={"displayModeBar": False}, alt="; ".join(described))


def _dose(answer: Answer, source: Source) -> str:
    cap = amount(answer.question.regimen.cap, source.drug)
    return f"none up to {cap}" if answer.dose is None else amount(answer.dose, source.drug)


def _trace(answer: Answer, row: int, cap: float) -> dict[str, Any]:
    low, high = (cap if each is None else each for each in (answer.low, answer.high))
    from_, to = (f"> {cap:g}" if each is None else f"{each:g}" for each in (answer.low, answer.high))
    dose, label = (answer.dose, f"{answer.dose:g}") if answer.dose is not None else _edge(answer)
    quantum = answer.backend is not None
    first = answer.model == MECHANISTIC
    colour = palette.BRAND if first else palette.RAISES if quantum else palette.NEUTRAL
    interval = {"type": "data", "symmetric": False, "array": [max(0.0, high - dose)]}
    return {
        "type": "scatter",
        "x": [dose],
        "y": [row],
        "mode": "markers+text",
        "text": [label],
        "textposition": "top right",
        "cliponaxis": False,
        "showlegend": False,
        "marker": {"size": 13 if first else 11, "color": colour, "symbol": "circle"},
        "error_x": {**interval, "arrayminus": [max(0.0, dose - low)], "thickness": 2, "width": 7},
        "hovertemplate": f"{label} ({from_} to {to})<extra></extra>" if from_ != to else f"{label}<extra></extra>",
    }


def _edge(answer: Answer) -> tuple[float, str]:
    """Return the place and the label of the dot of a model that finds no dose."""
    regimen = answer.question.regimen
    return (
        (regimen.step, f"< {regimen.step:g}") if answer.question.target.highest else (regimen.cap, f"> {regimen.cap:g}")
    )


def _ghosts(noiseless: Mapping[str, Answer], rows: Mapping[str, int]) -> dict[str, Any]:
    places = {"x": [each.dose for each in noiseless.values()], "y": [rows[name] for name in noiseless]}
    style = {"mode": "markers", "marker": {**palette.GHOST, "size": GHOST_PX}, "name": "noiseless"}
    return {"type": "scatter", **places, **style, "hoverinfo": "skip", "showlegend": bool(noiseless)}


def _answer_line(mechanistic: Answer) -> dict[str, Any]:
    line = {"color": palette.BRAND, "width": 1.5, "dash": "dot"}
    position = {"x0": mechanistic.dose, "x1": mechanistic.dose, "yref": "paper", "y0": 0, "y1": 1}
    return {"type": "line", **position, "line": line, "layer": "below"}
