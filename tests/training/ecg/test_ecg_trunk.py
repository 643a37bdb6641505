"""The trunk learns, goes on where it was stopped, and what it is shown is changed but not beyond what it shows."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from torch import Generator, Tensor

from qcore.tasks.ecg.question import LABELS
from qcore.training.cohorts.ptbxl import Recordings
from qcore.training.ecg.changes import changed
from qcore.training.ecg.trunk import TrunkRecipe, train_trunk
from qcore.training.ecg.views import views

SHORT = TrunkRecipe(epochs=3, batch=16, learning_rate=3e-3)


class StoppedError(Exception):
    """Somebody pressed Ctrl-C."""


def beats(n: int = 32, n_samples: int = 120) -> Recordings:
    """Made-up recordings: of half of them the waves stand upside down, which is their only label."""
    generator = Generator().manual_seed(4)
    upside_down = torch.arange(n) % 2
    phase = torch.arange(n_samples)[None] + torch.randint(0, 80, (n, 1), generator=generator)
    spike = torch.exp(-(((phase % 80) - 40.0) ** 2) / 18)
    x = (1 - 2 * upside_down)[:, None, None] * spike[:, None] * torch.linspace(0.5, 1.5, 8)[None, :, None]
    y = torch.zeros(n, len(LABELS))
    y[:, 1] = upside_down
    return Recordings(x, y, np.arange(n), pd.DataFrame())


def test_it_learns_and_goes_on_where_it_was_stopped(tmp_path: Path) -> None:
    recordings, losses = beats(), []
    whole = train_trunk(recordings, 5, tmp_path / "whole.ckpt", SHORT, lambda *told: losses.append(told[2]))
    assert losses[-1] < 0.7 * losses[0]

    def stop(done: int, _all: int, _loss: float) -> None:
        if done == 2:
            raise StoppedError

    part = tmp_path / "part.ckpt"
    with pytest.raises(StoppedError):
        train_trunk(recordings, 5, part, SHORT, stop)
    again: list[int] = []
    resumed = train_trunk(recordings, 5, part, SHORT, lambda done, *_: again.append(done))
    assert again == [3]
    for name, value in resumed.state_dict().items():
        torch.testing.assert_close(value, whole.state_dict()[name], rtol=0, atol=0)


def test_changes_are_many_and_leave_numbers_that_a_heart_could_make() -> None:
    x = beats().x
    seen = changed(x, Generator().manual_seed(1))
    assert seen.shape == x.shape
    assert bool(torch.isfinite(seen).all())
    assert float(seen.abs().max()) < 5 * float(x.abs().max())
    # Nothing is passed through as it is, some leads are lost, and what stands upside down still does.
    assert not any(torch.equal(one, other) for one, other in zip(x, seen, strict=True))
    assert bool((seen.abs().amax(-1) == 0).any())
    assert _agreement(x, seen) > 0.9
    torch.testing.assert_close(changed(x, Generator().manual_seed(1)), seen)


def test_views_stand_behind_each_other() -> None:
    x = beats(6).x
    made = views(x, 2)
    assert made.shape == (12, *x.shape[1:])
    assert not torch.equal(made[:6], made[6:])


def _agreement(x: Tensor, seen: Tensor) -> float:
    """Share of the recordings whose largest deflection has kept its direction."""

    def direction(signal: Tensor) -> Tensor:
        mean = signal.sum(1)
        return mean.gather(1, mean.abs().argmax(1, keepdim=True)).sign()

    return float((direction(x) == direction(seen)).float().mean())
