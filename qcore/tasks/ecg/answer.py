"""What the trained models say of a recording: how probable each diagnosis is, and how far shots scatter that."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qcore.backends.protocol import Backend
from qcore.backends.registry import built
from qcore.evidence.conformal import interval
from qcore.evidence.conformal_set import yes_or_no_set
from qcore.models.patch_experts import PatchExperts
from qcore.tasks.classification import store
from qcore.tasks.classification.model import HYBRID, Model
from qcore.tasks.classification.question import entry_of
from qcore.tasks.ecg.question import ECG, LABELS

Array = NDArray[np.float64]
ENTRY = entry_of(ECG)


@dataclass(frozen=True)
class Diagnosis:
    """What is said of one label.

    Attributes:
        probability: calibrated.
        standard_error: of it, from shots; 0 where the circuit ran exactly.
        low, high: between which the share lies of those who have it, among fifty people with like probabilities.
        threshold: from which it is said to be there.
        possible: whether it belongs to the conformal set: nine in ten sets hold what is there.
    """

    probability: float
    standard_error: float
    low: float
    high: float
    threshold: float
    possible: bool

    @property
    def is_given(self) -> bool:
        """Whether it is said to be there."""
        return self.probability >= self.threshold


@dataclass(frozen=True)
class Answer:
    """What a model says of a recording.

    Attributes:
        diagnoses: by the names of the labels.
        backend: where the circuit ran.
    """

    diagnoses: Mapping[str, Diagnosis]
    backend: str


@cache
def load() -> Model:
    """Return the released models, read once.

    Raises:
        MissingAsset: they were never trained, or a file is missing.
    """
    return store.load(ENTRY)


def answer(model: Model, x: Tensor, backend: Backend | str, name: str = HYBRID) -> Answer:
    """Ask one of the trained models about a recording.

    Args:
        model: trained.
        x: ``(n_windows, 8, n_samples)`` mV: the recording as the models see it, in one window or in several, over whose
            log odds the mean is taken.
        backend: where the circuit runs, or its text, such as ``noisy:fez``.
        name: of the model: ``hybrid``, its classical twin ``control``, or a reference.
    """
    backend, facts = built(backend), model.facts
    logits, errors = log_odds(model, model.prepared(name, x), backend, name)
    mean, error = logits.mean(0, keepdims=True), np.sqrt(np.square(errors).sum(0, keepdims=True)) / len(x)
    probability = model.calibrated(name, mean)
    scatter = LABELS.standard_errors(mean, error, facts.calibration[name])
    diagnoses = {}
    for column, label in enumerate(LABELS.columns):
        value, threshold = probability[:, column], facts.thresholds[label.name]
        low, high = interval(value, facts.half_width[label.name])
        lowest = facts.possible_from
        possible, _ = yes_or_no_set(value, threshold, lowest[label.name], lowest[label.absent])
        diagnoses[label.name] = Diagnosis(
            float(value[0]), float(scatter[0, column]), float(low[0]), float(high[0]), threshold, bool(possible[0])
        )
    return Answer(diagnoses, backend.name)


def log_odds(model: Model, prepared: Tensor, backend: Backend, name: str = HYBRID) -> tuple[Array, Array]:
    """Return log odds ``(n, n_labels)`` before calibration, mean of the members, and their standard errors from shots.

    To first order: what is read has a slope by every measured expectation, and circuits run apart from each other.

    Args:
        model: trained.
        prepared: ``(n, n_features, n_stretches)`` what the members read.
        backend: where the circuits run.
        name: of the model.
    """
    members = model.members[name]
    if not all(isinstance(member, PatchExperts) for member in members):
        exact = model.logits_of_prepared(name, prepared, backend).mean(0)
        return exact, np.zeros_like(exact)
    values, variances = zip(*(_member(member, prepared, backend) for member in members), strict=True)  # type: ignore[arg-type]
    return np.mean(values, axis=0), np.sqrt(np.sum(variances, axis=0)) / len(members)


def _member(member: PatchExperts, x: Tensor, backend: Backend) -> tuple[Array, Array]:
    """Return what a member says and the variance of it, ``(n, n_labels)`` each."""
    with torch.no_grad():
        measured, covariance = member.measured(x, backend)
    if covariance is None:
        with torch.no_grad():
            said = member.read(measured).double().numpy()
        return said, np.zeros_like(said)
    measured.requires_grad_(True)
    outputs, variances = member.read(measured), []
    for column in range(outputs.shape[1]):
        (slope,) = torch.autograd.grad(outputs[:, column].sum(), measured, retain_graph=True)
        variances.append(torch.einsum("npeo,npeoq,npeq->n", slope, covariance, slope).clamp_min(0))
    return outputs.detach().double().numpy(), torch.stack(variances, dim=1).double().numpy()
