"""Training, keeping, measuring and describing an imaging model, on images whose outcome follows a known rule."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from qcore.backends.registry import backend
from qcore.cli import imaging as commands
from qcore.errors import MissingAsset
from qcore.evidence import metrics
from qcore.evidence.metrics import METRICS
from qcore.models.families import FAMILIES, Kind, Shape
from qcore.models.quantum_layer import ABLATIONS
from qcore.tasks.imaging import store
from qcore.tasks.imaging.model import CONTROL, HYBRID, REFERENCE, ImagingModel
from qcore.tasks.imaging.task import TASKS, ImagingTask
from qcore.training import imaging
from qcore.training.imaging_card import card
from qcore.training.imaging_evaluation import evaluate, with_noise
from qcore.training.imaging_study import ablations, learning_curve, subset
from qcore.training.medmnist import ImageSet
from qcore.training.network import NetworkRecipe
from qcore.training.noise_curve import noise_curve

ENGINE = backend("noisy:fez:0")
TASK = replace(TASKS["breast"], shape=Shape(Kind.IMAGE, 1, widths=(4, 8)))
RECIPE = imaging.ImagingRecipe(NetworkRecipe(6, batch=16, learning_rate=0.02), imaging.ULTRASOUND, ("noisy:fez:0",))
SEEDS = (0, 1)


def blobs(n: int, seed: int) -> ImageSet:
    """Yes: a bright blob in noise; no: noise alone."""
    generator = torch.Generator().manual_seed(seed)
    y = (torch.arange(n) % 3 == 0).float()
    x = 0.3 * torch.rand(n, 1, 12, 12, generator=generator)
    x[y > 0, :, 4:8, 4:8] += 0.5
    return ImageSet(x, y)


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch: pytest.MonkeyPatch) -> None:
    for function in (metrics.estimate, metrics.paired_difference):
        monkeypatch.setattr(function, "__defaults__", (40,))


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("checkpoints")


@pytest.fixture(scope="module")
def trained(kept: Path) -> ImagingModel:
    return imaging.train(TASK, RECIPE, blobs(90, 0), blobs(40, 9), kept, seeds=SEEDS)


def test_hybrid_twin_and_reference_learn_the_rule(trained: ImagingModel) -> None:
    test = blobs(60, 1)
    for name in (HYBRID, CONTROL, REFERENCE):
        assert len(trained.members[name]) == 2
        assert roc_auc_score(test.y, trained.probabilities(name, test.x, ENGINE)) > 0.9
        assert trained.facts.validation_auroc[name] > 0.85
        assert trained.facts.training_seconds[name] > 0


def test_probabilities_are_the_calibrated_mean_of_the_members(trained: ImagingModel) -> None:
    x = blobs(10, 2).x
    logits = trained.logits(HYBRID, x, ENGINE)
    assert logits.shape == (2, 10)
    slope, intercept = trained.facts.platt[HYBRID]
    expected = 1 / (1 + np.exp(-(slope * logits.mean(0) + intercept)))
    np.testing.assert_allclose(trained.probabilities(HYBRID, x, ENGINE), expected)


def test_an_image_and_its_mirror_image_get_the_same_answer_where_both_show_the_same(trained: ImagingModel) -> None:
    x = blobs(6, 3).x
    np.testing.assert_allclose(
        trained.probabilities(HYBRID, x, ENGINE), trained.probabilities(HYBRID, x.flip(-1), ENGINE), atol=1e-6
    )


def test_a_run_that_was_stopped_goes_on(trained: ImagingModel, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fitted: list[str] = []

    def counted(fit: imaging.Fit, *_: object) -> torch.nn.Module:
        fitted.append(fit.name)
        raise KeyboardInterrupt

    files = sorted(kept.glob("*.json"))
    assert len(files) == 3 * len(SEEDS)
    monkeypatch.setattr(imaging.Fit, "run", counted)
    again = imaging.train(TASK, RECIPE, blobs(90, 0), blobs(40, 9), kept, seeds=SEEDS)
    assert fitted == []
    assert again.facts == trained.facts
    x = blobs(5, 4).x
    np.testing.assert_array_equal(again.logits(HYBRID, x, ENGINE), trained.logits(HYBRID, x, ENGINE))
    for other in (replace(RECIPE, network=replace(RECIPE.network, epochs=7)),):
        with pytest.raises(KeyboardInterrupt):
            imaging.train(TASK, other, blobs(90, 0), blobs(40, 9), kept, seeds=SEEDS)
    with pytest.raises(KeyboardInterrupt):
        imaging.train(TASK, RECIPE, blobs(90, 5), blobs(40, 9), kept, seeds=SEEDS)


def test_what_is_stored_answers_alike(trained: ImagingModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "TASKS", {"breast": TASK})
    with pytest.raises(MissingAsset, match="qlinical train breast"):
        store.load("breast", tmp_path)
    store.save(trained, tmp_path)
    loaded = store.load("breast", tmp_path)
    assert loaded.facts == trained.facts
    x = blobs(8, 6).x
    for name in trained.members:
        np.testing.assert_allclose(
            loaded.probabilities(name, x, ENGINE),
            trained.probabilities(name, x, ENGINE),
            atol=5e-3 if name == REFERENCE else 1e-6,  # kept in half precision
        )
    (tmp_path / "breast" / "control-1.safetensors").unlink()
    with pytest.raises(MissingAsset, match=r"control-1\.safetensors is missing"):
        store.load("breast", tmp_path)


def test_an_evaluation_says_what_it_measured(trained: ImagingModel, tmp_path: Path) -> None:
    test = blobs(60, 7)
    found = with_noise(evaluate(trained, test, backend("noisy:fez:2")), trained, test)
    risk = trained.probabilities(HYBRID, test.x, backend("noisy:fez:2"))
    outcome = test.y.double().numpy()
    for name, score in METRICS.items():
        assert found.metrics[name].value == pytest.approx(score(outcome, risk), abs=1e-4)
    assert (found.n, found.base_rate, found.backend) == (60, pytest.approx(1 / 3, abs=1e-4), "noisy:fez:2")
    assert set(found.controls) == {CONTROL, REFERENCE}
    assert len(found.members) == 2
    assert found.circuit is not None
    assert found.circuit.entangling_capability == pytest.approx(0, abs=1e-9)
    (tmp_path / "breast").mkdir()
    store.save_evaluation(found, tmp_path)
    assert store.load_evaluation("breast", tmp_path) == found
    text = card(trained, found)
    for said in (TASK.title, "Noise-resistant", "hybrid minus classical twin", "sherbrooke", "Expressibility"):
        assert said in text
    assert f"{found.metrics['auroc'].value:.3f}" in text


def test_the_noise_curve_counts_flips_against_the_noiseless_answer(trained: ImagingModel) -> None:
    test = blobs(60, 8)
    outcome = test.y.double().numpy()
    (none, inverted) = noise_curve(lambda w: trained.probabilities(HYBRID, test.x, w), outcome, 0.5, ["torino"], [5.0])
    assert (none.mitigation, inverted.mitigation) == ("none", "read-out")
    noisy = trained.probabilities(HYBRID, test.x, backend("noisy:torino:5"))
    noiseless = trained.probabilities(HYBRID, test.x, backend("ideal"))
    assert none.flips == pytest.approx(np.mean((noisy > 0.5) != (noiseless > 0.5)), abs=1e-4)
    assert none.auroc == pytest.approx(roc_auc_score(test.y, noisy), abs=1e-4)


def test_ablations_take_a_part_of_the_circuit_away_and_compare(
    trained: ImagingModel, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[str] = []
    original = imaging.ablate
    monkeypatch.setattr(imaging, "ablate", lambda member, kind: built.append(kind) or original(member, kind))
    test = blobs(60, 1)
    found = ablations(trained, RECIPE, blobs(90, 0), test, kept)
    # Its circuit has no entanglers that could be removed.
    kinds = [kind for kind in ABLATIONS if kind != "unentangled"]
    assert [each.kind for each in found] == kinds
    assert built == [kind for kind in kinds for _ in SEEDS]
    whole = METRICS["auroc"](test.y.double().numpy(), trained.logits(HYBRID, test.x, backend("ideal")).mean(0))
    for each in found:
        assert each.difference.value == pytest.approx(whole - each.auroc, abs=2e-4)


def test_the_learning_curve_ends_at_the_released_model(trained: ImagingModel, kept: Path) -> None:
    test, told = blobs(60, 1), []
    points = learning_curve(trained, RECIPE, blobs(90, 0), test, kept, told.append, shares=(0.5,))
    assert [point.n for point in points] == [45, 90]
    outcome = test.y.double().numpy()
    for name, value in ((HYBRID, points[-1].hybrid), (CONTROL, points[-1].control)):
        logits = trained.logits(name, test.x, backend("ideal")).mean(0)
        assert value == pytest.approx(METRICS["auroc"](outcome, logits), abs=1e-4)
    assert told == ["hybrid on 45 images", "control on 45 images", "hybrid on 90 images", "control on 90 images"]
    half = subset(blobs(90, 0), 0.5)
    assert float(half.y.mean()) == pytest.approx(1 / 3, abs=0.02)
    assert torch.equal(half.x, subset(blobs(90, 0), 0.5).x)


@pytest.mark.parametrize("task", TASKS.values(), ids=str)
def test_every_task_can_be_built_trained_and_called_by_name(task: ImagingTask) -> None:
    assert set(commands.TASKS) == set(TASKS) == set(imaging.RECIPES)
    assert task.family in FAMILIES
    assert task.shape.kind in FAMILIES[task.family].kinds
    assert FAMILIES[task.family].build(task.shape, task.n_qubits, task.n_layers)
