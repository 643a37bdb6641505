"""Training: it improves on the base, is repeatable, lets people differ, and looks at no later value in a forecast."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from made_up_study import changed, part, study
from torch import Tensor, nn

from qcore.backends.ideal import IdealBackend
from qcore.backends.registry import backend
from qcore.study import Observations
from qcore.tasks.dosing.networks.model import Build, Experts, Learned
from qcore.tasks.dosing.networks.samples import measured_moments
from qcore.training.dosing.contrast import Contrast
from qcore.training.dosing.subject_effects import SubjectEffects
from qcore.training.dosing.train import NetworkTraining, train
from qcore.training.loop.recipe import Recipe

WHOLE = study(18)
TRAINING, HELD_OUT = part(WHOLE, range(12)), part(WHOLE, range(12, 18))
END = 30.0
RECIPE = NetworkTraining(Recipe(40, batch=64, learning_rate=1e-2), jitter=0.2, differ=0.3)
SMALL = Build(Experts.QUANTUM, n_qubits=2, n_layers=1)
WHERE = IdealBackend()


def off(learned: Learned, base_only: bool = False) -> Tensor:
    moments = measured_moments(TRAINING)
    said = learned.features.table(TRAINING, moments)[:, -2:].exp() if base_only else None
    predicted = learned.predicted(TRAINING, moments, WHERE) if said is None else said
    return (predicted / moments.measured - 1).square().nanmean(0).sqrt()


@pytest.mark.parametrize("experts", list(Experts))
def test_it_learns_what_the_base_misses(experts: Experts) -> None:
    learned = train(TRAINING, replace(SMALL, experts=experts), RECIPE)
    after, before = off(learned), off(learned, base_only=True)
    # An average course knows nothing of absorption: most of its error in the concentration can be learnt.
    assert float(after[0]) < 0.75 * float(before[0])
    assert float(after[1]) < float(before[1])
    assert bool((learned.residual_sd > 0.05).all())
    assert bool((learned.residual_sd < 0.5).all())


def test_of_what_was_never_measured_nothing_is_said() -> None:
    subjects = []
    for subject in TRAINING.subjects:
        observed = subject.observations
        level = ~observed.response
        subjects.append(
            replace(subject, observations=Observations(observed.time[level], observed.value[level], ~level[level]))
        )
    quick = replace(RECIPE, network=replace(RECIPE.network, epochs=2))
    learned = train(replace(TRAINING, subjects=tuple(subjects)), SMALL, quick)
    moments = measured_moments(HELD_OUT)
    for said in (learned.predicted(HELD_OUT, moments, WHERE), learned.interval(HELD_OUT, moments, WHERE)[0]):
        assert bool(said[:, 0].isfinite().all())
        assert bool(said[:, 1].isnan().all())


def test_a_seed_is_a_model_and_members_are_told_of() -> None:
    quick = replace(RECIPE, network=replace(RECIPE.network, epochs=2), seeds=(0, 1))
    told: list[tuple[int, int]] = []
    moments = measured_moments(HELD_OUT)
    one, other = (
        train(TRAINING, SMALL, quick, on_member=lambda done, total: told.append((done, total))) for _ in range(2)
    )
    torch.testing.assert_close(
        one.predicted(HELD_OUT, moments, WHERE), other.predicted(HELD_OUT, moments, WHERE), rtol=0, atol=0
    )
    assert told == [(0, 2), (1, 2), (2, 2)] * 2
    first, second = (next(iter(member.parameters())) for member in one.members)
    assert not torch.equal(first, second)


def test_what_was_trained_on_state_vectors_runs_anywhere() -> None:
    quick = replace(RECIPE, network=replace(RECIPE.network, epochs=2))
    learned, moments = train(TRAINING, SMALL, quick), measured_moments(HELD_OUT)
    ours, theirs, noisy = (
        learned.predicted(HELD_OUT, moments, where) for where in (WHERE, backend("ideal"), backend("noisy:fez"))
    )
    torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-5)
    assert not torch.equal(ours, noisy)


def test_a_forecast_of_somebody_does_not_know_what_comes_later() -> None:
    quick = replace(RECIPE, network=replace(RECIPE.network, epochs=2))
    learned, moments = train(TRAINING, SMALL, quick, END), measured_moments(HELD_OUT, END)
    before = learned.predicted(HELD_OUT, moments, WHERE)
    torch.testing.assert_close(
        learned.predicted(changed(HELD_OUT, 2, 5.0, END), moments, WHERE), before, rtol=0, atol=0
    )
    known = learned.predicted(changed(HELD_OUT, 2, 1.5), moments, WHERE)
    assert bool((known != before).any(-1)[moments.subject == 2].all())


def test_pre_training_changes_what_is_trained() -> None:
    quick = replace(RECIPE, network=replace(RECIPE.network, epochs=2))
    pre_trained = replace(quick, contrast=Contrast(epochs=3))
    plain, other = (next(iter(train(TRAINING, SMALL, each).members[0].parameters())) for each in (quick, pre_trained))
    assert not torch.equal(plain, other)


class Constant(nn.Module):
    """Says the same of everybody."""

    def __init__(self) -> None:
        super().__init__()
        self.level = nn.Parameter(torch.zeros(2))

    def forward(self, table: Tensor, _backend: object = None) -> Tensor:
        return self.level.expand(len(table), 2)


def test_offsets_take_what_makes_people_differ_and_give_the_mean_back() -> None:
    factors = torch.tensor([0.5, 1.0, 2.0, 1.0])
    subject = torch.arange(4).repeat_interleave(20)
    measured = torch.stack([factors[subject], torch.full((80,), torch.nan)], -1)
    measured[60:, 0] = torch.nan
    people = SubjectEffects(Constant(), 4, (~measured.isnan()).sum(0), differ=0.3)
    rows = torch.cat([torch.zeros(80, 3), subject.unsqueeze(-1).float()], -1)
    optimiser = torch.optim.LBFGS(people.parameters(), max_iter=100, line_search_fn="strong_wolfe")

    def closure() -> float:
        optimiser.zero_grad()
        loss = people.loss(people(rows), measured)
        loss.backward()
        return float(loss.detach())

    optimiser.step(closure)
    with torch.no_grad():
        level = people.model.level
        np.testing.assert_allclose(level[0], 0.0, atol=0.05)
        np.testing.assert_allclose(people.offsets[:3, 0], factors[:3].log(), atol=0.05)
        # Who was never measured does not differ, and does not count.
        np.testing.assert_allclose(people.offsets[3], 0.0, atol=1e-4)
        mean = level + people.mean_log_factor(subject, measured)
        np.testing.assert_allclose(mean[0].exp(), factors[:3].mean(), rtol=0.03)
        assert float(people.mean_log_factor(subject, measured)[1]) == 0


def test_the_less_people_may_differ_the_less_they_do() -> None:
    loss = [SubjectEffects(Constant(), 2, torch.tensor([10, 10]), differ) for differ in (0.1, 1.0)]
    for each in loss:
        nn.init.constant_(each.offsets, 0.5)
    rows, nothing = torch.zeros(4, 4), torch.full((4, 2), torch.nan)
    narrow, wide = (float(each.loss(each(rows), nothing).detach()) for each in loss)
    assert narrow == pytest.approx(100 * wide)
