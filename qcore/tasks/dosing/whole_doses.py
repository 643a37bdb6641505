"""Whole doses: an infusion that a file holds in pieces, because its rate was changed, is one dose."""

import numpy as np

from qcore.study import Array, Doses, Study

ALIKE = 0.01
"""A piece may begin this share of the piece before it away from that one's end."""


def whole(doses: Doses) -> Doses:
    """Return the doses of a subject with every infusion in one piece, from its beginning to its end."""
    apart = np.diff(doses.time) - doses.duration[:-1]
    goes_on = (doses.duration[:-1] > 0) & (doses.duration[1:] > 0) & (apart <= ALIKE * doses.duration[:-1])
    if not goes_on.any():
        return doses
    first = np.concatenate([[0], np.nonzero(~goes_on)[0] + 1])
    ends = np.maximum.reduceat(doses.time + doses.duration, first)
    start = doses.time[first]
    return Doses(
        start,
        np.add.reduceat(doses.amount, first),
        np.where(doses.duration[first] > 0, ends - start, 0.0),
        doses.absorbed[first],
        doses.steady_interval[first],
    )


def intervals(doses: Doses) -> Array:
    """Return the times between doses of a subject that were given one after another, or for ever before."""
    apart = np.concatenate([np.diff(doses.time), doses.steady_interval])
    return apart[apart > 0]


def usual_duration(study: Study) -> float:
    """Return how long an infusion of a study usually took, 0 where none was given."""
    durations = np.concatenate([whole(each.doses).duration for each in study.subjects])
    return float(np.median(durations[durations > 0])) if (durations > 0).any() else 0.0
