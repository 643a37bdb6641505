"""What the page calls what the user can say of a file: the labels of its fields, in the sentences of the reader too."""

from collections.abc import Mapping, Sequence

from qcore.errors import QlinicalError
from qcore.io.nonmem.columns.names import Role
from qcore.io.nonmem.faults import UnreadableStudy
from qcore.io.nonmem.sentences import ColumnFor, Field, Option, Text, worded

HEADING = "Columns, and what the file does not say"
FAR = f"below, under '{HEADING}': "
ABSENT = "no such column"
COLUMNS: Mapping[Role, str] = {
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
OPTIONS: Mapping[Option, str] = {
    Option.ROUTE: "How doses were given",
    Option.SINGLE_DOSE: "One dose for everybody, at time 0",
    Option.PER_KG: "Doses are",
    Option.CONCENTRATION: "Code of the concentration",
    Option.RESPONSE: "Code of the response",
    Option.LOGARITHM: "Logarithms",
    Option.LEAVE_OUT_NEGATIVE: "Leave out below 0",
    Option.TIME_UNIT: "Unit of times",
    Option.DOSE_UNIT: "Unit of doses",
    Option.CONCENTRATION_UNIT: "Unit of concentrations",
}


class _Page:
    """Fields by their labels.

    Args:
        far: they are not in sight, so that it is written where they are.
    """

    def __init__(self, *, far: bool) -> None:
        self._far = far

    def where(self, fields: Sequence[Field]) -> str:
        labels = [OPTIONS[field] if isinstance(field, Option) else COLUMNS.get(field.role) for field in fields]
        quoted = [f"'{label}'" for label in labels if label]
        return f" ({FAR if self._far else ''}{', '.join(quoted)})" if quoted else ""

    def request(self, field: ColumnFor) -> str:
        label = COLUMNS.get(field.role)
        if label is None:
            return f"give the column of the role {field.role} another name in the file"
        chosen = "its column" if field.column is None else f"'{field.column or ABSENT}'"
        return f"choose {chosen} under '{label}'"


def on_page(text: Text, *, far: bool = False) -> str:
    """Return a sentence of the reader with the labels of the page; not made literal.

    Args:
        text: a sentence on how the file was read.
        far: it is shown where the fields are not in sight, so that it says where they are.
    """
    return worded(text, _Page(far=far))


def faults_on_page(error: QlinicalError) -> list[str]:
    """Return why a file cannot be read, a sentence a fault, with the labels of the page; not made literal.

    Args:
        error: what the reader of files raised.
    """
    return error.sentences(_Page(far=False)) if isinstance(error, UnreadableStudy) else [str(error)]
