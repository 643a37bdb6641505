"""Urine of one patient as typed into four fields: amount and hours of the day, amount and hours of its end."""

import re
from dataclasses import dataclass

import numpy as np

from qcore.errors import InvalidValue
from qcore.io.numerals import has_decimal_comma
from qcore.tasks.aki.inputs import BY_NAME, Input
from qcore.tasks.aki.reading.cells import is_missing, read_cell
from qcore.tasks.aki.reading.urine_amounts import AMOUNTS, DAY_HOURS, DAY_ML, LAST_HOURS, LAST_ML, Urine
from qcore.tasks.aki.urine import DAY, LAST

FIELDS = (DAY_ML, DAY_HOURS, LAST_ML, LAST_HOURS)
RATE_OF = {DAY_ML: DAY, LAST_ML: LAST}
HOURS_OF = {DAY_ML: DAY_HOURS, LAST_ML: LAST_HOURS}
_RATE = re.compile(r"(?P<number>.+?)\s*ml\s*/?\s*kg\s*/?\s*(?:h|hr|hour)\.?", re.IGNORECASE)


@dataclass(frozen=True)
class EnteredUrine:
    """What the four fields of urine on the form say: two rates, or what keeps them from being known.

    Attributes:
        rates: the two inputs of the model, mL/kg/h; empty until both are known.
        missing: labels of the fields that are to be filled in.
        refused: sentences on what is wrong.
    """

    rates: dict[str, float]
    missing: tuple[str, ...]
    refused: tuple[str, ...]


def read_urine(texts: dict[str, str], weight_kg: float | None) -> EnteredUrine:
    """Read the four fields; an amount may be written as a rate, ``0.4 mL/kg/h``, and then needs no hours.

    Args:
        texts: of every field of `FIELDS`, empty where nothing was typed.
        weight_kg: of the patient, None while it is not known.
    """
    known: dict[str, float] = {}
    missing, refused = [], []
    for amount, hours in HOURS_OF.items():
        text = texts[amount].strip()
        if is_missing(text):
            missing.append(AMOUNTS[amount].label)
            continue
        try:
            rate = _RATE.fullmatch(text)
            if rate:
                known[RATE_OF[amount]] = _number(BY_NAME[RATE_OF[amount]], rate["number"])
                continue
            known[amount] = _number(AMOUNTS[amount], text)
            if is_missing(texts[hours]):
                missing.append(f"{AMOUNTS[hours].label} how many hours")
            else:
                known[hours] = _number(AMOUNTS[hours], texts[hours])
        except InvalidValue as error:
            refused.append(str(error))
    if missing or refused or weight_kg is None:
        return EnteredUrine({}, tuple(missing), tuple(refused))
    names = (DAY, LAST, *FIELDS)
    day, last, *amounts = (np.array([known.get(name, np.nan)]) for name in names)
    urine = Urine(np.array([weight_kg]), day, last, *amounts)
    fault = urine.fault(0)
    if fault:
        return EnteredUrine({}, (), (fault,))
    rates = {DAY: float(urine.day[0]), LAST: float(urine.last[0])}
    for name, rate_ml_kg_h in rates.items():
        high = BY_NAME[name].accepted[1]
        if rate_ml_kg_h > high:
            return EnteredUrine(
                {}, (), (f"{BY_NAME[name].label}: {rate_ml_kg_h:.1f} mL/kg/h is not accepted, at most {high:g} is.",)
            )
    return EnteredUrine(rates, (), ())


def _number(item: Input, text: str) -> float:
    return read_cell(item, text, item.unit, decimal_comma=has_decimal_comma(text))
