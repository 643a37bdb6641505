"""The noise study: what it measures, on toy patients."""

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from qcore.backends.registry import backend
from qcore.models.families import FAMILIES
from qcore.settings import ASSETS
from qcore.training.network import NetworkRecipe, outputs
from qcore.training.noise_study import DEVICES, NOISELESS, SCALES, NoiseStudy, study
from qcore.training.noise_study_card import card
from qcore.training.sweep_data import SweepData, load

RECIPE = NetworkRecipe(epochs=4, batch=64, learning_rate=0.03)


@pytest.fixture(scope="module")
def toy() -> SweepData:
    return load("toy", 200, None)


@pytest.fixture(scope="module")
def found(toy: SweepData) -> NoiseStudy:
    return study("toy", toy, ["resistant", "strong", "gru"], (0, 1), recipe=RECIPE)


def test_every_family_that_takes_tables_is_measured_on_every_device_and_scale(found: NoiseStudy) -> None:
    assert [(row.family, row.seed) for row in found.rows] == [
        ("resistant", 0),
        ("resistant", 1),
        ("strong", 0),
        ("strong", 1),
    ]
    for row in found.rows:
        assert [(p.device, p.scale) for p in row.noisy] == [(d, s) for d in DEVICES for s in SCALES]
        assert 0.5 < row.noiseless <= 1
        assert 0.5 < row.control <= 1
    assert (found.rows[0].qubits, found.rows[2].qubits) == (2, 4)


def test_the_numbers_are_those_of_the_trained_model(toy: SweepData) -> None:
    seen: list[torch.nn.Module] = []
    build = FAMILIES["strong"].build

    def kept(*size: object) -> torch.nn.Module:
        seen.append(build(*size))
        return seen[-1]

    with pytest.MonkeyPatch.context() as patch:
        family = FAMILIES["strong"]
        patch.setitem(FAMILIES, "strong", type(family)(family.name, family.label, family.kinds, kept, family.control))
        (row,) = study("toy", toy, ["strong"], (0,), recipe=RECIPE).rows
    exact, noisy = (
        outputs(seen[0], toy.held_x, backend(where))[:, 0].numpy() for where in (NOISELESS, "noisy:torino:5")
    )
    point = next(p for p in row.noisy if (p.device, p.scale) == ("torino", 5.0))
    assert row.noiseless == pytest.approx(roc_auc_score(toy.held_y, exact), abs=1e-4)
    assert point.auroc == pytest.approx(roc_auc_score(toy.held_y, noisy), abs=1e-4)
    middle = float(torch.from_numpy(exact).median())
    assert point.flips == pytest.approx(np.mean((exact > middle) != (noisy > middle)), abs=1e-4)


def test_the_card_names_the_family_that_loses_least_first(found: NoiseStudy) -> None:
    text = card(found)
    strong, resistant = (FAMILIES[name].label for name in ("strong", "resistant"))
    flips = {
        name: np.mean([p.flips for row in found.rows if row.family == name for p in row.noisy if p.scale == 3.0])
        for name in ("strong", "resistant")
    }
    first = min(flips, key=flips.__getitem__)
    assert first == "resistant"
    assert text.index(resistant) < text.index(strong)
    assert f"{flips['strong']:.1%}" in text
    assert f"{found.change('strong', 'fez', 1.0):+.4f}"[:4] in text


def test_the_study_on_disk_is_the_one_its_card_shows_and_the_resistant_family_loses_least() -> None:
    folder = ASSETS / "evidence"
    shipped = NoiseStudy.model_validate_json((folder / "noise.json").read_text(encoding="utf-8"))
    text = (folder / "noise.md").read_text(encoding="utf-8")
    assert text == card(shipped)
    labels = {name: FAMILIES[name].label for name in {row.family for row in shipped.rows}}
    assert min(labels.values(), key=text.index) == labels["resistant"]
    assert {row.seed for row in shipped.rows} == {0, 1, 2}
    assert all(shipped.change("resistant", device, 3.0) > -0.01 for device in DEVICES)
