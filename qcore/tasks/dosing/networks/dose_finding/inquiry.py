"""One question to the networks of a learned model: for whom, at which doses and times they are asked.

What a network adds to its base is smooth in dose and time. It is asked at few of them, because circuits take their
time; the base is known at all.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from torch import Tensor

from qcore.backends.protocol import Backend
from qcore.population.model import PopulationModel
from qcore.population.steady_state import Interval
from qcore.study import Array
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.drug.file import Regimen
from qcore.tasks.dosing.networks.dose_finding.interpolation import over_doses, over_doses_and_none, over_times
from qcore.tasks.dosing.networks.dose_finding.profiles import profiles
from qcore.tasks.dosing.networks.dose_finding.share_on_target import column, extremes
from qcore.tasks.dosing.networks.dose_finding.steady_state import Rows, doses_taken, rows
from qcore.tasks.dosing.networks.dose_finding.virtual_people import KnownBase
from qcore.tasks.dosing.networks.model import Learned
from qcore.tasks.dosing.networks.predictions import log_changes, log_expected

N_DOSES = 12
"""Number of doses at which the base is computed; a regimen has many more."""
FEW_DOSES, FEW_TIMES = 6, slice(None, None, 4)
"""Doses and times (edges of `Interval`) at which networks are asked."""
FEWEST_DOSES, ONE_TIME = 4, slice(8, 9)
"""Doses and times at which networks with dropout are asked, whose differences are smoother."""


BaseOf = Callable[["DoseInquiry", Array, slice], Tensor]
"""Returns the base at doses and at some of the times, ``(n_people, n_doses, n_times, 2)``."""


class DoseInquiry:
    """One question to the networks of a model.

    Args:
        learned: the networks of the model.
        known: the mechanistic model of the same study.
        backend: that runs the circuits.
        question: the dose that is asked for.
        n_people: of different covariates, whom networks are asked about.
    """

    def __init__(
        self, learned: Learned, known: PopulationModel, backend: Backend, question: Question, n_people: int
    ) -> None:
        self.learned, self.known, self.backend, self.question, self.n_people = (
            learned,
            known,
            backend,
            question,
            n_people,
        )
        interval = question.regimen.interval_h
        self.covariates: Mapping[str, Tensor] = profiles(known, question.population, n_people)
        self.column = column(question.target.measure)
        self.count = doses_taken(known, learned.features, interval)
        self.times = Interval.of(interval).edges
        self.doses = asked_doses(question.regimen, N_DOSES)

    def rows(self, doses: Array, times: slice) -> Rows:
        """Return rows of all people at doses and some of the times."""
        return rows(self.known, self.covariates, doses, self.question.regimen.interval_h, self.count, self.times[times])

    def added(self, base_of: BaseOf, none: bool = False) -> Tensor:
        """Return the networks' corrections of logarithms, ``(n_people, n_doses, n_times)``; no dose first if `none`."""
        few = self._few(FEW_DOSES, none)
        table, base = self._table(base_of, few, FEW_TIMES)
        added = log_expected(self.learned, table, self.backend).reshape(base.shape) - base
        return over_times(self._everywhere(added[..., self.column], few), self.times[FEW_TIMES], self.times)

    def changes(self, base_of: BaseOf, n_draws: int, seed: int, none: bool = False) -> Tensor:
        """Return how these corrections change with dropout, ``(n_draws, n_people, n_doses, 1)``."""
        few = self._few(FEWEST_DOSES, none)
        table, base = self._table(base_of, few, ONE_TIME)
        changes = log_changes(self.learned, table, self.backend, n_draws, seed)
        return self._everywhere(changes.reshape(-1, *base.shape)[..., self.column], few)

    def extremes(self, log_values: Tensor) -> Tensor:
        """Return the values that the target's limits are compared with, ``(..., 2)`` of ``(..., n_times)``."""
        return extremes(self.question.target.measure, log_values, self.times)

    def _few(self, count: int, none: bool) -> Array:
        some = asked_doses(self.question.regimen, count)
        return np.append(0.0, some) if none else some

    def _everywhere(self, values: Tensor, few: Array) -> Tensor:
        if few[0] > 0:
            return over_doses(values, few, self.doses)
        return over_doses_and_none(values, few[1:], self.doses)

    def _table(self, base_of: BaseOf, doses: Array, times: slice) -> tuple[Tensor, Tensor]:
        """Return the networks' table and the base ``(n_people, n_doses, n_times, 2)``."""
        table_rows, base = self.rows(doses, times), base_of(self, doses, times)
        features = replace(self.learned.features, base=KnownBase(base.reshape(-1, 2)))
        return features.table(table_rows.study, table_rows.moments), base


def asked_doses(regimen: Regimen, count: int) -> Array:
    """Return doses from the step to the cap in geometric progression, ``(count,)``."""
    return np.geomspace(regimen.step, regimen.cap, count)
