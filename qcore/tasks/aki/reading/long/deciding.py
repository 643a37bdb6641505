"""Which values that cannot be used would have decided an input: they refuse their patient instead of being left out.

A value of the first 24 hours decides if it would have been taken: as the first or the last, as the highest or the
lowest, or as a part of a sum. One that fits another unit always does, for nobody knows what it would have been. Only a
sensor without a patient is an artefact that may be left out: a pressure, a temperature or a weight of zero or less.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from qcore.tasks.aki.features import FIRST_DAY_H, SERIES_PARAMETERS, SOURCE, TAKEN

Flags = npt.NDArray[np.bool_]
_SENSORS = ("map_mmhg", "temperature_c", "weight_kg")
DECIDING = frozenset(SOURCE.values())
"""Parameters of a series that an input is taken from."""


def in_first_day(time_h: npt.NDArray[np.float64]) -> Flags:
    """Tell which hours lie in the first day; one that cannot be read may."""
    return np.isnan(time_h) | ((time_h >= 0.0) & (time_h <= FIRST_DAY_H))


def is_one_of(name: npt.NDArray[np.object_], parameters: Iterable[str]) -> Flags:
    """Tell which rows are of one of some parameters."""
    return np.asarray(np.logical_or.reduce([name == parameter for parameter in parameters]))


def artefacts(name: npt.NDArray[np.object_], number: npt.NDArray[np.float64]) -> Flags:
    """Tell which values are of a sensor without a patient.

    Args:
        name: ``(n,)`` parameter of the series that each row belongs to.
        number: ``(n,)`` value of each row in its canonical unit.
    """
    return is_one_of(name, _SENSORS) & (number <= 0.0)


def would_decide(
    patient: npt.NDArray[np.int64],
    time_h: npt.NDArray[np.float64],
    name: npt.NDArray[np.object_],
    number: npt.NDArray[np.float64],
    faulty: Flags,
    held: Flags,
) -> Flags:
    """Tell which faulty values would have been taken for an input.

    Args:
        patient: ``(n,)`` who it is of, as a number.
        time_h: ``(n,)`` hours since the start of the stay, NaN where unreadable.
        name: ``(n,)`` parameter of the series that each row belongs to.
        number: ``(n,)`` in the canonical unit, NaN where unreadable.
        faulty: ``(n,)`` the values in question.
        held: ``(n,)`` values that count, the faulty ones with them.
    """
    decides = np.zeros(len(name), dtype=bool)
    for parameter in DECIDING:
        hows = {how for source, how in TAKEN.values() if source == parameter} or {"sum"}
        rows = np.flatnonzero(held & (name == parameter) & in_first_day(time_h))
        if not faulty[rows].any():
            continue
        values, low_high = number[rows], SERIES_PARAMETERS[parameter].accepted
        would_count = np.isnan(time_h[rows])
        would_count |= np.isnan(values) if hows & {"max", "min"} else False
        would_count |= values > low_high[1] if "max" in hows else False
        would_count |= values < low_high[0] if "min" in hows else False
        would_count |= "sum" in hows
        for how in hows & {"first", "last"}:
            would_count |= _at_the_end(patient[rows], time_h[rows], last=how == "last")
        decides[rows] = would_count
    return decides & faulty


def _at_the_end(patient: npt.NDArray[np.int64], time_h: npt.NDArray[np.float64], *, last: bool) -> Flags:
    """Tell which values stand at their patient's first or last hour; several may."""
    _, group = np.unique(patient, return_inverse=True)
    sign = -1.0 if last else 1.0
    end = np.full(group.max(initial=-1) + 1, np.inf)
    known = ~np.isnan(time_h)
    np.minimum.at(end, group[known], sign * time_h[known])
    return np.asarray(known & (sign * time_h == end[group]))
