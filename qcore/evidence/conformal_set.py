"""Conformal sets: which labels a case may have, so that the right ones are missed no more often than promised.

Class-conditional split-conformal prediction (Vovk et al. 2005, doi:10.1007/b106715; Sadinle et al. 2019,
doi:10.1080/01621459.2017.1395341): a label belongs to the set from that probability on which nine in ten of the
held-out cases with the label reach. The promise then holds for every label by itself, for rare ones too.
"""

import math

import numpy as np
from numpy.typing import NDArray

from qcore.evidence.conformal import NOMINAL_COVERAGE

Array = NDArray[np.float64]


def possible_from(probability: Array, outcome: Array) -> float:
    """Return the lowest probability at which a label belongs to a case's set.

    Args:
        probability: ``(n,)`` of the label, of cases the model was not fitted on.
        outcome: ``(n,)`` 0 or 1.

    Returns:
        0 where there are too few cases with the label to promise anything: it then belongs to every set.
    """
    reached = np.sort(probability[outcome == 1])
    below = math.floor((1 - NOMINAL_COVERAGE) * (len(reached) + 1))
    return float(reached[below - 1]) if below else 0.0


def yes_or_no_set(
    probability: Array, threshold: float, lowest_yes: float, lowest_no: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return whether yes and whether no belong to the set of each case, ``(n,)`` each, of a question of one label.

    What is answered always belongs to its set. Where it is not usual, so does the other: sets that are larger than
    those that were calibrated never break their promise.

    Args:
        probability: ``(n,)`` of yes.
        threshold: probability from which yes is answered.
        lowest_yes: see `possible_from`.
        lowest_no: the same of the probability of no.
    """
    yes, no, said = probability >= lowest_yes, 1 - probability >= lowest_no, probability >= threshold
    unusual = ~np.where(said, yes, no)
    return yes | unusual, no | unusual


def set_coverage(probability: Array, outcome: Array, lowest: float) -> float:
    """Return the share of cases with the label whose set holds it; NaN where there are none."""
    reached = probability[outcome == 1] >= lowest
    return float(reached.mean()) if len(reached) else math.nan
