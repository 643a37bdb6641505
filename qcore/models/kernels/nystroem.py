"""Nyström features: a kernel of many patients through its values at a few landmarks, none of whom is a patient."""

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.cluster import KMeans
from torch import Tensor

from qcore.errors import InvalidArgument

Array = NDArray[np.float64]

FEWEST_PATIENTS = 5
"""Behind every landmark: a mean of fewer would give a patient's values away."""
ROUNDING = 1e-6
"""Eigenvalues below this share of the largest are rounding in single precision."""


def landmarks(x: Tensor, count: int, seed: int = 0) -> Tensor:
    """Return centres of clusters of patients: means of at least `FEWEST_PATIENTS`, never one patient's values.

    Centres of k-means are good landmarks besides: Zhang et al. 2008, doi:10.1145/1390156.1390311. Smaller clusters,
    outliers above all, get none, so that fewer landmarks may come back.

    Args:
        x: ``(n, n_features)`` standardised features, a row a patient.
        count: at most so many landmarks.
        seed: of the centres that k-means starts from.

    Returns:
        ``(m, n_features)`` with m <= count.

    Raises:
        InvalidArgument: fewer than `FEWEST_PATIENTS` patients.
    """
    points = x.detach().double().numpy()
    if len(points) < FEWEST_PATIENTS:
        raise InvalidArgument(f"A landmark stands for at least {FEWEST_PATIENTS} patients, not {len(points)}.")
    count = min(count, len(np.unique(points, axis=0)), len(points) // FEWEST_PATIENTS)
    label = KMeans(count, n_init=4, random_state=seed).fit(points).labels_
    # The centres as means of their members: k-means itself stops a little before.
    centres = np.stack([points[label == k].mean(0) for k in range(count) if (label == k).sum() >= FEWEST_PATIENTS])
    return torch.from_numpy(centres).to(x.dtype)


def whitening(gram: Array) -> Array:
    """Return the matrix W after which kernels with the landmarks are features: ``k(x, y) ~ (k_x W) (k_y W)^T``.

    Williams and Seeger 2000 (NIPS 13). Shots scatter the eigenvalues to both sides of 0: what is no larger than the
    most negative one is left out, lest dividing by its root amplify noise.

    Args:
        gram: ``(m, m)`` of the landmarks, symmetric.

    Returns:
        ``(m, rank)``.
    """
    values, vectors = np.linalg.eigh(gram)
    kept = values > max(ROUNDING * values[-1], -values[0])
    return np.asarray(vectors[:, kept] / np.sqrt(values[kept]))
