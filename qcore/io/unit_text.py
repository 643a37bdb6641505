"""What a unit written in a file says: of what it is one, and how many of the basic one it holds.

Amounts are counted in g, mol or international units, concentrations in these per litre, times in hours. Spellings are
those of UCUM, CDISC and people: ng/mL, NG_ML, ng mL-1, micrograms per litre, mcg/ml.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

HOURS: Mapping[str, float] = {
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 1.0),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1 / 3600),
    **dict.fromkeys(("min", "mins", "minute", "minutes"), 1 / 60),
    **dict.fromkeys(("d", "day", "days"), 24.0),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), 168.0),
}
_PREFIXES = {"k": 1e3, "": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12, "f": 1e-15}
_WORDS = {"kilo": "k", "": "", "milli": "m", "micro": "u", "nano": "n", "pico": "p", "femto": "f"}
_MASSES = {f"{prefix}g": factor for prefix, factor in _PREFIXES.items()} | {"mcg": 1e-6, "mgs": 1e-3, "gm": 1.0}
_MASSES |= {f"{word}gram{end}": _PREFIXES[prefix] for word, prefix in _WORDS.items() for end in ("", "s", "me", "mes")}
_MOLES = {f"{prefix}mol{end}": factor for prefix, factor in _PREFIXES.items() for end in ("", "s", "e", "es")}
_ACTIVITIES = {
    f"{prefix}{name}": factor for prefix, factor in _PREFIXES.items() for name in ("iu", "u") if prefix != "f"
}
_ACTIVITIES |= {"units": 1.0, "unit": 1.0}
_VOLUMES = {"l": 1.0, "dl": 0.1, "ml": 1e-3, "ul": 1e-6, "cc": 1e-3, "m3": 1e3}
_VOLUMES |= {
    f"{word}lit{end}": _PREFIXES[prefix] for word, prefix in _WORDS.items() for end in ("er", "ers", "re", "res")
}
_MOLAR = re.compile(r"([munp]?)M")
_POUNDS = {"lb": 453.59237, "lbs": 453.59237, "pound": 453.59237, "pounds": 453.59237}
# Of what is no amount, concentration or time: enough of them to tell a column of units by its cells.
_OTHERS = frozenset(
    [
        *("years", "year", "yr", "yrs", "months", "month", "cm", "m", "in", "inch", "inches", "ft", "kg/m2", "kg/m^2"),
        *("%", "percent", "mmhg", "kpa", "bpm", "beats/min", "ml/min", "ml/min/1.73m2", "ml/min/1.73m^2", "m2", "m^2"),
        *("l/h", "l/min", "ml/h", "ratio", "score", "points", "c", "f", "°c", "°f", "10^9/l", "10^12/l", "x10^9/l"),
        *("mv", "ms", "msec", "mosm/kg", "meq/l", "mg/kg/h", "ug/kg/min", "mg/m2", "mg/m^2", "g/g", "mg/g", "mg/mmol"),
    ]
)


class Kind(StrEnum):
    """Of what a unit is one."""

    AMOUNT = "amount"
    AMOUNT_PER_KG = "amount per kg"
    CONCENTRATION = "concentration"
    RATE = "rate of an infusion"
    TIME = "time"
    OTHER = "something else"


@dataclass(frozen=True)
class Unit:
    """A unit of amount, volume, time, or of a rate of these, as text in a file names it.

    Attributes:
        kind: of what it is one.
        base: what amounts in it are counted in: g, mol or U; nothing for times and others.
        factor: how many of the basic one it holds; for a rate, of its amount alone.
        text: as it is usually written.
        hours: of the time in a rate, and of a time.
    """

    kind: Kind
    base: str
    factor: float
    text: str
    hours: float = 1.0

    def converts_to(self, other: "Unit") -> bool:
        """Tell whether a number in it can be written in the other unit."""
        return (self.kind, self.base) == (other.kind, other.base) and self.kind is not Kind.OTHER


def unit_of_text(text: str) -> Unit | None:
    """Return the unit a text says; None where it is none that is known."""
    molar = _MOLAR.fullmatch(text.strip())
    if molar:
        return Unit(Kind.CONCENTRATION, "mol", _PREFIXES[molar[1]], f"{molar[1]}mol/L")
    plain = _plain(text)
    if plain in HOURS:
        return Unit(Kind.TIME, "", HOURS[plain], plain, HOURS[plain])
    whole, _, part = plain.partition("/")
    amount = _amount(whole)
    if amount is None or plain in _OTHERS:
        return Unit(Kind.OTHER, "", 1.0, text.strip()) if plain in _OTHERS else None
    base, factor, written = amount
    if not part:
        return Unit(Kind.AMOUNT, base, factor, written)
    if part in _VOLUMES:
        volume = _VOLUME_TEXTS.get(part, "L")
        return Unit(Kind.CONCENTRATION, base, factor / _VOLUMES[part], f"{written}/{volume}")
    if part == "kg":
        return Unit(Kind.AMOUNT_PER_KG, base, factor, f"{written}/kg")
    if part in HOURS:
        return Unit(Kind.RATE, base, factor, f"{written}/{part}", HOURS[part])
    return None


_VOLUME_TEXTS = {"dl": "dL", "ml": "mL", "cc": "mL", "ul": "uL", "m3": "m3"} | {
    f"{word}lit{end}": f"{_WORDS[word]}L" for word in _WORDS for end in ("er", "ers", "re", "res")
}


def _plain(text: str) -> str:
    """Return a text in one spelling: without brackets, in lower case, parts divided by a stroke."""
    plain = text.strip().strip("()[]").strip().lower()
    plain = plain.replace("µ", "u").replace("μ", "u")
    plain = re.sub(r"\s+per\s+", "/", plain)
    # ng mL-1, ng.mL^-1, ng*mL-1
    plain = re.sub(r"[\s.·*]*\b([a-z]+)\s*\^?-1\b", r"/\1", plain)
    plain = re.sub(r"\s*[/_]\s*", "/", plain)
    return re.sub(r"\s+", " ", plain)


def _amount(text: str) -> tuple[str, float, str] | None:
    """Return what an amount is counted in, how many of these it is, and how it is usually written."""
    for base, known in (("g", _MASSES), ("mol", _MOLES), ("U", _ACTIVITIES)):
        if text in known:
            return base, known[text], _written(base, known[text], text)
    return ("g", _POUNDS[text], "lb") if text in _POUNDS else None


def _written(base: str, factor: float, text: str) -> str:
    prefix = next(prefix for prefix, each in _PREFIXES.items() if each == factor)
    return f"{prefix}{'IU' if base == 'U' and text.endswith('iu') else base}"
