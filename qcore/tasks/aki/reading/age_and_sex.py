"""Age and sex as people write them together: 67 m, 67-year-old woman, F/67. The sex is no input of the model."""

import re

from qcore.tasks.aki.reading.folding import folded

MALE = frozenset(("m", "male", "man", "mann", "maennlich", "mannlich", "gentleman"))
FEMALE = frozenset(("f", "female", "woman", "frau", "w", "weiblich", "lady"))
_YEARS = frozenset(("y", "yr", "yrs", "year", "years", "yo", "o", "old", "j", "jahre", "a"))
# A lone F may be a degree Fahrenheit from here on.
_MAY_BE_FAHRENHEIT = 77
_BOTH = re.compile(r"(?:(?P<before>[^\W\d]+)[\s,/]*)?(?P<age>[0-9]{1,3})[\s,/-]*(?P<after>[^0-9]*)")


def without_sex(unit: str) -> tuple[str, bool]:
    """Return the unit written behind an age, folded, without a sex, and whether there was one."""
    words = folded(unit).split()
    kept = [word for word in words if word not in MALE | FEMALE]
    return " ".join(kept), len(kept) < len(words)


def age_alone(text: str) -> tuple[str, str] | None:
    """Return age and what is written around it, of a text that holds no more: ``67 m``, ``m 67``, ``67 y/o woman``.

    None where it holds anything else, or where it may be a temperature.
    """
    match = _BOTH.fullmatch(text.strip(" .,;"))
    if match is None:
        return None
    around = " ".join(filter(None, (match["after"], match["before"])))
    words = set(folded(around).split())
    if not words or words - MALE - FEMALE - _YEARS or (match["before"] and not _is_sex(match["before"])):
        return None
    if words == {"f"} and not match["before"] and int(match["age"]) >= _MAY_BE_FAHRENHEIT:
        return None
    return match["age"], around


def _is_sex(word: str) -> bool:
    return folded(word) in MALE | FEMALE
