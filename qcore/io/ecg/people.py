"""What a reading keeps of the person: age and sex, and sentences that name nobody."""

import re
from collections.abc import Iterable
from datetime import date

OLDEST_YEARS = 120
_FEMALE, _MALE = {"f", "female", "w", "woman", "2"}, {"m", "male", "man", "1"}
_NAMES_SOMEBODY = re.compile(
    r"confirmed|reviewed|referred|referring|ordered|interpreted by|edited by|read by|overread|technician|operator"
    r"|physician|patient|\bdr\b|\bm\.?d\b|\bname\b|\bid\b",
    re.IGNORECASE,
)
MAX_SENTENCES, MAX_CHARACTERS = 50, 300


def age(years: float | None) -> float | None:
    """Return an age that somebody can have, else None."""
    return years if years is not None and 0 <= years <= OLDEST_YEARS else None


def age_between(born: date | None, recorded: date | None) -> float | None:
    """Return whole years from birth to recording; None where either is unknown."""
    if born is None or recorded is None:
        return None
    return age(float(recorded.year - born.year - ((recorded.month, recorded.day) < (born.month, born.day))))


def day(text: str) -> date | None:
    """Return the date that ``YYYYMMDD`` or ``YYYY-MM-DD`` begins with."""
    found = re.match(r"\s*(\d{4})-?(\d\d)-?(\d\d)", text)
    if not found:
        return None
    try:
        return date(*map(int, found.groups()))
    except ValueError:
        return None


def sex(text: str) -> str:
    """Return ``female``, ``male`` or empty."""
    word = text.strip().lower()
    return "female" if word in _FEMALE else "male" if word in _MALE else ""


def sentences(texts: Iterable[str]) -> tuple[str, ...]:
    """Return statements in their order, each once, without those that may name somebody."""
    tidy = (" ".join(text.replace("\0", " ").split())[:MAX_CHARACTERS] for text in texts)
    kept = dict.fromkeys(text for text in tidy if text and not _NAMES_SOMEBODY.search(text))
    return tuple(kept)[:MAX_SENTENCES]


def number(text: str | None) -> float | None:
    """Return the number that a text is; None where it is none."""
    try:
        value = float((text or "").strip())
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None
