"""What is left of all doses at any time: sums of exponentials, which exist for every regimen."""

import numpy as np

from qcore.study import Array, Doses, Study


def remaining(doses: Doses, times: Array, half_lives: Array) -> Array:
    """Return what would be left of all doses if they decayed at these rates, ``(n_times, n_half_lives)``.

    A dose counts only after the moment at which it is given: samples of that moment are taken before. What was given
    at steady state was given for ever before; an infusion decays while it runs.

    Args:
        doses: of one subject, ``(n_doses,)``.
        times: ``(n_times,)``, in the unit of the doses' times.
        half_lives: ``(n_half_lives,)``, in the same unit.
    """
    rate = np.log(2) / half_lives
    since = (times[:, None] - doses.time)[..., None]
    run = np.minimum(np.maximum(since, 0), doses.duration[:, None])
    arrived = _arrived(rate, run, doses.duration[:, None])
    repeated = doses.steady_interval[:, None]
    gathered = np.where(repeated > 0, 1 / -np.expm1(-rate * np.where(repeated > 0, repeated, 1)), 1)
    left = doses.amount[:, None] * arrived * np.exp(-rate * np.maximum(since - run, 0)) * gathered
    total: Array = np.where(since > 0, left, 0).sum(1)
    return total


def _arrived(rate: Array, run: Array, duration: Array) -> Array:
    """Return the share of an infusion in the body after it has run for some time; 1 for a bolus."""
    infused = duration > 0
    share: Array = -np.expm1(-rate * run) / (rate * np.where(infused, duration, 1))
    return np.where(infused, share, 1)


def given(doses: Doses, times: Array) -> Array:
    """Return the sum of all amounts that were given until each time, ``(n_times,)``; of steady state the last dose."""
    since = times[:, None] - doses.time
    infused = doses.duration > 0
    share = np.where(infused, np.clip(since / np.where(infused, doses.duration, 1), 0, 1), 1)
    total: Array = np.where(since > 0, share * doses.amount, 0).sum(1)
    return total


def latest(doses: Doses, times: Array) -> tuple[Array, Array, Array]:
    """Return time since the first dose, since the last one, and the last one's amount, each ``(n_times,)``.

    All are 0 where nothing has been given yet.
    """
    count = np.searchsorted(doses.time, times, side="left")
    dosed, last_dose = count > 0, np.maximum(count - 1, 0)
    if not len(doses.time):
        return (np.zeros(len(times)),) * 3
    first = np.where(dosed, times - doses.time[0], 0.0)
    last = np.where(dosed, times - doses.time[last_dose], 0.0)
    return first, last, np.where(dosed, doses.amount[last_dose], 0.0)


def half_lives_of(study: Study, count: int) -> Array:
    """Return half-lives ``(count,)`` that span what a study can show: from its first sample after a dose to its end."""
    shortest, longest = np.inf, 0.0
    for subject in study.subjects:
        since = subject.observations.time[:, None] - subject.doses.time
        shortest = min(shortest, since[since > 0].min(initial=np.inf))
        longest = max(longest, since.max(initial=0.0))
    if not np.isfinite(shortest):
        shortest, longest = 1.0, 1.0
    return np.geomspace(shortest, max(longest, shortest), count)
