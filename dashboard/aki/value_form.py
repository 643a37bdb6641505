"""Twelve fields to type or paste the values of one patient into."""

import pandas as pd
import streamlit as st

from dashboard.aki.case import Case
from dashboard.aki.urine_fields import empty_urine, rates_line, show_urine, urine_fields
from dashboard.shared.foreign import literal
from dashboard.shared.sentences import in_one_box
from qcore.errors import InvalidValue
from qcore.io.numerals import has_decimal_comma
from qcore.tasks.aki.inputs import INPUTS, Input, accepted_range, canonical_value
from qcore.tasks.aki.reading.cells import is_missing, read_cell
from qcore.tasks.aki.reading.paste import parse
from qcore.tasks.aki.reading.urine_entry import read_urine
from qcore.tasks.aki.urine import DAY, LAST
from qcore.units import Unit, UnitSystem, unit_in

COLUMNS = 4
SIGNIFICANT_DIGITS = 4
PASTE_HINT = """Creatinine first 1.1 mg/dL
Creatinine last 1.9 mg/dL
BUN 45
Urine 24h 620 mL
Urine last 6h 80 mL
…"""


SINGLE = tuple(item for item in INPUTS if item.name not in (DAY, LAST))
"""The inputs that are one number; urine is an amount and its hours."""


def _field(item: Input) -> str:
    return f"aki_value_{item.name}"


def typed_case(system: UnitSystem) -> Case | None:
    """Show the form and return the patient once all twelve values are accepted."""
    _convert_fields(system)
    with st.expander("Paste from the chart", icon=":material/content_paste:"):
        # Text and click are sent as one: of two runs in quick succession the first could end last, with the old values.
        with st.form("aki_paste_form", border=False):
            st.text_area(
                "One value a line, or two rows copied from a spreadsheet", key="aki_paste", placeholder=PASTE_HINT
            )
            st.form_submit_button("Read the text", on_click=_read_paste, args=(system,), key="aki_paste_read")
        problems = st.session_state.get("aki_paste_problems", ())
        if problems:
            st.warning(in_one_box(problems))
        if st.session_state.get("aki_paste_notes"):
            st.caption(literal(" ".join(st.session_state["aki_paste_notes"])))
    accepted: dict[str, float] = {}
    missing: list[str] = []
    refused: list[str] = []
    for start in range(0, len(SINGLE), COLUMNS):
        fields = st.columns(COLUMNS, vertical_alignment="bottom")
        for item, column in zip(SINGLE[start : start + COLUMNS], fields, strict=False):
            unit = unit_in(system, item.units)
            with column:
                text = _value_field(item, unit)
            if is_missing(text):
                missing.append(item.label)
                continue
            try:
                accepted[item.name] = _canonical(item, text, unit)
            except InvalidValue as error:
                refused.append(str(error))
        if start == 0:
            # Shown in the second row, but read after the weight below it, on which the rates depend.
            urine_texts = urine_fields()
            below_urine = st.container()
    urine = read_urine(urine_texts, accepted.get("weight_kg"))
    accepted |= urine.rates
    missing += urine.missing
    refused += urine.refused
    with below_urine:
        rates_line(urine)
    st.button("Clear all", on_click=_clear, key="aki_clear", type="tertiary", icon=":material/backspace:")
    if refused:
        st.error(in_one_box(refused), icon=":material/block:")
    if missing:
        st.info(f"Missing: {'; '.join(missing)}. Nothing is filled in for you; the answer appears when all are there.")
    if refused or len(accepted) < len(INPUTS):
        return None
    return Case(key="typed", title="This patient", source="Values entered here", inputs=pd.Series(accepted))


def _value_field(item: Input, unit: Unit) -> str:
    help_text = f"{item.definition[0].upper()}{item.definition[1:]}. Accepted: {accepted_range(item, unit)}."
    if item.choices:
        names = item.choices
        code = st.selectbox(
            item.label,
            list(names),
            index=None,
            format_func=lambda key: names[key],
            key=_field(item),
            persist_state="session",
            placeholder="Choose",
            help=help_text,
        )
        return "" if code is None else str(code)
    # A text field, because a number field of the browser drops a decimal comma: 1,2 would become 12.
    label = f"{item.label} ({unit.symbol})"
    if len(item.units) > 1:
        symbols = " or ".join(each.symbol for each in item.units)
        help_text += f" A number without a unit is in {unit.symbol}; {symbols} may be written behind it."
    return st.text_input(label, key=_field(item), persist_state="session", help=help_text, placeholder="Not entered")


def _canonical(item: Input, text: str, unit: Unit) -> float:
    """Read and check a field; where the form shows a rounded number that nobody changed, return the exact one."""
    remembered: tuple[str, float] | None = st.session_state.get("aki_exact", {}).get(item.name)
    if remembered and remembered[0] == text:
        return canonical_value(item, remembered[1])
    return read_cell(item, text, unit, decimal_comma=has_decimal_comma(text))


def _show(item: Input, canonical: float, unit: Unit) -> None:
    """Write a value into its field, rounded, and keep the exact one behind it."""
    shown = f"{float(f'{unit.from_canonical(canonical):.{SIGNIFICANT_DIGITS}g}'):g}"
    st.session_state[_field(item)] = shown
    st.session_state.setdefault("aki_exact", {})[item.name] = (shown, canonical)


def _convert_fields(system: UnitSystem) -> None:
    """Keep the patient when the units are switched: the numbers change, the values do not."""
    previous = st.session_state.get("aki_form_system", system)
    st.session_state["aki_form_system"] = system
    if previous is system:
        return
    for item in SINGLE:
        text = st.session_state.get(_field(item))
        if not text or item.choices:
            continue
        try:
            canonical = _canonical(item, text, unit_in(previous, item.units))
        except InvalidValue:
            continue  # stays as typed, and is refused in the new unit too
        _show(item, canonical, unit_in(system, item.units))


def _read_paste(system: UnitSystem) -> None:
    pasted = parse(st.session_state["aki_paste"])
    values = dict(pasted.values)
    # Another text may be about another patient: nothing of the one before may stay, whatever is understood of it.
    _empty_fields()
    show_urine(values)
    for item in SINGLE:
        if item.name in values:
            value, unit = values[item.name]
            if item.choices:
                st.session_state[_field(item)] = round(value)
            else:
                _show(item, unit.to_canonical(value), unit_in(system, item.units))
    ignored = [f"Not used: {line}" for line in pasted.ignored]
    nothing = [] if values else ["No value was recognised. Write one a line: name, value, unit."]
    st.session_state["aki_paste_problems"] = [*nothing, *pasted.problems, *ignored]
    st.session_state["aki_paste_notes"] = list(pasted.notes)


def _empty_fields() -> None:
    empty_urine()
    for item in SINGLE:
        st.session_state[_field(item)] = None if item.choices else ""


def _clear() -> None:
    _empty_fields()
    st.session_state["aki_paste"] = ""
    st.session_state["aki_paste_problems"] = []
    st.session_state["aki_paste_notes"] = []
