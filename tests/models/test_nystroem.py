"""Nyström features: that landmarks give no patient away, and that features stand in for the kernel."""

import numpy as np
import pytest
import torch
from torch import Tensor

from qcore.models.kernels.gaussian import RbfKernel
from qcore.models.kernels.nystroem import FEWEST_PATIENTS, landmarks, whitening


def patients(n: int = 300, seed: int = 0) -> Tensor:
    return torch.randn(n, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def grams(n_points: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the kernel of patients with landmarks, among landmarks and among patients."""
    kernel, x = RbfKernel(3).double(), patients()
    points = landmarks(x, n_points)
    with torch.no_grad():
        return kernel.cross(x, points).numpy(), kernel.gram(points).numpy(), kernel.gram(x).numpy()


def test_a_landmark_is_the_mean_of_several_patients_and_nobody() -> None:
    x = patients()
    # Somebody far from everybody else would be a cluster of one.
    x[7] = torch.tensor([40.0, -40.0, 40.0])
    points = landmarks(x, 20)
    assert 15 <= len(points) <= 20
    assert torch.cdist(points, x).min() > 0.01
    assert torch.cdist(points, x[7:8]).min() > 50
    nearest = torch.cdist(x, points).argmin(1)
    for place, point in enumerate(points):
        members = x[(nearest == place) & (torch.arange(len(x)) != 7)]
        assert len(members) >= FEWEST_PATIENTS
        assert (members.mean(0) - point).abs().max() < 0.2


def test_as_many_landmarks_as_patients_allow() -> None:
    assert len(landmarks(patients(22), 100)) <= 4
    assert len(landmarks(torch.ones(30, 3), 4)) == 1
    with pytest.raises(ValueError, match="at least 5 patients, not 4"):
        landmarks(patients(4), 2)


def test_landmarks_keep_precision_and_seed() -> None:
    x = patients().float()
    assert landmarks(x, 5).dtype == torch.float32
    assert torch.equal(landmarks(x, 5, 3), landmarks(x, 5, 3))


def test_features_reproduce_the_kernel_of_the_landmarks() -> None:
    _, among, _ = grams(12)
    features = among @ whitening(among)
    np.testing.assert_allclose(features @ features.T, among, rtol=0, atol=1e-5)


def test_more_landmarks_come_closer_to_the_kernel() -> None:
    errors = []
    for count in (4, 12, 40):
        cross, among, whole = grams(count)
        features = cross @ whitening(among)
        errors.append(np.linalg.norm(features @ features.T - whole) / np.linalg.norm(whole))
    assert errors[0] > 2 * errors[1] > 4 * errors[2]
    assert errors[2] < 0.1


def test_what_shots_scatter_is_not_amplified() -> None:
    # A kernel of rank 2 and the noise of a measurement: only the two directions are left.
    generator = np.random.default_rng(0)
    factors = generator.normal(size=(30, 2))
    noise = generator.normal(size=(30, 30)) * 0.05
    measured = factors @ factors.T + (noise + noise.T) / 2
    # Its largest noise eigenvalue may lie a little above the size of the most negative one.
    assert whitening(factors @ factors.T).shape == (30, 2)
    assert whitening(measured).shape[1] <= 4
    assert np.abs(whitening(measured)).max() < 2
