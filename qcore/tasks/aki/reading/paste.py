"""Text pasted from a chart or a spreadsheet to inputs with their units; what is unclear is asked."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from qcore.errors import InvalidValue
from qcore.io.delimited import shortened
from qcore.io.numerals import has_decimal_comma
from qcore.tasks.aki.inputs import Input
from qcore.tasks.aki.reading import icu_names
from qcore.tasks.aki.reading.age_and_sex import without_sex
from qcore.tasks.aki.reading.cells import is_missing, number_in
from qcore.tasks.aki.reading.dialysis import names_dialysis, remark, was_given
from qcore.tasks.aki.reading.naming import Named, is_rate, named, named_without_unit, unit_of
from qcore.tasks.aki.reading.paste_lines import Entry, entries
from qcore.tasks.aki.reading.urine_amounts import KNOWN
from qcore.tasks.aki.reading.urine_entry import HOURS_OF
from qcore.tasks.aki.reading.vocabulary import ICU, UREA_MG_DL
from qcore.units import HOURS, UREA_NITROGEN, Unit

MAX_CHARACTERS = 20_000
_SAME = 0.03
"""Values in two units that differ by less are one, rounded."""


@dataclass(frozen=True)
class Pasted:
    """What a pasted text says.

    Attributes:
        values: name of an input, or of an amount or hours of urine, to the number as written and its unit, one of the
            units of the input. The range is not checked: that is done with the form, by ``inputs.canonical_value``.
        problems: sentences about lines that are not used and must be.
        notes: sentences about what was understood without being written, or converted.
        ignored: lines that name no input or hold no value.
    """

    values: Mapping[str, tuple[float, Unit]] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    ignored: tuple[str, ...] = ()


def parse(text: str) -> Pasted:
    """Read text that was pasted from a chart or a spreadsheet: inputs with their units, and what is unclear.

    It may be lines such as ``Creatinine last 1.9 mg/dL`` or ``temp: 36,4 °C``, two or three columns
    of a spreadsheet (name, value, unit), or a header line above one line of values. Never raises:
    what cannot be read is in ``problems`` and ``ignored``.
    """
    if len(text) > MAX_CHARACTERS:
        return Pasted(problems=("The text is too long: paste the values of one patient, or upload a file.",))
    try:
        pasted = entries(text)
    except InvalidValue as error:
        return Pasted(problems=(str(error),))
    meanings, problems, ignored = _meanings(pasted)
    values: dict[str, tuple[float, Unit]] = {}
    notes = [remark() for entry in pasted if _tells_of_dialysis(entry)][:1]
    conflicting: set[str] = set()
    for name, meaning, entry in _named_inputs(meanings, problems):
        try:
            pair = _value(name, meaning, entry, notes, decimal_comma=has_decimal_comma(text))
        except InvalidValue as error:
            problems.append(str(error))
            continue
        if values.setdefault(name, pair) != pair:
            conflicting.add(name)
        if name in HOURS_OF and not math.isnan(meaning.hours):
            values.setdefault(HOURS_OF[name], (meaning.hours, HOURS[0]))
    for name in conflicting:
        problems.append(f"{KNOWN[name].label} is given twice with different values: keep one.")
        del values[name]
    return Pasted(values, tuple(problems), tuple(dict.fromkeys(notes)), tuple(ignored))


def _meanings(pasted: list[Entry]) -> tuple[list[tuple[Named, Entry]], list[str], list[str]]:
    """Entries that name an input; sentences about those that cannot; other lines."""
    meanings, problems, ignored = [], [], []
    typed = any(_holds_type(entry) for entry in pasted)
    for entry in pasted:
        try:
            # The unit behind the value tells a rate of urine from an amount.
            meaning = named(f"{entry.label} ({entry.unit})" if is_rate(entry.unit) else entry.label)
        except InvalidValue as error:
            problems.append(str(error))
            continue
        if meaning is None or not meaning.quantity.inputs or is_missing(entry.value):
            ignored.append(entry.line)
        elif _is_number_of_ward(meaning, entry):
            # Beside a type of unit the number of a ward says nothing.
            (ignored if typed else problems).append(
                entry.line if typed else str(icu_names.refusal(entry.value, called=entry.label))
            )
        else:
            meanings.append((meaning, entry))
    return meanings, problems, ignored


def _is_number_of_ward(meaning: Named, entry: Entry) -> bool:
    return (
        meaning.quantity.name == ICU and not meaning.holds_codes and not icu_names.may_be_meant(entry.value, ward=False)
    )


def _holds_type(entry: Entry) -> bool:
    meaning = named_without_unit(entry.label)
    return meaning is not None and meaning.quantity.name == ICU and not _is_number_of_ward(meaning, entry)


def _named_inputs(meanings: list[tuple[Named, Entry]], problems: list[str]) -> list[tuple[str, Named, Entry]]:
    """Find the input of each entry; two plain creatinine values are the first and the last."""
    creatinine = [pair for pair in meanings if pair[0].quantity.name == "creatinine"]
    in_order = len(creatinine) == 2 and not any(pair[0].qualifier for pair in creatinine)
    order = iter(("creatinine_first_mg_dl", "creatinine_last_mg_dl"))
    result = []
    for meaning, entry in meanings:
        if in_order and meaning.quantity.name == "creatinine":
            result.append((next(order), meaning, entry))
            continue
        try:
            result.append((meaning.input_name(), meaning, entry))
        except InvalidValue as error:
            problems.append(str(error))
    return result


def _tells_of_dialysis(entry: Entry) -> bool:
    named_so = names_dialysis(entry.label) and was_given(entry.value, empty=True)
    return named_so or (not names_dialysis(entry.label) and names_dialysis(f"{entry.label} {entry.value}"))


def _check_the_same(item: Input, meaning: Named, entry: Entry, unit: Unit, *, decimal_comma: bool) -> None:
    """Refuse further values on the line of one, unless they are the same in another unit."""
    first = unit.to_canonical(number_in(item, entry.value, unit, decimal_comma=decimal_comma))
    for value, written in entry.also:
        other = unit_of(meaning.quantity, written) if written else unit
        again = other.to_canonical(number_in(item, value, other, decimal_comma=decimal_comma))
        if other == unit or not math.isclose(first, again, rel_tol=_SAME):
            values = " and ".join([entry.value, *(each for each, _ in entry.also)])
            raise InvalidValue(f"{item.label}: {values} stand on one line ({shortened(entry.line)}): keep one.")


def _value(name: str, meaning: Named, entry: Entry, notes: list[str], *, decimal_comma: bool) -> tuple[float, Unit]:
    item, written = KNOWN[name], entry.unit
    if name == "age_years":
        written, has_sex = without_sex(entry.unit)
        if has_sex:
            notes.append(f"{item.label} {entry.value} is read of {shortened(entry.line)}; the sex is no input.")
    unit = unit_of(meaning.quantity, written) if written else meaning.input_unit()
    if entry.also:
        _check_the_same(item, meaning, entry, unit, decimal_comma=decimal_comma)
    if entry.unit and meaning.unit not in (None, unit):
        raise InvalidValue(f"{item.label}: two different units are given, keep one.")
    value = number_in(item, entry.value, unit, decimal_comma=decimal_comma)
    if unit == UREA_MG_DL:
        nitrogen = round(unit.to_canonical(value), 1)
        notes.append(f"Urea {value:g} mg/dL is urea nitrogen (BUN) {nitrogen:g} mg/dL.")
        return nitrogen, UREA_NITROGEN[0]
    if not entry.unit and meaning.unit is None and len(item.units) > 1:
        notes.append(f"{item.label}: no unit was given, taken as {unit.symbol}.")
    return value, unit
