"""What a column header, a pasted label or a charted parameter names, with its unit."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from qcore.errors import InvalidValue
from qcore.io.delimited import shortened
from qcore.tasks.aki.kdigo import OLIGURIA_H
from qcore.tasks.aki.reading.folding import folded
from qcore.tasks.aki.reading.loinc import coded
from qcore.tasks.aki.reading.vocabulary import (
    ICU,
    IN_HOURS,
    NOISE,
    QUALIFIERS,
    QUANTITIES,
    UNIT_SPELLINGS,
    URINE,
    URINE_RATE,
    WARDS,
    Quantity,
)
from qcore.tasks.aki.urine import DAY_H
from qcore.units import Unit

_BY_SYNONYM: Mapping[str, Quantity] = {synonym: quantity for quantity in QUANTITIES for synonym in quantity.synonyms}
_LONGEST_SPELLING = max(len(spelling.split()) for spelling in UNIT_SPELLINGS)
# "last 24 h" names the window, not the last value.
_WINDOW = re.compile(r"(?:\b(?:first|last) )?\b24 ?(?:hours|hour|hrs|hr|h)\b")
_LAST_HOURS = re.compile(r"\b(?:last |letzte |letzten )?([0-9]{1,2}) ?(?:hours|hour|hrs|hr|h)\b|\blast hour\b")
_URINE_WORDS = frozenset(
    ["foley", "void", "voided", "nephrostomy", "urostomy", "catheter", "katheter", "irrigant", "urinmenge", "uop"]
)
_MOST_NAMES = 6
_SPOKEN = {"hours": "last 6 h"}
_BRACKET = re.compile(r"[(\[]([^()\[\]]*(?:\[[^\]]*\])?[^()\[\]]*)[)\]]\s*$")


@dataclass(frozen=True)
class Named:
    """The quantity that a text names, with which of its values of the day, and in which unit.

    Attributes:
        text: as it was written.
        quantity: the quantity that was measured.
        qualifier: ``first``, ``last``, ``max``, ``min``, ``total``, ``hours`` or empty.
        unit: None where none was written.
        hours: 6 of "last 6 h", 24 of "24h"; NaN where no such thing was written.
    """

    text: str
    quantity: Quantity
    qualifier: str
    unit: Unit | None
    hours: float = float("nan")

    @property
    def holds_codes(self) -> bool:
        """Whether a bare number under this name is a code ("ICU type 3"), not the number of a ward ("unit 3")."""
        return self.quantity.name == ICU and _plain(folded(self.text).split()) in self.quantity.coded

    @property
    def is_ward(self) -> bool:
        """Whether what stands under this name may be no intensive care unit at all ("ward")."""
        return self.quantity.name == ICU and _plain(folded(self.text).split()) in WARDS

    def input_name(self) -> str:
        """Return the name of the model input.

        Raises:
            InvalidValue: it is not clear which value of the day is meant, or the model uses another.
        """
        inputs = self.quantity.inputs
        if self.qualifier in inputs:
            return inputs[self.qualifier]
        if not inputs:
            raise InvalidValue(f"{self.text!r} is not an input of the model.")
        choices = " or ".join(f"{self.quantity.name} {_SPOKEN.get(word, word)}" for word in inputs if word)
        if self.qualifier:
            raise InvalidValue(f"{self.text!r} is not an input: the model uses {choices}.")
        raise InvalidValue(f"{self.text!r} does not say which value of the day: write {choices}.")

    def input_unit(self) -> Unit:
        """Return the written unit, or the one that is understood where none was written.

        Raises:
            InvalidValue: the quantity has no unit that goes without saying (urea).
        """
        if self.unit is not None:
            return self.unit
        if self.quantity.unit_required:
            raise InvalidValue(
                f"{self.text!r} needs its unit: urea in {_symbols(self.quantity)}, or write BUN for urea nitrogen."
            )
        return next(iter(self.quantity.units.values()))


def _without_window(words: str) -> list[str]:
    """Split folded words; the window of the first day says nothing, that of its last hours is one word."""
    return _LAST_HOURS.sub(f" {IN_HOURS} ", _WINDOW.sub(" ", words)).split()


def _last_hours(text: str) -> float:
    """Return how many hours "last 6 h" or "4h" names, NaN where nothing of the kind is written."""
    match = _LAST_HOURS.search(_WINDOW.sub(" ", folded(text)))
    return float(match.group(1) or 1.0) if match else float("nan")


def _symbols(quantity: Quantity) -> str:
    return " or ".join(symbol for symbol in quantity.units if symbol)


def unit_of(quantity: Quantity, text: str) -> Unit:
    """Read a unit, e.g. ``umol/l`` or ``degC``, as one of the units of a quantity.

    Raises:
        InvalidValue: unknown, or not a unit of this quantity.
    """
    words = _WINDOW.sub(" ", folded(text)).strip()
    symbol = UNIT_SPELLINGS.get(words, "")
    if not symbol or symbol not in quantity.units:
        expected = _symbols(quantity)
        advice = f"use {expected}" if expected else "leave it out"
        raise InvalidValue(f"{quantity.label}: the unit {text.strip()!r} is not known, {advice}.")
    return quantity.units[symbol]


def _split_unit(words: list[str]) -> tuple[list[str], str]:
    """Take the longest unit spelling off the end."""
    for count in range(min(_LONGEST_SPELLING, len(words) - 1), 0, -1):
        spelling = " ".join(words[-count:])
        if spelling in UNIT_SPELLINGS:
            return words[:-count], spelling
    return words, ""


def _is_unit(bracketed: str) -> bool:
    """Tell a unit from what else stands in brackets: ``(last)``, ``(serum)``, ``(BUN)``, ``(24 h)``."""
    words = _without_window(folded(bracketed))
    explains = all(word in QUALIFIERS or word in NOISE for word in words)
    return not explains and " ".join(words) not in _BY_SYNONYM


def _quantity_in(words: Iterable[str]) -> tuple[Quantity | None, set[str]]:
    qualifiers = {QUALIFIERS[word] for word in words if word in QUALIFIERS}
    return _BY_SYNONYM.get(_plain(words)), qualifiers


def _plain(words: Iterable[str]) -> str:
    return " ".join(word for word in words if word not in QUALIFIERS and word not in NOISE)


def named(text: str) -> Named | None:
    """Read a header, a label or a parameter name, with or without its unit.

    Examples: ``creatinine_last_umol_l``, ``Creatinine, last (µmol/L)``, ``uop 24h [mL]``, ``NIMAP``, ``2160-0``.

    Returns:
        None when the text names nothing of the first day that is known here.

    Raises:
        InvalidValue: the quantity is known and its unit is not.
    """
    meaning, written = _split(text)
    if meaning is None or not written:
        return meaning
    if meaning.quantity is URINE_RATE and meaning.qualifier == "hours" and meaning.hours != OLIGURIA_H:
        raise InvalidValue(f"{text!r} is not an input: the model uses the rate of the last {OLIGURIA_H} h.")
    return replace(meaning, unit=unit_of(meaning.quantity, written))


def named_without_unit(text: str) -> Named | None:
    """Read a name as ``named`` does, but for its unit, which may be none of the quantity."""
    return _split(text)[0]


def _split(text: str) -> tuple[Named | None, str]:
    """What a text names, as yet without a unit, and the unit that is written."""
    code = coded(text)
    if code is not None:
        return Named(text, code.quantity, code.qualifier, None), ""
    in_window = bool(_WINDOW.search(folded(text)))
    bracket = _BRACKET.search(text)
    written = bracket.group(1) if bracket else ""
    if bracket and _is_unit(written):
        words = _without_window(folded(text[: bracket.start()]))
    else:
        written, words = "", _without_window(folded(text))
    quantity, qualifiers = _quantity_in(words)
    if quantity is None and not written:
        words, written = _split_unit(words)
        quantity, qualifiers = _quantity_in(words)
    if quantity is None or len(qualifiers) > 1:
        return None, ""
    qualifier = next(iter(qualifiers), "")
    if in_window and not qualifier and "total" in quantity.inputs:
        qualifier = "total"
    if quantity.name == URINE and is_rate(written):
        quantity = URINE_RATE
    hours = _last_hours(text) if qualifier == "hours" else DAY_H if in_window else float("nan")
    return Named(text, quantity, qualifier, None, hours), written


def is_rate(unit: str) -> bool:
    """Tell whether a unit is that of a rate of urine, mL/kg/h."""
    return UNIT_SPELLINGS.get(folded(unit)) in URINE_RATE.units


def may_be_urine(ignored: Iterable[str]) -> tuple[str, ...]:
    """Say which names that are not used look like amounts of urine: left out, they would make the flow too small."""
    urine_names = [text for text in ignored if _URINE_WORDS & set(folded(text).split())]
    if not urine_names:
        return ()
    names = ", ".join(shortened(text) for text in urine_names[:_MOST_NAMES])
    return (f"Not used, although it may be urine: {names}. Call every amount of urine 'urine', so that it counts.",)
