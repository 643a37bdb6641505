"""What a column header, a pasted label or a charted parameter names, with its unit."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from qcore.errors import InvalidValue
from qcore.tasks.aki.kdigo import OLIGURIA_H
from qcore.tasks.aki.reading.vocabulary import (
    ICU_CODES,
    IN_HOURS,
    NOISE,
    QUALIFIERS,
    QUANTITIES,
    UNIT_SPELLINGS,
    URINE,
    URINE_RATE,
    Quantity,
)
from qcore.tasks.aki.urine import DAY_H
from qcore.units import Unit

_BY_SYNONYM: Mapping[str, Quantity] = {synonym: quantity for quantity in QUANTITIES for synonym in quantity.synonyms}
_LONGEST_SPELLING = max(len(spelling.split()) for spelling in UNIT_SPELLINGS)
# "last 24 h" names the window, not the last value.
_WINDOW = re.compile(r"(?:\b(?:first|last) )?\b24 ?(?:hours|hour|hrs|hr|h)\b")
_LAST_HOURS = re.compile(r"\b(?:last )?([0-9]{1,2}) ?(?:hours|hour|hrs|hr|h)\b|\blast hour\b")
_SPOKEN = {"hours": "last 6 h"}
_BRACKET = re.compile(r"[(\[]([^()\[\]]*(?:\[[^\]]*\])?[^()\[\]]*)[)\]]\s*$")
_MICRO_AND_DEGREE = str.maketrans({"µ": "u", "μ": "u", "°": " ", "º": " "})


@dataclass(frozen=True)
class Named:
    """What a text names.

    Attributes:
        text: as it was written.
        quantity: what was measured.
        qualifier: ``first``, ``last``, ``max``, ``min``, ``total``, ``hours`` or empty.
        unit: None where none was written.
        hours: 6 of "last 6 h", 24 of "24h"; NaN where no such thing was written.
    """

    text: str
    quantity: Quantity
    qualifier: str
    unit: Unit | None
    hours: float = float("nan")

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


def _words(text: str) -> str:
    """Lower case words with single spaces; accents, punctuation and the micro sign are folded."""
    folded = unicodedata.normalize("NFKD", text.translate(_MICRO_AND_DEGREE)).lower()
    folded = folded.translate(_MICRO_AND_DEGREE)
    plain = "".join(sign for sign in folded if not unicodedata.combining(sign))
    return " ".join(re.findall(r"[a-z0-9%]+", plain))


def _without_window(words: str) -> list[str]:
    """Split folded words; the window of the first day says nothing, that of its last hours is one word."""
    return _LAST_HOURS.sub(f" {IN_HOURS} ", _WINDOW.sub(" ", words)).split()


def _last_hours(text: str) -> float:
    """Return how many hours "last 6 h" or "4h" names, NaN where nothing of the kind is written."""
    match = _LAST_HOURS.search(_WINDOW.sub(" ", _words(text)))
    return float(match.group(1) or 1.0) if match else float("nan")


def _symbols(quantity: Quantity) -> str:
    return " or ".join(symbol for symbol in quantity.units if symbol)


def unit_of(quantity: Quantity, text: str) -> Unit:
    """Read a unit, e.g. ``umol/l`` or ``degC``, as one of the units of a quantity.

    Raises:
        InvalidValue: unknown, or not a unit of this quantity.
    """
    words = _WINDOW.sub(" ", _words(text)).strip()
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
    words = _without_window(_words(bracketed))
    explains = all(word in QUALIFIERS or word in NOISE for word in words)
    return not explains and " ".join(words) not in _BY_SYNONYM


def _quantity_in(words: Iterable[str]) -> tuple[Quantity | None, set[str]]:
    qualifiers = {QUALIFIERS[word] for word in words if word in QUALIFIERS}
    rest = " ".join(word for word in words if word not in QUALIFIERS and word not in NOISE)
    return _BY_SYNONYM.get(rest), qualifiers


def named(text: str) -> Named | None:
    """Read a header, a label or a parameter name, with or without its unit.

    Examples: ``creatinine_last_umol_l``, ``Creatinine, last (µmol/L)``, ``uop 24h [mL]``, ``NIMAP``.

    Returns:
        None when the text names nothing of the first day that is known here.

    Raises:
        InvalidValue: the quantity is known and its unit is not.
    """
    in_window = bool(_WINDOW.search(_words(text)))
    bracket = _BRACKET.search(text)
    written = bracket.group(1) if bracket else ""
    if bracket and _is_unit(written):
        words = _without_window(_words(text[: bracket.start()]))
    else:
        written, words = "", _without_window(_words(text))
    quantity, qualifiers = _quantity_in(words)
    if quantity is None and not written:
        words, written = _split_unit(words)
        quantity, qualifiers = _quantity_in(words)
    if quantity is None or len(qualifiers) > 1:
        return None
    qualifier = next(iter(qualifiers), "")
    if in_window and not qualifier and "total" in quantity.inputs:
        qualifier = "total"
    if quantity.name == URINE and is_rate(written):
        quantity = URINE_RATE
    hours = _last_hours(text) if qualifier == "hours" else DAY_H if in_window else float("nan")
    if quantity is URINE_RATE and qualifier == "hours" and hours != OLIGURIA_H:
        raise InvalidValue(f"{text!r} is not an input: the model uses the rate of the last {OLIGURIA_H} h.")
    return Named(text, quantity, qualifier, unit_of(quantity, written) if written else None, hours)


def is_rate(unit: str) -> bool:
    """Tell whether a unit is that of a rate of urine, mL/kg/h."""
    return UNIT_SPELLINGS.get(_words(unit)) in URINE_RATE.units


def icu_code(text: str) -> int | None:
    """Return the code of an intensive care unit from its code or name, None if unknown."""
    return ICU_CODES.get(_words(text))
