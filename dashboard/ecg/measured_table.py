"""What is measured on the trace, beside what is usual; and how good each lead is."""

from html import escape

import streamlit as st

from dashboard.shared.foreign import literal
from dashboard.shared.numbers import NBSP
from qcore.io.ecg.record import Stated
from qcore.tasks.ecg.measure import Measured
from qcore.tasks.ecg.measurements import Measurement
from qcore.tasks.ecg.normal_ranges import NormalRange

SHOWN = (
    "rate_bpm", "pr_ms", "qrs_ms", "qt_ms", "qtc_bazett_ms", "qtc_fridericia_ms",
    "p_axis_deg", "qrs_axis_deg", "t_axis_deg", "sdnn_ms", "rmssd_ms",
)  # fmt: skip
OFTEN_UNMEASURED = ("sdnn_ms", "rmssd_ms")
"""Of ten seconds they cannot be told: a line is left out rather than empty."""
QTC = ("qtc_bazett_ms", "qtc_fridericia_ms")
STATED = {"rate_bpm": "rate_bpm", "pr_ms": "pr_ms", "qrs_ms": "qrs_ms", "qt_ms": "qt_ms", "qrs_axis_deg": "axis_deg"}
"""What a machine writes of the same, by our names."""
UNITS = {"beats/min": "/min", "deg": "°"}
JUDGED = {"low": "▼ below", "high": "▲ above"}


def measured_table(found: Measured, stated: Stated) -> None:
    """Show intervals, axes and the quality of the signal.

    Args:
        found: what was measured.
        stated: what the machine that recorded it wrote.
    """
    st.html(_intervals(found, stated))
    bad = [f"{lead}: {quality.words}" for lead, quality in found.quality.items() if quality.words != "good"]
    words = literal("; ".join(bad)) if bad else "good in every lead"
    st.caption(f"Signal quality {words}. QTc is given first by the formula that fits the rate.")


def st_table(found: Measured) -> None:
    """Show how far ST is raised or lowered in each lead."""
    rows = [(lead, each) for lead, each in found.st_mv.items() if each.value is not None]
    if rows:
        st.html(_st(rows))
    else:
        st.markdown("ST is not measurable in any lead.")


def _in_order(found: Measured) -> list[str]:
    """Return the keys of the table in the order that they are shown."""
    keys = [key for key in SHOWN if key not in OFTEN_UNMEASURED or found.measurements[key].value is not None]
    if found.first_qtc in QTC:
        others = [key for key in QTC if key != found.first_qtc]
        at = keys.index(QTC[0])
        keys[at : at + len(QTC)] = [found.first_qtc, *others]
    return keys


def _intervals(found: Measured, stated: Stated) -> str:
    machine = {key: getattr(stated, name) for key, name in STATED.items()}
    has_machine = any(value is not None for value in machine.values())
    lines = []
    for key in _in_order(found):
        each = found.measurements[key]
        cells = [f"<td class='whole'>{escape(each.name)}</td>", _value(each), f"<td>{_range(each)}</td>"]
        if has_machine:
            value = machine.get(key)
            cells.append(f"<td class='num'>{'' if value is None else _minus(value)}</td>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    machine_head = "<th class='num'>Machine</th>" if has_machine else ""
    head = f"<th>Measured</th><th class='num'></th><th>Usual</th>{machine_head}"
    return f"<table class='q-table'><thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table>"


def _value(each: Measurement) -> str:
    if each.value is None:
        return f"<td>not measurable: {escape(each.reason)}</td>"
    judged = each.normal.judged(each.value) if each.normal else "normal"
    mark = f" <span class='strong'>{JUDGED[judged]}</span>" if judged in JUDGED else ""
    return f"<td class='num'><b>{_minus(each.value)}</b>{NBSP}{_unit(each.unit)}{mark}</td>"


def _minus(value: float) -> str:
    return f"{round(value) + 0:.0f}".replace("-", "−")


def _range(each: Measurement) -> str:
    if each.normal is None:
        return ""
    return f"<span title='{escape(each.normal.source, quote=True)}'>{_limits(each.normal)}</span>"


def _limits(normal: NormalRange) -> str:
    low, high = (None if value is None else f"{value:g}".replace("-", "−") for value in (normal.low, normal.high))
    if low is None:
        return f"up to {high}"
    return f"from {low}" if high is None else f"{low} to {high}"


def _unit(unit: str) -> str:
    return escape(UNITS.get(unit, unit))


def _st(rows: list[tuple[str, Measurement]]) -> str:
    head = "".join(f"<th class='num'>{escape(lead)}</th>" for lead, _ in rows)
    cells = "".join(_st_cell(each) for _, each in rows)
    return (
        f"<table class='q-table'><thead><tr><th>ST, mV</th>{head}</tr></thead>"
        f"<tbody><tr><td class='whole'>after J</td>{cells}</tr></tbody></table>"
    )


def _st_cell(each: Measurement) -> str:
    value = each.value or 0.0
    judged = each.normal.judged(value) if each.normal else "normal"
    text = f"{round(value, 2) + 0.0:+.2f}".replace("-", "−")
    return f"<td class='num{' strong' if judged in JUDGED else ''}'>{text}</td>"
