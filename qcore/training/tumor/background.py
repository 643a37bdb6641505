"""What lies outside the head tells where an image comes from: how the model does when all of that is black."""

import numpy as np
import torch
from torch import Tensor

from qcore.backends.protocol import Backend
from qcore.evidence.evaluation import WithoutBackground
from qcore.evidence.kinds import accuracy_of_kinds
from qcore.evidence.metrics import METRICS, estimate
from qcore.tasks.classification.model import HYBRID, Model
from qcore.tasks.tumor.framing import head_mask
from qcore.training.tumor.cases import TumorCases

DIGITS = 4


def blackened(x: Tensor) -> Tensor:
    """Return framed images ``(n, 1, SIDE, SIDE)`` with 0 outside the head."""
    heads = np.stack([head_mask(image) for image in x[:, 0].float().numpy()])
    return x * torch.from_numpy(heads)[:, None]


def without_background(model: Model, cases: TumorCases, backend: Backend) -> WithoutBackground:
    """Measure the hybrid on cases whose background is made black.

    Args:
        model: trained.
        cases: whose first label is "nothing there".
        backend: where the circuit runs.
    """
    outcome = cases.y.double().numpy()
    with_it, without = (model.probabilities(HYBRID, x, backend) for x in (cases.x, blackened(cases.x)))
    return WithoutBackground(
        accuracy=estimate(accuracy_of_kinds, outcome, without, people=cases.people),
        auroc=estimate(METRICS["auroc"], outcome[:, 0], without[:, 0], people=cases.people),
        changed=round(float(np.mean(with_it.argmax(1) != without.argmax(1))), DIGITS),
    )
