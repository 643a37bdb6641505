"""Four fields for urine, amounts and the hours in which they were collected, and the rates that follow."""

from collections.abc import Mapping

import streamlit as st

from qcore.tasks.aki.inputs import BY_NAME, accepted_range, format_value
from qcore.tasks.aki.reading.urine_amounts import AMOUNTS
from qcore.tasks.aki.reading.urine_entry import FIELDS, HOURS_OF, RATE_OF, EnteredUrine
from qcore.tasks.aki.urine import DAY, LAST
from qcore.units import Unit


def _field(name: str) -> str:
    return f"aki_value_{name}"


def urine_fields() -> dict[str, str]:
    """Show the fields in one row and return what is typed, by name of `FIELDS`."""
    texts = {}
    for name, column in zip(FIELDS, st.columns(len(FIELDS), vertical_alignment="bottom"), strict=True):
        item = AMOUNTS[name]
        help_text = f"{item.definition[0].upper()}{item.definition[1:]}. Accepted: {accepted_range(item)}."
        if name in HOURS_OF:
            help_text += " A rate may be written instead, such as 0.4 mL/kg/h; then no hours are needed."
        with column:
            texts[name] = st.text_input(
                f"{item.label} ({item.unit.symbol})",
                key=_field(name),
                persist_state="session",
                help=help_text,
                placeholder="Not entered",
            )
    return texts


def rates_line(urine: EnteredUrine) -> None:
    """Say what the amounts come to by KDIGO's measure, once they do."""
    if urine.rates:
        day, last = (format_value(BY_NAME[name], urine.rates[name]) for name in (DAY, LAST))
        st.caption(f"Urine: {day} over the day, {last} in its last 6 h.")


def show_urine(entered: Mapping[str, tuple[float, Unit]]) -> None:
    """Write pasted amounts, hours and rates into their fields."""
    for name in FIELDS:
        if name in entered:
            value, unit = entered[name]
            st.session_state[_field(name)] = f"{unit.to_canonical(value):g}"
        elif name in RATE_OF and RATE_OF[name] in entered:
            value, unit = entered[RATE_OF[name]]
            st.session_state[_field(name)] = f"{value:g} {unit.symbol}"


def empty_urine() -> None:
    """Clear the fields."""
    for name in FIELDS:
        st.session_state[_field(name)] = ""
