"""What decisions are worth: how many cases they find, how many alarms are right."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class OperatingPoint:
    """What decisions do in a population; all but the threshold are shares of patients.

    Attributes:
        threshold: an alarm is raised at this risk or above; None where the most probable of several kinds is given.
        sensitivity: alarms among those who have the event.
        specificity: no alarm among those who do not.
        ppv: events among the alarms.
        npv: no event among those without alarm.
        alarms: share of all patients with an alarm.
    """

    threshold: float | None
    sensitivity: float
    specificity: float
    ppv: float
    npv: float
    alarms: float


def operating_point(outcome: Array, probability: Array, threshold: float) -> OperatingPoint:
    """Measure what a threshold does on patients with known outcome, ``(n,)`` each."""
    return decision_quality(outcome, probability >= threshold, threshold)


def decision_quality(outcome: Array, alarm: NDArray[np.bool_], threshold: float | None = None) -> OperatingPoint:
    """Measure decisions on patients with known outcome.

    Args:
        outcome: ``(n,)`` 0 or 1.
        alarm: ``(n,)`` who is given the label.
        threshold: probability from which the label was given; None where another rule decided.
    """
    event = outcome == 1

    def share(part: NDArray[np.bool_], whole: NDArray[np.bool_]) -> float:
        return int(np.sum(part & whole)) / max(1, int(np.sum(whole)))

    return OperatingPoint(
        threshold=threshold,
        sensitivity=share(alarm, event),
        specificity=share(~alarm, ~event),
        ppv=share(event, alarm),
        npv=share(~event, ~alarm),
        alarms=float(alarm.mean()),
    )


def threshold_for_sensitivity(outcome: Array, probability: Array, sensitivity: float) -> float:
    """Return the highest threshold, rounded to a tenth of a percent, that finds this share of the events."""
    events = np.sort(probability[outcome == 1])
    missed = int(np.floor((1 - sensitivity) * len(events)))
    # A hair below, so that rounding never lifts the threshold over the event it must find.
    return float(np.floor(events[missed] * 1000 - 1e-9) / 1000)
