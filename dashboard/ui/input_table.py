"""The twelve inputs beside their reference ranges."""

from html import escape

import pandas as pd
import streamlit as st

from qcore.tasks.aki.inputs import INPUTS, Input, format_value, reference_range
from qcore.units import UnitSystem, unit_in

STYLE = """<style>
.q-inputs {width:100%; border-collapse:collapse; font-size:0.92rem; font-variant-numeric:tabular-nums;}
.q-inputs th {text-align:left; font-weight:600; padding:4px 8px 6px 0; border-bottom:1px solid rgba(123,136,148,.5);}
.q-inputs td {padding:4.5px 8px 4.5px 0; border-bottom:1px solid rgba(123,136,148,.22); vertical-align:baseline;}
.q-inputs td.v, .q-inputs th.v {text-align:right; white-space:nowrap;}
.q-inputs td.out {font-weight:700;}
.q-inputs td.r {white-space:nowrap; opacity:.85;}
.q-inputs .d {display:block; font-size:.8rem; opacity:.8;}
</style>"""


def input_table(inputs: pd.Series, system: UnitSystem) -> None:
    """Show every input with its value and reference range; what lies outside is bold and marked."""
    rows = "".join(_row(item, float(inputs[item.name]), system) for item in INPUTS)
    head = "<tr><th>Input</th><th class='v'>Value</th><th></th><th>Reference</th></tr>"
    st.html(f"{STYLE}<table class='q-inputs'><thead>{head}</thead><tbody>{rows}</tbody></table>")


def _row(item: Input, value: float, system: UnitSystem) -> str:
    unit = unit_in(system, item.units)
    mark, said = "", ""
    if item.reference and value > item.reference[1]:
        mark, said = "▲", "above"
    elif item.reference and value < item.reference[0]:
        mark, said = "▼", "below"
    sign = (
        f"<span title='{said} the reference range' aria-label='{said} the reference range'>{mark}</span>"
        if mark
        else ""
    )
    return (
        f"<tr><td>{escape(item.label)}<span class='d'>{escape(item.definition)}</span></td>"
        f"<td class='v {'out' if mark else ''}'>{escape(format_value(item, value, unit))}</td><td>{sign}</td>"
        f"<td class='r'>{escape(reference_range(item, unit))}</td></tr>"
    )
