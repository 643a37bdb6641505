"""The trunk's training goes on where it was stopped, and knows nothing of collections that are left out."""

from pathlib import Path

import numpy as np
import pytest
import torch
from made_up_slices import slices

from qcore.models.images.lite0 import Lite0
from qcore.tasks.classification.preparation import InCells
from qcore.training.cohorts.brain_mri import Slices
from qcore.training.tumor import sources, trunk
from qcore.training.tumor.trunk import Cycle, TrunkRecipe, train_trunk

SIDE = 64
QUICK = TrunkRecipe(cycles=(Cycle(2, SIDE, 0, 1e-3), Cycle(2, SIDE, 1, 1e-3)), batch=3, last_side=SIDE + 32)


@pytest.fixture(scope="module")
def imagenet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights in the order of the published ones, with a layer that is not needed."""
    torch.manual_seed(0)
    file = tmp_path_factory.mktemp("imagenet") / "weights.pth"
    torch.save({**Lite0().state_dict(), "_fc.bias": torch.zeros(2)}, file)
    return file


class StoppedError(Exception):
    """Somebody pressed Ctrl-C."""


@pytest.mark.parametrize("after", [1, 2, 3])
def test_a_training_that_was_stopped_goes_on_as_if_it_had_not(
    after: int, imagenet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trunk, "KEPT_EVERY", 1)
    told: list[int] = []

    def stop(done: int, _total: int, _loss: float) -> None:
        # What was kept last is the step before.
        if done > after:
            raise StoppedError

    whole = train_trunk(slices(), imagenet, tmp_path / "whole.ckpt", QUICK)
    with pytest.raises(StoppedError):
        train_trunk(slices(), imagenet, tmp_path / "parts.ckpt", QUICK, stop)
    parts = train_trunk(slices(), imagenet, tmp_path / "parts.ckpt", QUICK, lambda done, *_: told.append(done))
    assert told == list(range(after + 1, 5))
    for name, value in whole.state_dict().items():
        torch.testing.assert_close(parts.state_dict()[name], value, rtol=1e-3, atol=1e-4, msg=name)


def test_collections_that_are_left_out_are_measured_and_the_probe_asks_for_healthy_slices_alone(
    imagenet: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = slices(24)
    people = np.array([f"person {number // 2}" for number in range(24)])
    # Bright heads come from one collection, dark ones from another: a probe must find that.
    source = np.array(["a", "a", "b", "b"] * 6)
    images = np.where((source == "b")[:, None, None, None], made.images // 2, made.images)
    mixed = Slices(images, made.where, made.kind, source, people, made.split)
    trained: list[set[str]] = []
    original = sources.train_trunk

    def watched(given: Slices, *rest: object) -> trunk.LinearCells:
        trained.append(set(given.source.tolist()))
        return original(given, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(sources, "read_slices", lambda *_: mixed)
    monkeypatch.setattr(sources, "imagenet_weights", lambda: imagenet)
    monkeypatch.setattr(sources, "train_trunk", watched)
    monkeypatch.setattr(sources, "GROUPS", (("a",), ("b",)))
    monkeypatch.setattr(sources, "SHORT", QUICK)
    monkeypatch.setattr(sources, "SIDE_PX", SIDE)
    found = sources.sources_evidence(InCells(SIDE).eval(), tmp_path, tmp_path, lambda *_: None)
    assert trained == [{"b"}, {"a"}]
    assert [each.collections for each in found.left_out] == [("a",), ("b",)]
    assert all(each.n == 36 and each.n_people == 6 and each.base_rate == 0.5 for each in found.left_out)
    assert found.probe.collections == ("a", "b")
    assert found.probe.n == 12
    assert found.probe.accuracy.value > 0.9 > found.probe.chance == 0.5
