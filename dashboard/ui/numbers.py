"""How risks are written for people."""

import math

NBSP = "\u00a0"
"""Keeps a number and its unit on one line."""


def percent(probability: float) -> str:
    """Write a probability: 31 %, 4.2 % below ten, less than 1 % below one."""
    if probability < 0.01:
        return f"less than 1{NBSP}%"
    digits = 0 if probability >= 0.0995 else 1
    return f"{probability * 100:.{digits}f}{NBSP}%"


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
