"""What `qlinical dose` calls what the user can say of a file: its options."""

from collections.abc import Mapping, Sequence

from qcore.io.nonmem.faults import UnreadableStudy
from qcore.io.nonmem.sentences import ColumnFor, Field, Option, Text, worded

OPTIONS: Mapping[Option, str] = {
    Option.ROUTE: "--route",
    Option.SINGLE_DOSE: "--single-dose",
    Option.PER_KG: "--per-kg",
    Option.CONCENTRATION: "--concentration",
    Option.RESPONSE: "--response",
    Option.LOGARITHM: "--logarithm",
    Option.LEAVE_OUT_NEGATIVE: "--leave-out-negative",
    Option.TIME_UNIT: "--time-unit",
    Option.DOSE_UNIT: "--dose-unit",
    Option.CONCENTRATION_UNIT: "--concentration-unit",
}


class _Command:
    def where(self, fields: Sequence[Field]) -> str:
        return f" ({', '.join(map(_name, fields))})"

    def request(self, field: ColumnFor) -> str:
        return f"say {_name(field)}"


def in_command(text: Text | UnreadableStudy) -> str:
    """Return a sentence, or why a file cannot be read, a line a fault, with the options of the command.

    Args:
        text: a sentence of the reader of files, or its error.
    """
    return "\n".join(text.sentences(_Command())) if isinstance(text, UnreadableStudy) else worded(text, _Command())


def _name(field: Field) -> str:
    if isinstance(field, Option):
        return OPTIONS[field]
    return f"--map {field.role}={'COLUMN' if field.column is None else field.column}"
