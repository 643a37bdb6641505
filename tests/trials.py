"""Small studies for tests, made without Qlinical's own kinetics where these are what is tested."""

from collections.abc import Sequence

import numpy as np

from qcore.study import Doses, Observations, Study, Subject


def doses(times: Sequence[float], amount: float, *, absorbed: bool = True, duration: float = 0.0) -> Doses:
    """Return equal doses."""
    count = len(times)
    return Doses(
        np.array(times, dtype=float),
        np.full(count, amount),
        np.full(count, duration),
        np.full(count, absorbed),
        np.zeros(count),
    )


def subject(
    name: str,
    given: Doses,
    concentrations: Sequence[float] = (),
    responses: Sequence[float] = (),
    **covariates: float,
) -> Subject:
    """Return somebody measured at these times; every value is 1."""
    times = np.array([*concentrations, *responses], dtype=float)
    kind = np.repeat([False, True], [len(concentrations), len(responses)])
    order = np.argsort(times, kind="stable")
    return Subject(name, covariates, given, Observations(times[order], np.ones(len(times)), kind[order]))


def trial(n_subjects: int = 24, *, response: bool = True) -> Study:
    """Return a trial of one week of daily doses of 0, 1, 3 and 10, with rich samples on days 1 and 7."""
    first, last = (0.5, 1, 2, 4, 8, 24), (144.5, 146, 150, 156, 168, 216, 288)
    people = []
    for index in range(n_subjects):
        amount = (0.0, 1.0, 3.0, 10.0)[index % 4] if response else (1.0, 3.0, 10.0)[index % 3]
        given = doses(np.arange(7) * 24.0, amount) if amount else doses((), 0.0)
        seen = (0, *first, *last) if response else ()
        weight = 50.0 + 50 * ((index * 7) % n_subjects) / n_subjects
        taken = first + last if amount else ()
        people.append(subject(str(index), given, taken, seen, WT=weight, COMED=float(index // 4 % 2)))
    return Study(tuple(people), ("WT", "COMED"), weight="WT")
