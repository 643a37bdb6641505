"""Counts and names in the sentences about a file."""

from collections.abc import Mapping, Sequence

_SHOWN = 5


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: ``1 dose``, ``2 doses``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def tallied(counts: Mapping[str, int], noun: str) -> list[str]:
    """Return a sentence for each count that is not 0.

    Args:
        counts: by what is said of them, as in ``Left out because MDV says so``.
        noun: of what was counted.
    """
    return [f"{text}: {counted(count, noun)}." for text, count in counts.items() if count]


def listed(names: Sequence[str]) -> str:
    """Return the first names, and how many more there are."""
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
