"""The labels of a question: one or several, of which any number holds, or exactly one."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax
from torch import Tensor
from torch.nn import functional

from qcore.evidence.calibration import Platt, fit_platt
from qcore.evidence.decision import threshold_for_sensitivity
from qcore.evidence.kinds import KindsEvidence, kinds_evidence
from qcore.evidence.metrics import EVEN_ODDS, People

Array = NDArray[np.float64]
FEWEST_KINDS = 2


@dataclass(frozen=True)
class Label:
    """One thing that a case has or does not have.

    Attributes:
        name: what a case with it is, for people, e.g. ``malignant``.
        absent: what a case without it is; empty of exclusive kinds, where it is one of the others.
        sensitivity: share of the cases with it that the threshold is to find; None where the threshold is even odds.
            Exclusive kinds have no threshold.
    """

    name: str
    absent: str = ""
    sensitivity: float | None = None


@dataclass(frozen=True)
class Labels(ABC):
    """The labels of a question, and how the outputs of a model become their probabilities.

    Outcomes are ``(n, n_labels)`` of 0 and 1 throughout, log odds and probabilities are ``(n, n_labels)`` too.

    Attributes:
        columns: the labels, one a column of the outcome.
        averaged: names of those over which a mean AUROC is reported; none if empty.
    """

    columns: tuple[Label, ...]
    averaged: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Their names, in the order of the columns."""
        return tuple(label.name for label in self.columns)

    def __len__(self) -> int:
        """Count them."""
        return len(self.columns)

    @abstractmethod
    def loss(self, outputs: Tensor, outcome: Tensor, smoothing: float) -> Tensor:
        """Return the mean cross-entropy of outputs, the outcome taken a share back to even odds."""

    @abstractmethod
    def calibrate(self, outputs: Array, outcome: Array) -> dict[str, Platt]:
        """Learn the calibration of each label from cases that did not train.

        Args:
            outputs: ``(n, n_labels)`` log odds before calibration.
            outcome: ``(n, n_labels)`` 0 or 1.
        """

    @abstractmethod
    def probabilities(self, outputs: Array, calibration: Mapping[str, Platt]) -> Array:
        """Return calibrated probabilities ``(n, n_labels)``."""

    def scores(self, outputs: Array) -> Array:
        """Return probabilities ``(n, n_labels)`` before calibration, by which cases are ranked label by label.

        An output by itself need not rank: of exclusive kinds it counts beside the others alone.
        """
        return self.probabilities(outputs, {name: Platt(1.0, 0.0) for name in self.names})

    @abstractmethod
    def standard_errors(self, outputs: Array, errors: Array, calibration: Mapping[str, Platt]) -> Array:
        """Carry the standard errors ``(n, n_labels)`` of outputs over to the probabilities, to first order."""

    @abstractmethod
    def thresholds(self, outcome: Array, probabilities: Array) -> dict[str, float]:
        """Choose the probability from which each label is given, where thresholds decide, on cases that did not train.

        Args:
            outcome: ``(n, n_labels)`` 0 or 1.
            probabilities: ``(n, n_labels)`` calibrated.
        """

    @abstractmethod
    def decisions(self, probabilities: Array, thresholds: Mapping[str, float]) -> NDArray[np.bool_]:
        """Return which labels are given to each case, ``(n, n_labels)``."""

    @abstractmethod
    def kinds(
        self, outcome: Array, hybrid: Array, controls: Mapping[str, Array], people: People | None = None
    ) -> KindsEvidence | None:
        """Measure all labels together where exactly one holds; arguments as in `kinds_evidence`."""

    def _column(self, values: Mapping[str, float]) -> Array:
        return np.array([values[name] for name in self.names])


