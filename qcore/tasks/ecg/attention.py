"""Which part of a recording speaks for a diagnosis, by name of the method: model attention, and no proof of disease."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qcore.backends.protocol import Backend
from qcore.backends.registry import built
from qcore.explain.images.attention import AttentionMap, without_error
from qcore.io.ecg.leads import INDEPENDENT
from qcore.models.patch_experts import PatchExperts
from qcore.tasks.classification.model import HYBRID, Model
from qcore.tasks.classification.preparation import InStretches
from qcore.tasks.ecg.answer import log_odds
from qcore.tasks.ecg.question import LABELS

Array = NDArray[np.float64]
Spans = Mapping[str, Sequence[tuple[int, int]]]
"""Of each wave, from which sample to before which it lasts, beat by beat, in samples of what the models read."""
SLOPES_ON = "noisy:fez:0"
"""The noise engine without noise, which gives PennyLane's numbers and slopes and is faster."""
STRETCHES = "Contributions of stretches: exact, they add up to the log odds"
INTEGRATED = "Integrated gradients from a flat line (Sundararajan et al. 2017, arXiv:1703.01365)"
OCCLUSION = "Occlusion of a wave in a lead by a straight line, all beats at once"
N_STEPS, STEPS_A_CALL = 32, 8


def preparation(model: Model) -> InStretches:
    """Return what turns recordings into what the models read.

    Raises:
        TypeError: the model does not read recordings in stretches.
    """
    if not isinstance(model.preparation, InStretches):
        raise TypeError(f"'{model.entry.name}' does not read recordings in stretches.")
    return model.preparation


class Attended:
    """One window of a recording, and what a model says of it and of changed versions of it, for one label.

    Args:
        model: trained.
        x: ``(1, 8, n_samples)`` mV, as the models see it.
        label: whose log odds are explained.
        backend: where the circuit runs, or its text; slopes are taken noiselessly all the same.
    """

    def __init__(self, model: Model, x: Tensor, label: str, backend: Backend | str) -> None:
        self.model, self.x, self.column = model, x, LABELS.names.index(label)
        self.slope = model.facts.calibration[HYBRID][label].slope
        self.backend = built(backend)

    @torch.no_grad()
    def stretches(self) -> AttentionMap:
        """Return what each stretch adds to the log odds, ``(1, n_stretches)``: what the model says is made of it."""
        features, members = preparation(self.model)(self.x), self.model.members[HYBRID]
        parts, bias = [], 0.0
        for member in members:
            if not isinstance(member, PatchExperts):
                raise TypeError(f"'{self.model.entry.name}' does not judge stretch by stretch.")
            measured, _ = member.measured(features, self.backend)
            parts.append(member.contributions(measured)[0, :, self.column].double().numpy())
            bias += float(member.readout.bias[self.column]) / len(members)
        values = self.slope * np.mean(parts, axis=0)[None]
        platt = self.model.facts.calibration[HYBRID][LABELS.names[self.column]]
        return AttentionMap(
            STRETCHES, values, without_error(values), base_value=platt.slope * bias + platt.intercept, residual=0.0
        )

    def integrated_gradients(self) -> AttentionMap:
        """Add up the slopes on the straight way from a flat line to the recording, ``(8, n_samples)``."""
        total, where = torch.zeros_like(self.x), built(SLOPES_ON)
        for part in ((torch.arange(N_STEPS) + 0.5) / N_STEPS).split(STEPS_A_CALL):
            between = (part.view(-1, 1, 1) * self.x).requires_grad_(True)
            (slope,) = torch.autograd.grad(self._slopes(between, where).sum(), between)
            total = total + slope.sum(0, keepdim=True)
        values = self.slope * (self.x * total / N_STEPS)[0].double().numpy()
        with torch.no_grad():
            ends = self.slope * self._slopes(torch.cat([torch.zeros_like(self.x), self.x]), where).double()
        base, reached = float(ends[0]), float(ends[1])
        return AttentionMap(INTEGRATED, values, without_error(values), base, reached - base - float(values.sum()))

    def occlusion(self, waves: Spans) -> dict[str, AttentionMap]:
        """Draw a straight line through a wave of all beats, in one lead after the other, and see how the answer falls.

        Args:
            waves: spans of each wave; those of a wave that is not there may be empty.

        Returns:
            By wave the fall in log odds, ``(8, 1)``; of a wave without spans, nothing. They do not add up.
        """
        asked, places = [self.x[0]], []
        for wave, spans in waves.items():
            for lead in range(len(INDEPENDENT)) if spans else ():
                asked.append(_without(self.x[0], lead, spans))
                places.append((wave, lead))
        logits, errors = self._answers(torch.stack(asked))
        found: dict[str, AttentionMap] = {}
        for wave in dict.fromkeys(wave for wave, _ in places):
            rows = [number for number, (name, _) in enumerate(places, 1) if name == wave]
            falls = (logits[0] - logits[rows])[:, None]
            error = np.sqrt(errors[rows] ** 2 + errors[0] ** 2)[:, None]
            found[wave] = AttentionMap(OCCLUSION, falls, error)
        return found

    def _answers(self, x: Tensor) -> tuple[Array, Array]:
        said, errors = log_odds(self.model, preparation(self.model)(x), self.backend)
        return self.slope * said[:, self.column], abs(self.slope) * errors[:, self.column]

    def _slopes(self, x: Tensor, where: Backend) -> Tensor:
        features = preparation(self.model).described(x)
        said = [member(features, where)[:, self.column] for member in self.model.members[HYBRID]]
        return torch.stack(said).mean(0)


def agreement(one: AttentionMap, other: AttentionMap) -> float:
    """Return how far two maps of one recording agree over time: the share of evidence that lies at the same moments.

    Both are added up over leads, brought to as many stretches as the coarser has, and of each the part that speaks for
    the diagnosis is taken as shares; 1 where these are equal, 0 where none is shared.
    """
    n = min(one.values.shape[1], other.values.shape[1])
    shares = [_share(_coarse(each.values.sum(0), n)) for each in (one, other)]
    return float(np.minimum(*shares).sum())


def _coarse(values: Array, n: int) -> Array:
    return np.array([part.sum() for part in np.array_split(values, n)])


def _share(values: Array) -> Array:
    positive = np.clip(values, 0, None)
    # Without any evidence, no moment has more than another.
    return positive / positive.sum() if positive.any() else np.full_like(positive, 1 / len(positive))


def _without(x: Tensor, lead: int, spans: Sequence[tuple[int, int]]) -> Tensor:
    """Return a recording ``(8, n_samples)`` with straight lines through the spans of a lead."""
    changed = x.clone()
    for start, end in spans:
        start, end = max(0, start), min(end, x.shape[1])
        if end - start > 1:
            changed[lead, start:end] = torch.lerp(x[lead, start], x[lead, end - 1], torch.linspace(0, 1, end - start))
    return changed
