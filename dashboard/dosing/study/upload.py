"""A study from a file: how it was read, what the user says where the file does not tell, and the way to a model."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.dosing.study.fields import ABSENT, COLUMNS, HEADING, OPTIONS, faults_on_page, on_page
from dashboard.dosing.study.parsed import Table, Upload, study_of, table_of
from dashboard.shared.foreign import literal
from dashboard.shared.kept_file import KeptFile
from qcore.errors import QlinicalError
from qcore.io.nonmem.columns.roles import Role
from qcore.io.nonmem.options import Options, Route
from qcore.io.nonmem.sentences import Option, Text
from qcore.study import Units

AS_FOUND = "as found"
PER_ROW = 3
AS_FILE = "as the file tells"
TIME_UNITS = ("h", "min", "s", "days", "weeks")
PER_KG = "per kg of body weight"


def uploaded_study(file: KeptFile, below: DeltaGenerator) -> Upload | None:
    """Read a file as the user says and show how; None, with the reason, where it cannot be read so.

    Args:
        file: as it was brought.
        below: where the user says what the file does not.
    """
    try:
        table = table_of(file)
        # Another key, because a browser leaves an expander that it knows as it was.
        key = f"dosing_mapping_{_is_unread()}"
        with below, st.expander(HEADING, expanded=_is_unread(), key=key):
            roles, options = _roles(table), _options()
    except QlinicalError as error:
        st.error(literal(error), icon=":material/error:")
        return None
    try:
        upload = study_of(file, roles, options)
    except QlinicalError as error:
        first, *others = faults_on_page(error)
        st.error(literal(first), icon=":material/error:")
        for other in others:
            st.markdown(f"- {literal(other)}")
        st.markdown("Say below what the columns are, or what the file does not say, and it is read again at once.")
        if not _is_unread():
            # Once more, with what is asked for opened.
            st.session_state["dosing_unread"] = True
            st.rerun()
        return None
    st.session_state["dosing_unread"] = False
    return upload


def _is_unread() -> bool:
    return bool(st.session_state.get("dosing_unread"))


def reading_notes(notes: tuple[Text, ...]) -> None:
    """List how a file was read.

    Args:
        notes: sentences on what was taken for what, left out or changed.
    """
    for note in notes:
        st.markdown(f"- {literal(on_page(note))}")


def reading_doubt(doubt: Text) -> str:
    """Write what a file does not tell and the answer hangs on, to be set in bold or beside a badge.

    Args:
        doubt: a sentence on it.
    """
    return literal(on_page(doubt, far=True))


def _roles(table: Table) -> dict[Role, str]:
    header = [column for column in table.cells.header if column]
    chosen: dict[Role, str] = {}
    for start in range(0, len(COLUMNS), PER_ROW):
        for role, column in zip(list(COLUMNS)[start : start + PER_ROW], st.columns(PER_ROW), strict=False):
            as_found = f"{AS_FOUND}: {table.columns.roles.get(role, 'none')}"
            with column:
                name = st.selectbox(COLUMNS[role], [as_found, ABSENT, *header], key=f"dosing_role_{role}")
            if name != as_found:
                chosen[role] = "" if name == ABSENT else name
    return chosen


def _options() -> Options:
    left, middle, right = st.columns(PER_ROW)
    usual = Units()
    with left:
        route = st.selectbox(OPTIONS[Option.ROUTE], [AS_FILE, *Route], key="dosing_route")
        dose_unit = st.text_input(
            OPTIONS[Option.DOSE_UNIT], placeholder=usual.dose, key="dosing_unit_dose", max_chars=12
        )
        concentration = st.text_input(
            OPTIONS[Option.CONCENTRATION], placeholder=AS_FILE, key="dosing_code_concentration", help="Its DVID or CMT."
        )
    with middle:
        dose = st.number_input(
            OPTIONS[Option.SINGLE_DOSE],
            min_value=0.0,
            value=None,
            format="%g",
            placeholder=AS_FILE,
            key="dosing_single",
            help="For files that hold no dose.",
        )
        unit = st.text_input(
            OPTIONS[Option.CONCENTRATION_UNIT], placeholder=usual.concentration, key="dosing_unit_conc", max_chars=12
        )
        response = st.text_input(
            OPTIONS[Option.RESPONSE], placeholder=AS_FILE, key="dosing_code_response", help="Its DVID or CMT."
        )
        time_unit = st.selectbox(OPTIONS[Option.TIME_UNIT], [AS_FILE, *TIME_UNITS], key="dosing_unit_time")
    with right:
        per_kg = st.selectbox(OPTIONS[Option.PER_KG], [AS_FILE, PER_KG, "whole doses"], key="dosing_per_kg")
        response_unit = st.text_input(
            "Unit of the response", placeholder="none", key="dosing_unit_response", max_chars=12
        )
        negative = st.checkbox(
            OPTIONS[Option.LEAVE_OUT_NEGATIVE],
            key="dosing_negative",
            help="Concentrations below 0: noise of the assay.",
        )
        logarithm = st.checkbox(
            OPTIONS[Option.LOGARITHM], key="dosing_logarithm", help="Concentrations in the file are natural logarithms."
        )
    time = "" if time_unit == AS_FILE else time_unit
    any_unit = time or dose_unit or unit or response_unit
    return Options(
        route=None if route == AS_FILE else Route(route),
        units=Units(time, dose_unit, unit, response_unit) if any_unit else None,
        dose=dose,
        dose_per_kg=None if per_kg == AS_FILE else per_kg == PER_KG,
        concentration=concentration.strip() or None,
        response=response.strip() or None,
        leave_out_negative=negative,
        logarithm=logarithm,
    )
