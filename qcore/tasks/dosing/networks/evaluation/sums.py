"""Squared errors by subject from a cross-validation, from which every figure and its interval follow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict

from qcore.evidence.metrics import Array, Estimate
from qcore.study import Quantity
from qcore.tasks.dosing.networks.evaluation.errors import Squares, difference, rmse, squares
from qcore.tasks.dosing.networks.model import Experts
from qcore.tasks.dosing.networks.samples import QUANTITIES, Moments

DIGITS = 6
MECHANISTIC = "mechanistic"


@dataclass(frozen=True)
class Error:
    """The error of a model.

    Attributes:
        model: name of the model.
        case: "unseen" (nothing of the subject was measured) or "forecast" (the first week was).
        quantity: that is predicted, concentration or response.
        rmse: in the quantity's unit.
        normalised: divided by the standard deviation of all measurements of the quantity.
    """

    model: str
    case: str
    quantity: Quantity
    rmse: Estimate
    normalised: Estimate


@dataclass(frozen=True)
class Comparison:
    """Difference of the normalised errors of two models on the same subjects; below 0 the first is better."""

    model: str
    other: str
    case: str
    quantity: Quantity
    difference: Estimate


class SubjectErrors(BaseModel):
    """Squared errors of a model in a case, in squared units, by subject in the order of the study.

    Attributes:
        model: name of the model.
        case: "unseen" (nothing of the subject was measured) or "forecast" (the first week was).
        seeds: of the networks whose predictions are averaged.
        total: mean over divisions of the sum over a subject's measurements, by quantity.
        count: measurements of a subject, by quantity.
    """

    model_config = ConfigDict(frozen=True)

    model: str
    case: str
    seeds: tuple[int, ...]
    total: dict[Quantity, tuple[float, ...]]
    count: dict[Quantity, tuple[int, ...]]

    @classmethod
    def of(
        cls, model: str, case: str, seeds: tuple[int, ...], moments: Moments, predicted: Sequence[Array], n: int
    ) -> "SubjectErrors":
        """Sum squared errors by subject.

        Args:
            model: name of the model.
            case: "unseen" (nothing of the subject was measured) or "forecast" (the first week was).
            seeds: of the networks whose predictions are averaged.
            moments: with what was measured.
            predicted: of every division, ``(n_rows, 2)``.
            n: number of subjects of the study.
        """
        measured, subject = moments.measured.numpy(), moments.subject.numpy()
        total, count = dict[Quantity, tuple[float, ...]](), dict[Quantity, tuple[int, ...]]()
        for column, quantity in enumerate(QUANTITIES):
            if np.isnan(measured[:, column]).all():
                continue
            of_subjects = squares(subject, [(each - measured)[:, column] for each in predicted], n)
            total[quantity] = tuple(float(f"{each:.{DIGITS}g}") for each in of_subjects.total)
            count[quantity] = tuple(map(int, of_subjects.count))
        return cls(model=model, case=case, seeds=seeds, total=total, count=count)

    def squares(self, quantity: Quantity) -> Squares:
        """Return the squared errors of one quantity by subject."""
        return Squares(np.array(self.total[quantity]), np.array(self.count[quantity], dtype=np.float64))


class Sums(BaseModel):
    """Squared errors of all models on the same folds.

    Attributes:
        n_subjects: predicted, each once in every division.
        n_folds: parts of a division.
        n_repeats: number of divisions into parts.
        cases: by name, until when samples are known, in the study's unit of time; None where none are.
        spreads: standard deviation of all measurements of each quantity, in its unit.
        models: each in each case.
    """

    model_config = ConfigDict(frozen=True)

    n_subjects: int
    n_folds: int
    n_repeats: int
    cases: dict[str, float | None]
    spreads: dict[Quantity, float]
    models: tuple[SubjectErrors, ...]

    @property
    def errors(self) -> list[Error]:
        """Errors of every model, case and quantity, with intervals over resampled subjects."""
        return [
            Error(each.model, each.case, quantity, rmse(errors), rmse(errors, self.spreads[quantity]))
            for each in self.models
            for quantity, errors in self._of(each).items()
        ]

    @property
    def comparisons(self) -> list[Comparison]:
        """Comparisons of every quantum model with its control, and of every model with the mechanistic one."""
        names = list(dict.fromkeys(each.model for each in self.models))
        pairs = [*controls(names).items(), *((name, MECHANISTIC) for name in names if name != MECHANISTIC)]
        return [
            Comparison(first.model, other, first.case, quantity, self._difference(first, second, quantity))
            for model, other in pairs
            for first in self.models
            for second in self.models
            if (first.model, second.model, second.case) == (model, other, first.case)
            for quantity in self._of(first)
        ]

    def _of(self, errors: SubjectErrors) -> dict[Quantity, Squares]:
        return {quantity: errors.squares(quantity) for quantity in errors.total if quantity in self.spreads}

    def _difference(self, first: SubjectErrors, second: SubjectErrors, quantity: Quantity) -> Estimate:
        return difference(first.squares(quantity), second.squares(quantity), self.spreads[quantity])


def controls(names: Iterable[str]) -> dict[str, str]:
    """Return the name of the control of every quantum model among some names."""
    return {name: name.replace(Experts.QUANTUM, Experts.CLASSICAL, 1) for name in names if Experts.QUANTUM in name}
