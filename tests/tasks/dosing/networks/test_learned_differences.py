"""How people differ: what was put into made-up residuals is found again."""

import math

import numpy as np
import torch

from qcore.tasks.dosing.networks.differences import fit_differences, person

TRUE = (-0.05, 0.1, 0.3, 0.2, 0.1)


def made_up(n_subjects: int, n_rows: int = 20) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(3)
    subject = torch.arange(n_subjects).repeat_interleave(n_rows)
    effect = torch.rand(len(subject), generator=generator, dtype=torch.float64) * 2
    own = torch.randn(n_subjects, 2, generator=generator, dtype=torch.float64)[subject]
    error = torch.randn(len(subject), generator=generator, dtype=torch.float64)
    level, slope, sd_level, sd_slope, sd_error = TRUE
    residual = level + sd_level * own[:, 0] + (slope + sd_slope * own[:, 1]) * effect + sd_error * error
    return residual, effect, subject


def test_what_was_put_in_is_found_within_its_uncertainty() -> None:
    found = fit_differences(*made_up(200))
    errors = np.sqrt(np.diag(np.array(found.covariance)))
    true = np.array([*TRUE[:2], *np.log(TRUE[2:])])
    assert (np.abs(np.array(found.numbers) - true) < 3 * errors).all()
    # As many people as rows would allow for: level and slope are as sure as the people are many.
    assert abs(errors[0] - TRUE[2] / math.sqrt(200)) < 0.2 * errors[0]
    draws = found.draws(512, seed=0)
    np.testing.assert_allclose(draws.std(0).numpy(), errors, rtol=0.1)


def test_without_an_effect_people_differ_in_level_alone() -> None:
    residual, effect, subject = made_up(50)
    found = fit_differences(residual, 0 * effect, subject)
    mean, spread = person(found.vector, torch.zeros(2, dtype=torch.float64), torch.tensor([0.0, 2.0]).double())
    assert float(mean[0]) == float(mean[1])
    assert float(spread[0]) == float(spread[1]) > 0.2
    assert bool(found.draws(8, seed=0).isfinite().all())


def test_few_people_leave_finite_numbers() -> None:
    residual, effect, subject = made_up(2, 3)
    found = fit_differences(residual, effect, subject)
    assert np.isfinite(found.numbers).all()
    assert (np.linalg.eigvalsh(np.array(found.covariance)) > 0).all()
