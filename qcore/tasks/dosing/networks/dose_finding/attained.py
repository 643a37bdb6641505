"""Networks as dose models: what share of people reach a target at steady state, and how sure that is.

A learned model says what is expected of people of given covariates and doses. Who differs from that, and how, comes

- for a model that corrects an average course, from how people it was not trained on differ (`Differences`);
- for one that corrects the mechanistic model, from that model's own virtual people, all of whom the network moves by
  what it adds for their covariates and dose.

Draws are networks thinned by dropout, over all members, with the numbers of the differences or of the mechanistic model
as they might be too. What else the average course leaves open is in none of them.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from qcore.backends.protocol import Backend
from qcore.population.model import PopulationModel
from qcore.study import Array
from qcore.tasks.dosing.dose_finding import Curves, Progress, Question, grid
from qcore.tasks.dosing.networks.differences import Differences, person
from qcore.tasks.dosing.networks.dose_finding.inquiry import N_DOSES, DoseInquiry, asked_doses
from qcore.tasks.dosing.networks.dose_finding.interpolation import over_doses
from qcore.tasks.dosing.networks.dose_finding.share_on_target import column, expected_share, share_of
from qcore.tasks.dosing.networks.dose_finding.virtual_people import alike, log_virtual
from qcore.tasks.dosing.networks.mechanistic import Mechanistic
from qcore.tasks.dosing.networks.model import Learned
from qcore.tasks.dosing.networks.predictions import runs_on
from qcore.tasks.dosing.target import Measure

N_PEOPLE, N_ALIKE = 16, 256
"""Numbers of different covariates, and of virtual people for each of them; 4096 people in all."""
N_ALIKE_A_DRAW = 32
N_DRAWS, N_NETWORKS = 64, 24
"""Draws of the numbers, and of networks with dropout, which are used in turns since they matter less."""
SEED = 2025


@dataclass(frozen=True, eq=False)
class NetworkDoseModel:
    """A network that corrects an average course of one dose.

    Attributes:
        name: what it is called.
        learned: the model, for subjects of whom nothing was measured.
        known: the mechanistic model of the same study, which says whom it had and when a steady state is reached.
        differences: how people differ, of concentration and response.
        backend: that runs the circuits.
    """

    name: str
    learned: Learned
    known: PopulationModel
    differences: tuple[Differences, Differences]
    backend: Backend

    @property
    def runs_on(self) -> str | None:
        """Where its circuits run, as a line of text; None where it has none."""
        return runs_on(self.learned, self.backend)

    def curves(self, question: Question, on_progress: Progress = lambda *_: None) -> Curves:
        """Return what share reaches the target, by dose; see `DoseModel`."""
        differences = self.differences[column(question.target.measure)]
        inquiry = DoseInquiry(self.learned, self.known, self.backend, question, N_PEOPLE)
        expected = self._expected(inquiry)
        changes, drawn = inquiry.changes(self._base, N_NETWORKS, SEED, none=True), []
        for draw, numbers in enumerate(differences.draws(N_DRAWS, SEED)):
            on_progress(draw, N_DRAWS)
            drawn.append(self._share(question, expected + changes[draw % N_NETWORKS], numbers))
        best = self._share(question, expected, differences.vector)
        return Curves(grid(question.regimen), best, torch.stack(drawn), self.name, self.runs_on)

    def _base(self, inquiry: "DoseInquiry", doses: Array, times: slice) -> Tensor:
        table_rows = inquiry.rows(doses, times)
        return self.learned.features.base.log_predicted(table_rows.study, table_rows.moments).reshape(
            *table_rows.shape, 2
        )

    def _expected(self, inquiry: "DoseInquiry") -> Tensor:
        """Return extremes of expected values over the interval, no dose first, ``(n_people, 1 + n_doses, 2)``."""
        base = self._base(inquiry, np.append(0.0, inquiry.doses), slice(None))[..., inquiry.column]
        return inquiry.extremes(base + inquiry.added(self._base, none=True))

    def _share(self, question: Question, expected: Tensor, numbers: Tensor) -> Tensor:
        """Return the share on target by dose, from extremes of expected values, no dose first."""
        regimen = question.regimen
        attained = over_doses(expected[:, 1:], asked_doses(regimen, N_DOSES), grid(regimen).numpy())
        # The effect of a dose on the response; of a concentration people differ in level alone.
        effect = (expected[:, :1] - attained) * (question.target.measure is Measure.RESPONSE)
        return expected_share(question.target, *person(numbers, attained, effect))


@dataclass(frozen=True, eq=False)
class HybridDoseModel:
    """A network that corrects the population model, for subjects of whom nothing was measured.

    Attributes:
        name: what it is called.
        learned: the model; its base is `Mechanistic`.
        known: the mechanistic model of the same study; with a response.
        backend: that runs the circuits.
    """

    name: str
    learned: Learned
    known: PopulationModel
    backend: Backend

    @property
    def runs_on(self) -> str | None:
        """Where its circuits run, as a line of text; None where it has none."""
        return runs_on(self.learned, self.backend)

    def curves(self, question: Question, on_progress: Progress = lambda *_: None) -> Curves:
        """Return what share reaches the target, by dose; see `DoseModel`."""
        inquiry = DoseInquiry(self.learned, self.known, self.backend, question, N_PEOPLE)
        added = inquiry.added(self._base)
        best = self._share(inquiry, self._virtual(inquiry, N_ALIKE, self._numbers, inquiry.doses), added)
        changes, drawn = inquiry.changes(self._base, N_NETWORKS, SEED), []
        for draw, numbers in enumerate(self.known.draws(N_DRAWS, SEED)):
            on_progress(draw, N_DRAWS)
            virtual = self._virtual(inquiry, N_ALIKE_A_DRAW, numbers, inquiry.doses)
            drawn.append(self._share(inquiry, virtual, added + changes[draw % N_NETWORKS]))
        return Curves(grid(question.regimen), best, torch.stack(drawn), self.name, self.runs_on)

    @property
    def _numbers(self) -> Tensor:
        base = self.learned.features.base
        return base.numbers if isinstance(base, Mechanistic) else self.known.vector

    def _virtual(self, inquiry: "DoseInquiry", n_alike: int, numbers: Tensor, doses: Array) -> Tensor:
        eta = alike(self.known, inquiry.n_people, n_alike)
        interval = inquiry.question.regimen.interval_h
        return log_virtual(self.known, numbers, inquiry.covariates, eta, doses, interval)

    def _base(self, inquiry: "DoseInquiry", doses: Array, times: slice) -> Tensor:
        """Return the mean over virtual people of the same covariates, the base that the network corrects."""
        return self._virtual(inquiry, N_ALIKE, self._numbers, doses)[..., times, :].exp().mean(1).log()

    def _share(self, inquiry: "DoseInquiry", virtual: Tensor, added: Tensor) -> Tensor:
        """Return the share on target by dose, of virtual people corrected by the network."""
        moved = inquiry.extremes((virtual[..., inquiry.column] + added.unsqueeze(1)).flatten(0, 1))
        regimen, target = inquiry.question.regimen, inquiry.question.target
        return share_of(target, over_doses(moved, inquiry.doses, grid(regimen).numpy()))
