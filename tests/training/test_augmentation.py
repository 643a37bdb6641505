"""Augmentation: what may change does, what must not does not."""

import pytest
import torch

from qcore.training.loop.augmentation import Augmentation, augment

STILL = Augmentation(rotation_deg=0, shift=0, scale=0)


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(4)


def blob(n_dims: int) -> torch.Tensor:
    """A bright off-centre block, many times over."""
    x = torch.zeros(200, 1, *[20] * n_dims)
    x[(slice(None), 0, *[slice(5, 9)] * n_dims)] = 1.0
    return x


@pytest.mark.parametrize("n_dims", [2, 3])
def test_no_change_is_no_change(n_dims: int) -> None:
    x = blob(n_dims)[:3]
    torch.testing.assert_close(augment(x, STILL, generator()), x, rtol=0, atol=1e-4)


@pytest.mark.parametrize("n_dims", [2, 3])
def test_rotation_alone_keeps_the_mass_and_its_distance_from_the_centre(n_dims: int) -> None:
    x = blob(n_dims)
    turned = augment(x, Augmentation(rotation_deg=25, shift=0, scale=0), generator())
    torch.testing.assert_close(turned.flatten(1).sum(1), x.flatten(1).sum(1), rtol=0.03, atol=0)
    at = torch.stack(torch.meshgrid(*[torch.linspace(-1, 1, 20)] * n_dims, indexing="ij"))

    def centre(images: torch.Tensor) -> torch.Tensor:
        weight = images[:, 0] / images.flatten(1).sum(1).view(-1, *[1] * n_dims)
        return (weight.unsqueeze(1) * at).flatten(2).sum(-1)

    torch.testing.assert_close(centre(turned).norm(dim=1), centre(x).norm(dim=1), rtol=0.05, atol=0)
    assert (centre(turned) - centre(x)).norm(dim=1).max() > 0.1


def test_an_image_is_mirrored_left_and_right_only_and_half_of_the_time() -> None:
    x = blob(2)
    seen = augment(x, Augmentation(rotation_deg=0, shift=0, scale=0, mirrored=True), generator())
    as_is = (seen - x).abs().flatten(1).max(1).values < 1e-3
    mirrored = (seen - x.flip(-1)).abs().flatten(1).max(1).values < 1e-3
    assert (as_is ^ mirrored).all()
    assert 70 < int(mirrored.sum()) < 130


def test_brightness_and_noise_stay_within_what_was_allowed() -> None:
    x = torch.full((300, 1, 8, 8), 0.5)
    bright = augment(x, Augmentation(rotation_deg=0, shift=0, scale=0, brightness=0.2), generator())
    level = bright.flatten(1).mean(1)
    assert level.min() >= 0.5 * 0.8 - 0.1 - 1e-5
    assert level.max() <= 0.5 * 1.2 + 0.1 + 1e-5
    assert level.std() > 0.03
    noisy = augment(x, Augmentation(rotation_deg=0, shift=0, scale=0, noise_sd=0.1), generator())
    assert 0.03 < noisy.flatten(1).std(1).mean() < 0.07


def test_the_same_seed_changes_alike() -> None:
    x, change = blob(2)[:5], Augmentation(mirrored=True, brightness=0.1, noise_sd=0.1)
    assert torch.equal(augment(x, change, generator()), augment(x, change, generator()))
