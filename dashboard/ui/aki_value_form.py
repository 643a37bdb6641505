"""Twelve fields to type or paste the values of one patient into."""

import pandas as pd
import streamlit as st

from dashboard.ui.case import Case
from qcore.errors import InvalidValue
from qcore.tasks.aki.inputs import INPUTS, Input, accepted_range, canonical_value, slider_range
from qcore.tasks.aki.reading.paste import parse
from qcore.units import Unit, UnitSystem, unit_in

COLUMNS = 4
SIGNIFICANT_DIGITS = 4
PASTE_HINT = """Creatinine first 1.1 mg/dL
Creatinine last 1.9 mg/dL
BUN 45
Urine 24h 620 mL
…"""


def _field(item: Input) -> str:
    return f"aki_value_{item.name}"


def typed_case(system: UnitSystem) -> Case | None:
    """Show the form and return the patient once all twelve values are accepted."""
    _convert_fields(system)
    with st.expander("Paste from the chart", icon=":material/content_paste:"):
        st.text_area("One value a line, or two rows copied from a spreadsheet", key="aki_paste", placeholder=PASTE_HINT)
        st.button("Read the text", on_click=_read_paste, args=(system,), key="aki_paste_read")
        for sentence in st.session_state.get("aki_paste_problems", ()):
            st.warning(sentence)
        for sentence in st.session_state.get("aki_paste_notes", ()):
            st.caption(sentence)
    accepted: dict[str, float] = {}
    missing: list[str] = []
    refused: list[str] = []
    for start in range(0, len(INPUTS), COLUMNS):
        for item, column in zip(INPUTS[start : start + COLUMNS], st.columns(COLUMNS), strict=True):
            unit = unit_in(system, item.units)
            with column:
                value = _value_field(item, unit)
            if value is None:
                missing.append(item.label)
                continue
            try:
                checked = canonical_value(item, value, unit)
                accepted[item.name] = _exact(item, value, checked)
            except InvalidValue as error:
                refused.append(str(error))
    st.button("Clear all", on_click=_clear, key="aki_clear", type="tertiary", icon=":material/backspace:")
    for sentence in refused:
        st.error(sentence, icon=":material/block:")
    if missing:
        st.info(f"Missing: {', '.join(missing)}. Nothing is filled in for you; the answer appears when all are there.")
    if len(accepted) < len(INPUTS):
        return None
    return Case(key="typed", title="This patient", source="Values entered here", inputs=pd.Series(accepted))


def _value_field(item: Input, unit: Unit) -> float | None:
    help_text = f"{item.definition[0].upper()}{item.definition[1:]}. Accepted: {accepted_range(item, unit)}."
    if item.choices:
        codes = list(item.choices)
        names = item.choices
        code = st.selectbox(
            item.label,
            codes,
            index=None,
            format_func=lambda key: names[key],
            key=_field(item),
            persist_state="session",
            placeholder="Choose",
            help=help_text,
        )
        return None if code is None else float(code)
    label = f"{item.label} ({unit.symbol})"
    step = slider_range(item, item.common[0], unit)[2]
    number: float | None = st.number_input(
        label,
        value=None,
        step=step,
        key=_field(item),
        persist_state="session",
        help=help_text,
        format="%g",
        placeholder="Not entered",
    )
    return number


def _shown(canonical: float, unit: Unit) -> float:
    return float(f"{unit.from_canonical(canonical):.{SIGNIFICANT_DIGITS}g}")


def _remember(item: Input, shown: float, canonical: float) -> None:
    """Keep the exact value behind a number that the form shows rounded."""
    st.session_state.setdefault("aki_exact", {})[item.name] = (shown, canonical)


def _exact(item: Input, shown: float, canonical: float) -> float:
    """Return the exact value behind a shown number, or `canonical` where the user has typed another one."""
    remembered: tuple[float, float] | None = st.session_state.get("aki_exact", {}).get(item.name)
    return remembered[1] if remembered and remembered[0] == shown else canonical


def _convert_fields(system: UnitSystem) -> None:
    """Keep the patient when the units are switched: the numbers change, the values do not."""
    previous = st.session_state.get("aki_form_system", system)
    st.session_state["aki_form_system"] = system
    if previous is system:
        return
    for item in INPUTS:
        value = st.session_state.get(_field(item))
        if value is None or item.choices:
            continue
        canonical = _exact(item, value, unit_in(previous, item.units).to_canonical(value))
        shown = _shown(canonical, unit_in(system, item.units))
        st.session_state[_field(item)] = shown
        _remember(item, shown, canonical)


def _read_paste(system: UnitSystem) -> None:
    pasted = parse(st.session_state["aki_paste"])
    found = dict(pasted.values)
    for item in INPUTS:
        if item.name in found:
            value, unit = found[item.name]
            if item.choices:
                st.session_state[_field(item)] = round(value)
                continue
            canonical = unit.to_canonical(value)
            shown = _shown(canonical, unit_in(system, item.units))
            st.session_state[_field(item)] = shown
            _remember(item, shown, canonical)
    ignored = [f"Not used: {line}" for line in pasted.ignored]
    nothing = [] if found else ["No value was recognised. Write one a line: name, value, unit."]
    st.session_state["aki_paste_problems"] = [*nothing, *pasted.problems, *ignored]
    st.session_state["aki_paste_notes"] = list(pasted.notes)


def _clear() -> None:
    for item in INPUTS:
        st.session_state[_field(item)] = None
    st.session_state["aki_paste"] = ""
    st.session_state["aki_paste_problems"] = []
    st.session_state["aki_paste_notes"] = []
