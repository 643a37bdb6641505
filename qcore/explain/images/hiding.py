"""Maps from hiding parts of an image, which need no slopes and so work under noise and on a processor."""

import math
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from torch import Tensor

from qcore.explain.images.attention import AttentionMap, without_error

Array = NDArray[np.float64]
Answer = Callable[[Tensor], tuple[Array, Array]]
"""Log odds ``(n,)`` of images ``(n, 1, h, w)``, and their standard errors."""
OCCLUSION = "Occlusion by the image's own blur (after Zeiler and Fergus 2014, arXiv:1311.2901)"
PARTITION = "Shapley values of a partition, hidden by blur (SHAP, Lundberg and Lee 2017, arXiv:1705.07874)"
WINDOW, STRIDE = 1 / 8, 1 / 16
"""Side of what is hidden at once, and how far apart, as shares of the image's side."""
BLUR = 1 / 12
"""Standard deviation of the blur that hides, as a share of the image's side: less would leave a lesion to be seen."""
N_EVALUATIONS = 400


def hidden(image: Tensor) -> Tensor:
    """Return the image ``(1, 1, h, w)`` so blurred that no lesion can be made out, and that no edge is added."""
    sd_px = BLUR * image.shape[-1]
    return torch.from_numpy(gaussian_filter(image[0, 0].numpy(), sd_px))[None, None].to(image.dtype)


def occlusion(image: Tensor, answer: Answer) -> AttentionMap:
    """Hide one window after the other, and see how far the answer falls.

    Args:
        image: ``(1, 1, h, w)`` in [0, 1].
        answer: of a model, on any backend.

    Returns:
        ``(h, w)`` the mean fall, in log odds, over the windows that hide each pixel. It does not add up.
    """
    height, width = image.shape[-2:]
    side, step = max(1, round(WINDOW * width)), max(1, round(STRIDE * width))
    corners = [(top, left) for top in _starts(height, side, step) for left in _starts(width, side, step)]
    covered = image.repeat(len(corners), 1, 1, 1)
    blur = hidden(image)[0, 0]
    for number, (top, left) in enumerate(corners):
        window = (slice(top, top + side), slice(left, left + side))
        covered[number, 0][window] = blur[window]
    logits, errors = answer(torch.cat([image, covered]))
    total, variance, count = np.zeros((height, width)), np.zeros((height, width)), np.zeros((height, width))
    for (top, left), fallen, error in zip(corners, logits[0] - logits[1:], errors[1:], strict=True):
        window = (slice(top, top + side), slice(left, left + side))
        total[window] += fallen
        variance[window] += error**2
        count[window] += 1
    standard_error = np.sqrt(variance / count**2 + errors[0] ** 2)
    return AttentionMap(OCCLUSION, total / count, standard_error)


def _starts(length: int, side: int, step: int) -> list[int]:
    """Return where windows begin, so that the last one ends with the image."""
    last = max(0, length - side)
    return [min(last, start) for start in range(0, last + step, step)]


def partition_shapley(image: Tensor, answer: Answer, n_evaluations: int = N_EVALUATIONS) -> AttentionMap:
    """Share the answer among the parts of an image, halved again and again where it matters (Owen values).

    Args:
        image: ``(1, 1, h, w)`` in [0, 1].
        answer: of a model, on any backend.
        n_evaluations: of the model; more make finer parts.
    """
    import shap  # takes two seconds to import, and only explanations need it

    height, width = image.shape[-2:]

    def logits(rows: NDArray[np.float32]) -> Array:
        return answer(torch.from_numpy(np.ascontiguousarray(rows.transpose(0, 3, 1, 2), np.float32)))[0]

    # Given as an array, the background needs no OpenCV.
    masker = shap.maskers.Image(hidden(image)[0, 0].numpy()[..., None], (height, width, 1))
    explainer = shap.PartitionExplainer(logits, masker)
    found = explainer(image[0].numpy().transpose(1, 2, 0)[None], max_evals=n_evaluations, batch_size=50, silent=True)
    values = np.asarray(found.values, np.float64).reshape(height, width)
    base = float(np.ravel(found.base_values)[0])
    reached = float(answer(image)[0][0])
    residual = reached - base - float(values.sum())
    return AttentionMap(PARTITION, values, without_error(values), base, 0.0 if math.isclose(residual, 0) else residual)
