"""Numbers of one sentence, written with the same decimals: 2.39 and 2.40, not 2.39 and 2.4."""

import math

FAR_APART = 100.0
"""Numbers of which one is this many times another share no decimals: each is written by itself."""
LEAST_DIGITS = 2
"""Digits that the smallest number keeps."""


def alike(*values: float, digits: int = 3) -> list[str]:
    """Write numbers of one quantity.

    Args:
        values: finite, in one unit.
        digits: significant ones of the largest, where the numbers need them.
    """
    singly = [f"{value:.{digits}g}" for value in values]
    sizes = [abs(value) for value in map(float, singly) if value]
    if not sizes or any("e" in each for each in singly) or max(sizes) >= FAR_APART * min(sizes):
        return singly
    smallest, largest = (math.floor(math.log10(size)) for size in (min(sizes), max(sizes)))
    most = max(len(each.partition(".")[2]) for each in singly)
    decimals = min(most, max(0, digits - 1 - largest, LEAST_DIGITS - 1 - smallest))
    while True:
        written = [f"{value:.{decimals}f}" for value in values]
        # Numbers that differ when written singly do not look the same beside each other.
        if decimals >= most or len(set(written)) >= len(set(singly)):
            return written
        decimals += 1
