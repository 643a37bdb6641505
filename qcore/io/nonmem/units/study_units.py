"""Units of a study: every time becomes hours, the rest keeps the unit that the user, the file or custom gives it."""

from collections.abc import Mapping
from dataclasses import replace

from qcore.io.nonmem.columns.roles import Columns, Role
from qcore.io.nonmem.options import Options
from qcore.io.nonmem.sentences import Option, Text, sentence, where
from qcore.io.nonmem.units.headers import hours_in, is_bracketed
from qcore.study import Units

HOUR = "h"


def hours(columns: Columns, options: Options) -> tuple[dict[Role, float], list[str]]:
    """Return the hours in one unit of each column of times, and what is to be known about it.

    The user's unit is that of the column of times; a column with a unit of its own keeps to that, and others go with
    the column of times. A rate is per unit of time.

    Args:
        columns: which column is what.
        options: the unit of time, if the user says it.
    """
    chosen = options.units.time if options.units else ""
    named = {role: _unit(columns, role) for role in (Role.TIME, Role.INTERVAL, Role.DURATION, Role.RATE)}
    usual = chosen or named[Role.TIME] or HOUR
    units = named | {Role.TIME: usual}
    per_unit = {role: hours_in(unit or usual) or 1.0 for role, unit in units.items()}
    notes = []
    if per_unit[Role.TIME] != 1:
        why = "was said" if chosen else f"the column {columns.roles[Role.TIME]} says"
        notes.append(f"Converted to hours: times, which are in {usual} in the file, as {why}.")
    others = {role: unit for role, unit in named.items() if unit and role in columns.roles and role is not Role.TIME}
    differing = [
        f"{columns.roles[role]} from {unit}" for role, unit in others.items() if per_unit[role] != per_unit[Role.TIME]
    ]
    return per_unit, [
        *notes,
        *([f"Converted to hours by a unit of their own: {', '.join(differing)}."] if differing else []),
    ]


def units(columns: Columns, options: Options, response: str = "") -> Units:
    """Return the units of a study as it is read; what the user leaves empty is what the file says.

    Args:
        columns: which column is what, and what the file says of its unit.
        options: what the user says.
        response: the unit of responses in the column of concentrations, where lines say it.
    """
    usual, chosen = Units(), options.units or Units("", "", "", "")
    stated = {
        "dose": (columns.unit(Role.AMOUNT, Role.DOSE) or usual.dose).removesuffix("/kg"),
        "concentration": columns.unit(Role.VALUE) or usual.concentration,
        "response": columns.unit(Role.RESPONSE) or response or usual.response,
    }
    changed = {name: text for name, text in stated.items() if text and not getattr(chosen, name)}
    changed |= {"time": HOUR} if chosen.time != HOUR else {}
    return replace(chosen, **changed) if changed else chosen


def units_note(read: Units, columns: Columns, options: Options) -> Text:
    """Return a sentence on the units, and how to correct them where nobody said them."""
    chosen = options.units or Units("", "", "")
    roles = {"time": (Role.TIME,), "dose": (Role.AMOUNT, Role.DOSE), "concentration": (Role.VALUE,)}
    # A row or a column of units says it, or brackets in the header; the ending of a name (AMT_ug) is a guess.
    stated = {name for name, of_quantity in roles.items() if any(_is_certain(columns, role) for role in of_quantity)}
    unsaid = [Option(f"units.{name}") for name in roles if not getattr(chosen, name) and name not in stated]
    units = f"Times are in {read.time}, doses in {read.dose}, concentrations in {read.concentration}."
    if not unsaid:
        return units
    doubt = " The file does not say all of this for certain; if they are others, say so"
    return sentence(units, doubt, where(*unsaid), ".")


def _is_certain(columns: Columns, role: Role) -> bool:
    name = columns.roles.get(role, "")
    return name in columns.units or (is_bracketed(name) and columns.states(role))


def _unit(columns: Columns, role: Role) -> str | None:
    """Return the unit of time that the name of a column holds; None where it holds none that is known."""
    unit = columns.unit(role) or ""
    if role is Role.RATE:
        unit = unit.rpartition("/")[2] if "/" in unit else ""
    return unit if hours_in(unit) else None


def scaled(role: Role, per_unit: Mapping[Role, float]) -> float:
    """Return what turns a number of a column into hours, or into an amount per hour."""
    factor = per_unit.get(role, 1.0)
    return 1 / factor if role is Role.RATE else factor
