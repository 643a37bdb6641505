"""A processor from above: its lattice, and the chosen qubits and gates coloured by their errors."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go

from dashboard.shared.charts import palette
from dashboard.shared.numbers import NBSP, error_rate, microseconds
from qcore.noise.device.processor import Device, Edge, Qubit

HEIGHT_PX = 520
FAINT = "rgba(123, 136, 148, 0.55)"
SCALE_MEDIANS = 2
"""The colour scale ends at so many medians of the processor: a few broken qubits would hide all other differences."""


def readout_error(qubit: Qubit) -> float:
    """Return the mean probability of a wrong read-out."""
    return (qubit.p1_given_0 + qubit.p0_given_1) / 2


def chosen_edges(device: Device, line: Sequence[int]) -> list[Edge]:
    """Return the gates between the neighbours of a line, in its order."""
    edges = {frozenset(edge.qubits): edge for edge in device.edges}
    return [edges[frozenset(pair)] for pair in pairwise(line)]


def device_figure(device: Device, line: Sequence[int]) -> go.Figure:
    """Return the map of a device.

    Args:
        device: processor with its calibration, errors unscaled.
        line: physical qubits in use.
    """
    edges = chosen_edges(device, line)
    worst_gate = _worst([edge.error for edge in device.edges])
    worst_readout = _worst([readout_error(qubit) for qubit in device.qubits])
    gate = device.two_qubit_gate.upper()
    faint = {"color": FAINT, "size": 6}
    others = [number for number in range(len(device.qubits)) if number not in line]
    traces = [
        _lines(device, device.edges, {"color": FAINT, "width": 1}),
        *(_lines(device, [edge], {"color": _colour(edge.error / worst_gate), "width": 6}) for edge in edges),
        _gates(device, device.edges, {"size": 12, "opacity": 0}),
        _gates(device, edges, {"size": 3, **_scale([e.error for e in edges], worst_gate, f"{gate} error", 0.0)}),
        _qubits(device, others, faint),
        _qubits(
            device,
            line,
            {
                "size": 17,
                **_scale([readout_error(device.qubits[q]) for q in line], worst_readout, "Read-out error", 0.54),
            },
        ),
    ]
    traces[-1] |= {
        "mode": "markers+text",
        "text": [f"{NBSP}{NBSP}{number}{NBSP}{NBSP}" for number in line],
        "textposition": [_free_side(device, line, number) for number in line],
    }
    hidden = {"visible": False, "fixedrange": True}
    layout = {
        "height": HEIGHT_PX,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "xaxis": hidden,
        "yaxis": {**hidden, "autorange": "reversed", "scaleanchor": "x", "constrain": "domain"},
    }
    return go.Figure(traces, layout)


def _worst(errors: list[float]) -> float:
    return SCALE_MEDIANS * float(np.median(errors))


def _colour(share: float) -> str:
    """Return the colour at a place, 0 to 1 and beyond, of the scale that `_scale` gives to Plotly."""
    stops = np.linspace(0, 1, len(palette.ERRORS))
    parts = ([int(colour[i : i + 2], 16) for colour in palette.ERRORS] for i in (1, 3, 5))
    return f"rgb({','.join(str(round(np.interp(share, stops, part))) for part in parts)})"


def _scale(errors: list[float], worst: float, title: str, left: float) -> dict[str, Any]:
    bar = {
        "orientation": "h",
        "x": left,
        "xanchor": "left",
        "y": -0.02,
        "yanchor": "top",
        "len": 0.46,
        "thickness": 10,
        "outlinewidth": 0,
        "title": {"text": title, "side": "top", "font": {"size": 13}},
        "tickvals": [0, worst * 100 / SCALE_MEDIANS, worst * 100],
        "ticktext": ["0", f"median {error_rate(worst / SCALE_MEDIANS)}", error_rate(worst)],
        "tickfont": {"size": 12},
    }
    colours = {"color": [error * 100 for error in errors], "colorscale": list(palette.ERRORS)}
    return {**colours, "cmin": 0, "cmax": worst * 100, "colorbar": bar, "showscale": True}


def _free_side(device: Device, line: Sequence[int], number: int) -> str:
    """Return where the number of a qubit can stand without a neighbour of the line in its way."""
    here = device.qubits[number]
    taken = {(device.qubits[q].x - here.x, device.qubits[q].y - here.y) for q in line if q != number}
    directions = {(0, -1): "top center", (0, 1): "bottom center", (1, 0): "middle right", (-1, 0): "middle left"}
    return next((name for step, name in directions.items() if step not in taken), "top center")


def _lines(device: Device, edges: Sequence[Edge], line: dict[str, Any]) -> dict[str, Any]:
    ends = [[device.qubits[number] for number in edge.qubits] for edge in edges]
    x = [coordinate for start, end in ends for coordinate in (start.x, end.x, None)]
    y = [coordinate for start, end in ends for coordinate in (start.y, end.y, None)]
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "line": line, "hoverinfo": "skip"}


def _gates(device: Device, edges: Sequence[Edge], marker: dict[str, Any]) -> dict[str, Any]:
    """Mark the middle of every edge, to point at."""
    ends = [[device.qubits[number] for number in edge.qubits] for edge in edges]
    gate = device.two_qubit_gate.upper()
    texts = [
        f"{gate} on {edge.qubits[0]} and {edge.qubits[1]}<br>error {error_rate(edge.error)}, "
        f"{edge.duration_s * 1e9:.0f} ns"
        for edge in edges
    ]
    return _points([(a.x + b.x) / 2 for a, b in ends], [(a.y + b.y) / 2 for a, b in ends], texts, marker)


def _qubits(device: Device, numbers: Sequence[int], marker: dict[str, Any]) -> dict[str, Any]:
    qubits = [device.qubits[number] for number in numbers]
    texts = [_hover_text(number, qubit) for number, qubit in zip(numbers, qubits, strict=True)]
    return _points([qubit.x for qubit in qubits], [qubit.y for qubit in qubits], texts, marker)


def _hover_text(number: int, qubit: Qubit) -> str:
    return (
        f"Qubit {number}<br>T1 {microseconds(qubit.t1_s)}, T2 {microseconds(qubit.t2_s)}"
        f"<br>reads 1 for 0: {error_rate(qubit.p1_given_0)}, 0 for 1: {error_rate(qubit.p0_given_1)}"
        f"<br>√X error {error_rate(qubit.sx_error)}"
    )


def _points(x: list[float], y: list[float], texts: list[str], marker: dict[str, Any]) -> dict[str, Any]:
    trace = {"type": "scatter", "mode": "markers", "x": x, "y": y, "marker": marker}
    return {**trace, "customdata": texts, "hovertemplate": "%{customdata}<extra></extra>"}
