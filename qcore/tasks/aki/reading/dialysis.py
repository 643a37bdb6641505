"""Dialysis in a file or a pasted text: it lowers creatinine, so that a risk taken from it may be too low."""

import numpy as np

from qcore.io.numerals import readings
from qcore.tasks.aki.features import FIRST_DAY_H
from qcore.tasks.aki.reading.folding import folded

_MODES = frozenset(
    (
        *(
            "crrt",
            "cvvh",
            "cvvhd",
            "cvvhf",
            "cvvhdf",
            "cavh",
            "cavhd",
            "scuf",
            "sled",
            "sledd",
            "slede",
            "capd",
            "ccpd",
        ),
        *("rrt", "krt", "hdf", "prismaflex"),
    )
)
_STEMS = (
    *("dialys", "dialyz", "dialyt", "hemofiltr", "haemofiltr", "hamofiltr", "hemodiafiltr", "haemodiafiltr"),
    "ultrafiltr",
)
_PHRASES = ("renal replacement", "kidney replacement", "nierenersatz")
# SNOMED CT: haemodialysis, renal dialysis, peritoneal dialysis, continuous renal replacement therapy.
_SNOMED = frozenset(("302497006", "265764009", "71192002", "714749008"))
# What tells of a line or of the past, not of dialysis now.
_NOT_NOW = frozenset(
    (
        *("no", "not", "never", "without", "access", "catheter", "catheters", "site", "shunt", "fistula", "dressing"),
        *("history", "hx", "previous", "prior", "former", "planned", "allergy", "kein", "keine", "katheter", "denied"),
        *("pre", "post", "predialysis", "postdialysis", "nondialysis", "non"),
    )
)
_NO = frozenset(("no", "n", "false", "none", "nein", "negative", "neg", "absent", "off", "not done", "f", "never"))
_NOTHING_SAID = frozenset(("na", "n a", "nan", "null", "unknown", "missing"))


def names_dialysis(text: str) -> bool:
    """Tell whether a name, a header or a sentence is of dialysis, haemofiltration or the like that is going on."""
    plain = folded(text)
    words = plain.split()
    if not _NOT_NOW.isdisjoint(words):
        return False
    named = any(word in _MODES or word in _SNOMED for word in words) or any(stem in plain for stem in _STEMS)
    return named or any(phrase in plain for phrase in _PHRASES)


def was_given(value: str, *, empty: bool) -> bool:
    """Tell whether the cell beside such a name says that it took place: 1, yes, CVVHDF, 1200, but not 0 or no.

    Args:
        value: the cell as it is written in the file.
        empty: what an empty cell says: a row of a procedure needs no value.
    """
    plain = folded(value)
    if not plain:
        return empty and not value.strip()
    number = readings(value, decimal_comma=False)
    if number:
        return number[0] > 0
    return plain not in _NO and plain not in _NOTHING_SAID and _NOT_NOW.isdisjoint(plain.split())


def remark(time_h: float = float("nan")) -> str:
    """Say what dialysis means for the answer; without its hour where that is not known."""
    at = "" if np.isnan(time_h) else f" at {round(time_h, 1):g} h"
    if time_h > FIRST_DAY_H:
        return f"Dialysis is recorded{at}, after the hours that the risk rests on."
    return f"Dialysis is recorded{at}: it lowers creatinine, so the risk may be too low."
