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
    return f"{difference * 100:+.1f}".replace("-", "−")


def of_fifty(low: float, high: float, group: int) -> str:
    """Write an interval as natural frequencies: between 11 and 20 of 50."""
    least, most = math.floor(low * group), math.ceil(high * group)
    if most <= 1:
        return f"at most 1 of {group}"
    return f"up to {most} of {group}" if least == 0 else f"{least} to {most} of {group}"
