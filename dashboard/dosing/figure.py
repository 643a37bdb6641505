"""How all charts of the dose page are laid out: title at the left, legend below it, no zooming."""

from typing import Any

from dashboard.shared.charts.gauge import LEGEND
from dashboard.shared.foreign import drawn


def layout(title: str, height_px: int, across: str, *, legend: bool = True) -> dict[str, Any]:
    """Return a layout.

    Args:
        title: above the chart, with the unit of what it shows.
        height_px: of the whole figure.
        across: title of the horizontal axis, with its unit.
        legend: there is room for one; it shows where there are several traces.
    """
    options: dict[str, Any] = {
        "title": {"text": drawn(title), "font": {"size": 15}, "x": 0, "xref": "paper"},
        "height": height_px,
        "margin": {"l": 8, "r": 14, "t": 76 if legend else 44, "b": 44},
        "legend": {**LEGEND, "x": 0, "xanchor": "left", "font": {"size": 13}},
        "dragmode": False,
        "xaxis": {"title": {"text": drawn(across)}, "fixedrange": True, "zeroline": False},
        "yaxis": {"rangemode": "tozero", "fixedrange": True, "nticks": 6},
    }
    return options if legend else options | {"showlegend": False}


SHARE_AXIS: dict[str, Any] = {"ticksuffix": " %", "dtick": 25, "fixedrange": True, "zeroline": False}
"""The vertical axis of a share of people, or of a probability, in per cent."""
