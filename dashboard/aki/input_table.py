"""The twelve inputs beside their reference ranges."""

from html import escape

import pandas as pd
import streamlit as st

from qcore.tasks.aki.inputs import INPUTS, Input, format_value, reference_range
from qcore.units import UnitSystem, unit_in


def input_table(inputs: pd.Series, system: UnitSystem) -> None:
    """Show every input with its value and reference range; what lies outside is bold and marked."""
    rows = "".join(_row(item, float(inputs[item.name]), system) for item in INPUTS)
    head = "<tr><th>Input</th><th class='num'>Value</th><th></th><th>Reference</th></tr>"
    st.html(f"<table class='q-table'><thead>{head}</thead><tbody>{rows}</tbody></table>")


def _row(item: Input, value: float, system: UnitSystem) -> str:
    unit = unit_in(system, item.units)
    mark, side = "", ""
    if item.reference and value > item.reference[1]:
        mark, side = "▲", "above"
    elif item.reference and value < item.reference[0]:
        mark, side = "▼", "below"
    sign = (
        f"<span title='{side} the reference range' aria-label='{side} the reference range'>{mark}</span>"
        if mark
        else ""
    )
    return (
        f"<tr><td title='{escape(item.definition)}'>{escape(item.label)}</td>"
        f"<td class='num {'strong' if mark else ''}'>{escape(format_value(item, value, unit))}</td><td>{sign}</td>"
        f"<td>{escape(reference_range(item, unit))}</td></tr>"
    )
