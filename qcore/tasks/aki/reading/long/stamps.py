"""Time stamps as hospitals export them to seconds, where it is clear which number is the month."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

Array = npt.NDArray[np.float64]
_CLOCK = (
    r"(?P<hour>[0-9]{1,2})[:.](?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9])(?:[.,][0-9]+)?)?"
    r"\s*(?P<half>[ap]\.?m\.?)?\s*(?P<zone>z|utc|gmt|[+-][0-9]{2}:?[0-9]{2})?(?:\s*uhr)?"
)
_NUMBERS = re.compile(
    r"(?P<a>[0-9]{1,4})(?P<sep>[-/. ])(?P<b>[0-9]{1,2}|[a-zä]{3,9}\.?)(?P=sep)(?P<c>[0-9]{2,4})[t,\s]\s*" + _CLOCK
)
_WORDS = re.compile(r"(?P<b>[a-zä]{3,9})\.? (?P<a>[0-9]{1,2}),? (?P<c>[0-9]{4}),?\s+" + _CLOCK)
_COMPACT = re.compile(
    r"(?P<a>(?:18|19|20|21|22)[0-9]{2})(?P<b>[0-9]{2})(?P<c>[0-9]{2})[t ]?(?P<hour>[0-9]{2})(?P<minute>[0-5][0-9])"
    r"(?P<second>[0-5][0-9])?(?:\.[0-9]+)?(?P<half>)(?P<zone>z|[+-][0-9]{2}:?[0-9]{2})?"
)
_DATE = re.compile(r"[0-9]{1,4}([-/.])(?:[0-9]{1,2}|[A-Za-z]{3})\1[0-9]{2,4}")
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS: Mapping[str, int] = {
    **{name: number for number, name in enumerate(_ENGLISH, start=1)},
    **{"mär": 3, "mrz": 3, "mai": 5, "okt": 10, "dez": 12},
}
_CENTURY = 50
"""Years of two digits from this on are of the last century."""
DAY_S = 86_400.0


@dataclass(frozen=True, eq=False)
class Stamps:
    """Time stamps in seconds since an arbitrary day, by both ways to read them. All arrays are ``(n,)``.

    Attributes:
        day_first: NaN where the text is no time stamp with the day before the month.
        month_first: the same with the month first; equal to ``day_first`` where the text leaves no doubt.
        zoned: the text states a time zone.
    """

    day_first: Array
    month_first: Array
    zoned: npt.NDArray[np.bool_]


def is_date(text: str) -> bool:
    """Tell whether a text is a date without a time of day."""
    return _DATE.fullmatch(text.strip()) is not None


def read_stamps(texts: Sequence[str]) -> Stamps:
    """Read texts, each of them once: pass distinct ones."""
    cells = pd.Series(np.array(texts, dtype=object), dtype=object)
    day_first, zoned = np.full(len(cells), np.nan), np.zeros(len(cells), dtype=bool)
    # The commonest layout is read at once; years of MIMIC (2100 to 2200) fit.
    usual = pd.to_datetime(cells, format="%Y-%m-%d %H:%M:%S", errors="coerce")
    known = usual.notna().to_numpy()
    day_first[known] = (usual[known] - pd.Timestamp(0)).dt.total_seconds() + date(1970, 1, 1).toordinal() * DAY_S
    month_first = day_first.copy()
    for index in np.flatnonzero(~known).tolist():
        day_first[index], month_first[index], zoned[index] = _read(cells.iloc[index])
    return Stamps(day_first, month_first, zoned)


def _read(text: str) -> tuple[float, float, bool]:
    plain = text.strip().lower()
    match = _NUMBERS.fullmatch(plain) or _WORDS.fullmatch(plain) or _COMPACT.fullmatch(plain)
    if match is None:
        return np.nan, np.nan, False
    clock = _clock_s(match["hour"], match["minute"], match["second"], match["half"])
    zone = match["zone"] or ""
    clock -= _offset_s(zone)
    a, b, c = match["a"], match["b"], match["c"]
    month = _MONTHS.get(b[:3]) if b[:1].isalpha() else None
    if b[:1].isalpha() and month is None:
        return np.nan, np.nan, False
    if len(a) == 4:
        days = (_day(a, str(month or b), c),) * 2
    elif month:
        days = (_day(c, str(month), a),) * 2
    elif match.groupdict().get("sep") == ".":
        # A full stop stands between the numbers only where the day is first.
        days = (_day(c, b, a),) * 2
    else:
        days = _day(c, b, a), _day(c, a, b)
    return days[0] * DAY_S + clock, days[1] * DAY_S + clock, bool(zone)


def _day(year: str, month: str, day: str) -> float:
    number = int(year)
    if len(year) <= 2:
        number += 1900 if number >= _CENTURY else 2000
    try:
        return float(date(number, int(month), int(day)).toordinal())
    except ValueError:
        return float("nan")


def _clock_s(hour: str, minute: str, second: str | None, half: str | None) -> float:
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:
            return float("nan")
        hours = hours % 12 + (12 if half[0] == "p" else 0)
    return float("nan") if hours > 24 else hours * 3600.0 + int(minute) * 60.0 + int(second or 0)


def _offset_s(zone: str) -> float:
    if zone[:1] not in ("+", "-"):
        return 0.0
    digits = zone[1:].replace(":", "")
    return (1 if zone[0] == "+" else -1) * (int(digits[:2]) * 3600.0 + int(digits[2:]) * 60.0)
