"""A study from a file: how it was read, what the user says where the file does not tell, and the way to a model."""

import re
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.shared.foreign import literal
from qcore.errors import QlinicalError
from qcore.io.nonmem.columns.roles import Role, detect
from qcore.io.nonmem.options import Options, Route
from qcore.io.nonmem.reader import ReadStudy, read_study
from qcore.io.nonmem.table import read_table
from qcore.study import Units
from qcore.tasks.dosing.fitting import digest

FOUND, ABSENT = "as found", "no such column"
ASKED = {
    Role.SUBJECT: "Who (subject)",
    Role.TIME: "When (time)",
    Role.AMOUNT: "Dose where it was given (amount)",
    Role.DOSE: "Dose repeated in every line (dose)",
    Role.VALUE: "What was measured (value)",
    Role.RESPONSE: "Response beside it (response)",
    Role.DVID: "Kind of measurement (dvid)",
    Role.EVID: "Dose or measurement (evid)",
    Role.WEIGHT: "Body weight (weight)",
    Role.OCCASION: "Occasion, where subjects begin anew (occasion)",
    Role.DATE: "Date, beside a time of day (date)",
    Role.RATE: "Rate of infusions (rate)",
}
"""Roles people can give by hand; the others are found by their names or not needed."""
COLUMNS = 3
AS_FILE = "as the file tells"
TIME_UNITS = ("h", "min", "s", "days", "weeks")
PER_KG = "per kg of body weight"

SAYING = "Columns, and what the file does not say"
OPTIONS = re.compile(r" \((?:--[a-z-]+(?:, )?)+\)")
"""Names of the command's options in sentences that it shares with the page, whose fields have names of their own."""


@dataclass(frozen=True)
class Upload:
    """A file that was read.

    Attributes:
        title: of the study.
        data: bytes of the file.
        read: the study.
        roles: columns as the user says.
        options: what else the user says.
    """

    title: str
    data: bytes
    read: ReadStudy
    roles: dict[Role, str]
    options: Options

    @property
    def key(self) -> str:
        """SHA-256 of the file and of how it was read."""
        return digest(self.data, self.roles, self.options)


def uploaded_study(name: str, data: bytes, below: DeltaGenerator) -> Upload | None:
    """Read a file as the user says and show how; None, with the reason, where it cannot be read so.

    Args:
        name: of the file.
        data: its bytes.
        below: where the user says what the file does not.
    """
    try:
        header = [column for column in read_table(name, data).header if column]
        # Another key, because a browser leaves an expander that it knows as it was.
        key = f"dosing_mapping_{_is_unread()}"
        with below, st.expander(SAYING, expanded=_is_unread(), key=key):
            roles, options = _roles(name, data, header), _options()
    except QlinicalError as error:
        st.error(literal(error), icon=":material/error:")
        return None
    try:
        read = read_study(name, data, roles, options)
    except QlinicalError as error:
        st.error(literal(error), icon=":material/error:")
        st.markdown("Say below what the columns are, or what the file does not say, and it is read again at once.")
        if not _is_unread():
            # Once more, with what is asked for opened.
            st.session_state["dosing_unread"] = True
            st.rerun()
        return None
    st.session_state["dosing_unread"] = False
    return Upload(name.rsplit(".", 1)[0], data, read, roles, options)


def _is_unread() -> bool:
    return bool(st.session_state.get("dosing_unread"))


def reading_notes(notes: tuple[str, ...]) -> None:
    """List how a file was read."""
    for note in notes:
        st.markdown(f"- {literal(OPTIONS.sub('', note))}")


def reading_doubt(doubt: str) -> str:
    """Write what a file does not tell and the answer hangs on, to be set in bold or beside a badge."""
    return literal(OPTIONS.sub(f" below, under '{SAYING}'", doubt))


def _roles(name: str, data: bytes, header: list[str]) -> dict[Role, str]:
    found = detect(header, _rows(name, data, header)).roles
    chosen: dict[Role, str] = {}
    for start in range(0, len(ASKED), COLUMNS):
        for role, column in zip(list(ASKED)[start : start + COLUMNS], st.columns(COLUMNS), strict=False):
            first = f"{FOUND}: {found.get(role, 'none')}"
            with column:
                said = st.selectbox(ASKED[role], [first, ABSENT, *header], key=f"dosing_role_{role}")
            if said != first:
                chosen[role] = "" if said == ABSENT else said
    return chosen


def _rows(name: str, data: bytes, header: list[str]) -> list[list[str]]:
    table = read_table(name, data)
    places = [table.header.index(column) for column in header]
    return [[row[place] for place in places] for row in table.rows]


def _options() -> Options:
    left, middle, right = st.columns(COLUMNS)
    usual = Units()
    with left:
        route = st.selectbox("How doses were given", [AS_FILE, *Route], key="dosing_route")
        dose_unit = st.text_input("Unit of doses", placeholder=usual.dose, key="dosing_unit_dose", max_chars=12)
        concentration = st.text_input(
            "Code of the concentration", placeholder=AS_FILE, key="dosing_code_concentration", help="Its DVID or CMT."
        )
    with middle:
        dose = st.number_input(
            "One dose for everybody, at time 0",
            min_value=0.0,
            value=None,
            format="%g",
            placeholder=AS_FILE,
            key="dosing_single",
            help="For files that hold no dose.",
        )
        unit = st.text_input(
            "Unit of concentrations", placeholder=usual.concentration, key="dosing_unit_conc", max_chars=12
        )
        response = st.text_input(
            "Code of the response", placeholder=AS_FILE, key="dosing_code_response", help="Its DVID or CMT."
        )
        time_unit = st.selectbox("Unit of times", [AS_FILE, *TIME_UNITS], key="dosing_unit_time")
    with right:
        per_kg = st.selectbox("Doses are", [AS_FILE, PER_KG, "whole doses"], key="dosing_per_kg")
        response_unit = st.text_input(
            "Unit of the response", placeholder="none", key="dosing_unit_response", max_chars=12
        )
        negative = st.checkbox(
            "Leave out below 0", key="dosing_negative", help="Concentrations below 0: noise of the assay."
        )
        logarithm = st.checkbox(
            "Logarithms", key="dosing_logarithm", help="Concentrations in the file are natural logarithms."
        )
    time = "" if time_unit == AS_FILE else time_unit
    said = time or dose_unit or unit or response_unit
    return Options(
        route=None if route == AS_FILE else Route(route),
        units=Units(time, dose_unit, unit, response_unit) if said else None,
        dose=dose,
        dose_per_kg=None if per_kg == AS_FILE else per_kg == PER_KG,
        concentration=concentration.strip() or None,
        response=response.strip() or None,
        leave_out_negative=negative,
        logarithm=logarithm,
    )
