"""Maps from the slopes of a model: Grad-CAM and integrated gradients. Both run noiselessly, where slopes are exact."""

from collections.abc import Callable

import torch
from torch import Tensor

from qcore.explain.images.attention import AttentionMap, without_error

GRAD_CAM = "Grad-CAM (Selvaraju et al. 2017, doi:10.1109/ICCV.2017.74)"
INTEGRATED = "Integrated gradients from black (Sundararajan et al. 2017, arXiv:1703.01365)"
N_STEPS = 32
STEPS_A_CALL = 8


def grad_cam(features: Tensor, answer: Callable[[Tensor], Tensor]) -> AttentionMap:
    """Weigh each channel of a map of features by the mean slope of the answer, and keep what speaks for it.

    Args:
        features: ``(1, n_channels, h, w)`` of one image.
        answer: log odds ``(1,)`` of such features.

    Returns:
        ``(h, w)``, without a scale of its own; all 0 where nothing speaks for the answer.
    """
    leaf = features.detach().requires_grad_(True)
    (slope,) = torch.autograd.grad(answer(leaf).sum(), leaf)
    weighed = (slope.mean((2, 3), keepdim=True) * leaf.detach()).sum(1)[0]
    values = weighed.clamp_min(0).double().numpy()
    return AttentionMap(GRAD_CAM, values, without_error(values))


def integrated_gradients(image: Tensor, answer: Callable[[Tensor], Tensor], n_steps: int = N_STEPS) -> AttentionMap:
    """Add up the slopes on the straight way from a black image to the image.

    Args:
        image: ``(1, 1, h, w)`` in [0, 1].
        answer: log odds ``(n,)`` of images ``(n, 1, h, w)``.
        n_steps: of the sum; the residual tells whether they are enough.
    """
    total = torch.zeros_like(image)
    for part in ((torch.arange(n_steps) + 0.5) / n_steps).split(STEPS_A_CALL):
        between = (part.view(-1, 1, 1, 1) * image.detach()).requires_grad_(True)
        (slope,) = torch.autograd.grad(answer(between).sum(), between)
        total = total + slope.sum(0, keepdim=True)
    values = (image * total / n_steps)[0, 0].detach().double().numpy()
    with torch.no_grad():
        ends = answer(torch.cat([torch.zeros_like(image), image])).double()
    base, reached = float(ends[0]), float(ends[1])
    return AttentionMap(INTEGRATED, values, without_error(values), base, reached - base - float(values.sum()))