@dataclass(frozen=True)
class Independent(Labels):
    """Any number of the labels may hold, each a yes/no question of its own; a single one is the usual case."""

    def loss(self, outputs: Tensor, outcome: Tensor, smoothing: float) -> Tensor:
        """Return the mean binary cross-entropy."""
        return functional.binary_cross_entropy_with_logits(outputs, outcome * (1 - smoothing) + smoothing / 2)

    def calibrate(self, outputs: Array, outcome: Array) -> dict[str, Platt]:
        """Fit Platt's slope and offset to every label by itself."""
        return {name: fit_platt(outputs[:, column], outcome[:, column]) for column, name in enumerate(self.names)}

    def probabilities(self, outputs: Array, calibration: Mapping[str, Platt]) -> Array:
        """Return the probability of yes of every label."""
        by_label = [calibration[name].probability(outputs[:, column]) for column, name in enumerate(self.names)]
        return np.stack(by_label, axis=1)

    def standard_errors(self, outputs: Array, errors: Array, calibration: Mapping[str, Platt]) -> Array:
        """Return the standard error of every label by itself."""
        by_label = [
            calibration[name].standard_error(outputs[:, column], errors[:, column])
            for column, name in enumerate(self.names)
        ]
        return np.stack(by_label, axis=1)

    def thresholds(self, outcome: Array, probabilities: Array) -> dict[str, float]:
        """Choose each label's threshold by the sensitivity that is asked of it, else even odds."""
        return {
            label.name: EVEN_ODDS
            if label.sensitivity is None
            else threshold_for_sensitivity(holds, probability, label.sensitivity)
            for label, holds, probability in zip(self.columns, outcome.T, probabilities.T, strict=True)
        }

    def decisions(self, probabilities: Array, thresholds: Mapping[str, float]) -> NDArray[np.bool_]:
        """Give a label from its threshold on."""
        return np.asarray(probabilities >= self._column(thresholds))

    def kinds(
        self, _outcome: Array, _hybrid: Array, _controls: Mapping[str, Array], _people: People | None = None
    ) -> None:
        """Return nothing: each label is a question of its own."""


@dataclass(frozen=True)
class Exclusive(Labels):
    """Exactly one of the labels holds: a case is of one kind.

    Raises:
        ValueError: a kind asks for a sensitivity, or there is only one.
    """

    def __post_init__(self) -> None:
        """Refuse what kinds cannot have."""
        if len(self) < FEWEST_KINDS or any(label.sensitivity is not None for label in self.columns):
            raise ValueError(
                "Exclusive kinds are two or more, and the most probable one is given: none has a threshold that could "
                "reach a sensitivity. Ask for it with Independent labels."
            )

    def loss(self, outputs: Tensor, outcome: Tensor, smoothing: float) -> Tensor:
        """Return the mean cross-entropy over the kinds."""
        return functional.cross_entropy(outputs, outcome * (1 - smoothing) + smoothing / len(self))

    def calibrate(self, outputs: Array, outcome: Array) -> dict[str, Platt]:
        """Fit one slope for all kinds and an offset for each (Guo et al. 2017, arXiv:1706.04599, bias-corrected)."""

        def loss(numbers: Array) -> float:
            return -float((outcome * log_softmax(numbers[0] * outputs + numbers[1:], axis=1)).sum(axis=1).mean())

        slope, *offsets = minimize(loss, np.concatenate([[1.0], np.zeros(len(self))]), method="L-BFGS-B").x
        return {name: Platt(float(slope), float(offset)) for name, offset in zip(self.names, offsets, strict=True)}

    def probabilities(self, outputs: Array, calibration: Mapping[str, Platt]) -> Array:
        """Return probabilities that add up to 1."""
        scales = [calibration[name] for name in self.names]
        scaled = outputs * np.array([platt.slope for platt in scales]) + np.array([platt.intercept for platt in scales])
        return np.asarray(softmax(scaled, axis=1))

    def standard_errors(self, outputs: Array, errors: Array, calibration: Mapping[str, Platt]) -> Array:
        """Return the largest that any correlation of the outputs could give: they are read from the same shots."""
        share = self.probabilities(outputs, calibration)
        scaled = errors * np.array([calibration[name].slope for name in self.names])
        others = (share * scaled).sum(axis=1, keepdims=True) - share * scaled
        return np.asarray(share * ((1 - share) * scaled + others))

    def thresholds(self, _outcome: Array, _probabilities: Array) -> dict[str, float]:
        """Return none: the most probable kind is given."""
        return {}

    def decisions(self, probabilities: Array, _thresholds: Mapping[str, float]) -> NDArray[np.bool_]:
        """Give the most probable kind; of several equally probable ones the first."""
        return np.asarray(probabilities.argmax(axis=1)[:, None] == np.arange(len(self)))

    def kinds(
        self, outcome: Array, hybrid: Array, controls: Mapping[str, Array], people: People | None = None
    ) -> KindsEvidence:
        """Measure how often the right kind is given."""
        return kinds_evidence(outcome, hybrid, controls, people)


def yes_or_no(name: str, absent: str, sensitivity: float | None = None) -> Independent:
    """Return the labels of a question of one."""
    return Independent((Label(name, absent, sensitivity),))


def one_hot(codes: Sequence[int], n_labels: int) -> Tensor:
    """Return ``(n, n_labels)`` of 0 and 1 for the numbers of the labels that hold."""
    return functional.one_hot(torch.as_tensor(codes), n_labels).float()
