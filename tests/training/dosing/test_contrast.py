"""Contrastive pre-training: the loss, and that it touches encoders alone and learns."""

import math
from dataclasses import replace

import torch

from qcore.models.experts import Mode, classical_experts
from qcore.training.dosing.contrast import Contrast, info_nce, pretrain

ROWS = torch.randn(60, 5, generator=torch.Generator().manual_seed(0))


def model() -> torch.nn.Module:
    torch.manual_seed(0)
    return classical_experts(Mode.CASCADE, 5, 2, 2, 1)


def test_the_loss_knows_partners_from_strangers() -> None:
    views = torch.eye(8)
    assert float(info_nce(views, views, 0.05)) < 1e-6
    assert float(info_nce(views, views.roll(1, 0), 0.05)) > 10
    assert abs(float(info_nce(torch.ones(8, 3), torch.ones(8, 3), 1.0)) - math.log(8)) < 1e-5


def test_encoders_learn_and_nothing_else_moves() -> None:
    untrained, trained = model(), model()
    gentle = Contrast(epochs=1, batch=30, learning_rate=1e-2, damaged=0.1)
    first = pretrain(model(), ROWS, gentle, 0)
    last = pretrain(trained, ROWS, replace(gentle, epochs=60), 0)
    assert last < first - 0.5
    before, after = untrained.state_dict(), trained.state_dict()
    moved = {name for name, value in before.items() if not torch.equal(value, after[name])}
    assert moved
    assert all(".encoder." in name for name in moved)
    assert {name.split(".")[1] for name in moved} == {"0", "1"}


def test_the_same_seed_gives_the_same_encoders() -> None:
    one, other = model(), model()
    for each in (one, other):
        torch.manual_seed(1)
        pretrain(each, ROWS, Contrast(epochs=2), 3)
    for ours, theirs in zip(one.parameters(), other.parameters(), strict=True):
        assert torch.equal(ours, theirs)
