"""A number with its unit behind it, as typed into a field or charted in a cell: 1.1 mg/dL, 168 µmol/L, 84 kg."""

import re

from qcore.errors import InvalidValue
from qcore.tasks.aki.inputs import Input
from qcore.tasks.aki.reading.age_and_sex import without_sex
from qcore.tasks.aki.reading.folding import folded
from qcore.tasks.aki.reading.vocabulary import UNIT_SPELLINGS
from qcore.units import AGE, HOURS, UREA_NITROGEN, Unit

_WITH_UNIT = re.compile(r"(?P<number>[-+−–]?[0-9](?:[0-9.,'’ \u00a0\u202f]*[0-9])?)\s*(?P<unit>[^0-9\s.,].*)")
_HOURS = dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "std"), HOURS[0].symbol)


def number_and_unit(item: Input, text: str, unit: Unit) -> tuple[str, Unit]:
    """Split a text into its number and the unit behind it; the text itself and ``unit`` where none is known there.

    Args:
        item: the input or amount that it holds.
        text: as it was typed, or stands in a cell.
        unit: of the field or the column.

    Raises:
        InvalidValue: it is a unit of something else, or may be of urea as well as of its nitrogen.
    """
    match = None if item.choices else _WITH_UNIT.fullmatch(text.strip())
    if match is None:
        return text, unit
    written = folded(match["unit"])
    if item.units is AGE:
        written, has_sex = without_sex(match["unit"])
        if has_sex and not written:
            return match["number"], unit
    symbol = UNIT_SPELLINGS.get(written) or _HOURS.get(written)
    if symbol is None:
        return text, unit
    # Of urea in mg/dL the unit has another name here than people write.
    if symbol == unit.symbol.partition(" ")[0]:
        return match["number"], unit
    if item.units is UREA_NITROGEN and symbol == UREA_NITROGEN[0].symbol:
        raise InvalidValue(
            f"{item.label}: {text.strip()!r} may be urea or urea nitrogen, which differ in {symbol}: write it in "
            f"{unit.symbol}."
        )
    other = next((each for each in item.units if each.symbol == symbol), None)
    if other is None:
        expected = " or ".join(each.symbol for each in item.units)
        raise InvalidValue(f"{item.label}: {symbol} is not its unit, use {expected}.")
    return match["number"], other
