"""How risks, errors and dates are written for people."""

import math
from datetime import datetime

NBSP = "\u00a0"
"""Keeps a number and its unit on one line."""


def percent(probability: float) -> str:
    """Write a probability: 31 %, 4.2 % below ten, less than 1 % below one, more than 99 % above 99.5 %."""
    if probability < 0.01:
        return f"less than 1{NBSP}%"
    if 0.995 <= probability < 1:
        return f"more than 99{NBSP}%"
    digits = 0 if probability >= 0.0995 else 1
    return f"{probability * 100:.{digits}f}{NBSP}%"


def percents(*probabilities: float) -> list[str]:
    """Write probabilities that stand in one sentence with the same decimals: 6.2 % and 18.1 %."""
    finest = min((each for each in probabilities if each >= 0.01), default=1.0)
    digits = 0 if finest >= 0.0995 else 1
    return [f"{each * 100:.{digits}f}{NBSP}%" if each >= 0.01 else percent(each) for each in probabilities]


def points(difference: float) -> str:
    """Write a difference of two probabilities in percentage points with its sign."""
    # Adding zero turns a rounded −0.0 into 0.0.
    return f"{round(difference * 100, 1) + 0.0:+.1f}".replace("-", "−")


def count_in_group(low: float, high: float, group: int) -> str:
    """Write an interval of shares as a count in a group: 11 to 20."""
    least, most = math.floor(low * group), math.ceil(high * group)
    if most <= 1:
        return "at most 1"
    return f"up to {most}" if least == 0 else f"{least} to {most}"


def spread(standard_error: float) -> str:
    """Write a standard error of a probability in percentage points: ±0.4."""
    return f"±{standard_error * 100:.1f}" if standard_error >= 0.0005 else "less than ±0.1"


def error_rate(probability: float) -> str:
    """Write the error of a gate or a read-out with two digits: 0.21 %."""
    digits = 1 if probability <= 0 else max(0, 1 - math.floor(math.log10(probability * 100)))
    return f"{probability * 100:.{digits}f}{NBSP}%"


def microseconds(seconds: float) -> str:
    """Write a relaxation time: 183 µs."""
    return f"{seconds * 1e6:.0f}{NBSP}µs"


def day(iso_time: str) -> str:
    """Write the day of an ISO time: 26 February 2025."""
    time = datetime.fromisoformat(iso_time)
    return f"{time.day}{NBSP}{time:%B}{NBSP}{time.year}"


def beginning(text: str) -> str:
    """Return text that begins a line: Less than 1 %."""
    return text[:1].upper() + text[1:]
