"""The shipped imaging weights give the published numbers, and the cards on disk are those they generate."""

from pathlib import Path

import pytest

from qcore.backends.registry import backend
from qcore.evidence import metrics
from qcore.tasks.imaging import store
from qcore.tasks.imaging.model import HYBRID
from qcore.tasks.imaging.task import TASKS
from qcore.training.imaging_card import card
from qcore.training.imaging_evaluation import evaluate
from qcore.training.medmnist import read

RESNET18_PARAMETERS = 11_000_000
SHIPPED = [name for name in TASKS if (store.DIRECTORY / name / store.FACTS).is_file()]
each_task = pytest.mark.parametrize("name", SHIPPED)


def test_the_weights_are_there() -> None:
    assert set(SHIPPED) == set(TASKS)


@each_task
def test_the_published_numbers_are_recomputed(name: str, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for function in (metrics.estimate, metrics.paired_difference):
        monkeypatch.setattr(function, "__defaults__", (5,))
    model, published = store.load(name), store.load_evaluation(name)
    images = read(data, model.task.dataset, "test", model.task.positive_label)
    found = evaluate(model, images, backend("ideal"))
    assert found.n == published.n
    for before, now in (
        (published.metrics, found.metrics),
        *((published.controls[other], found.controls[other]) for other in published.controls),
    ):
        for metric in ("auroc", "accuracy", "brier"):
            assert now[metric].value == pytest.approx(before[metric].value, abs=2e-3), (
                f"qlinical evaluate {name} --write"
            )


@each_task
def test_the_card_is_generated_and_not_written_by_hand(name: str) -> None:
    on_disk = store.card_file(name).read_text(encoding="utf-8")
    assert on_disk == card(store.load(name), store.load_evaluation(name)), f"run: qlinical evaluate {name} --write"


@each_task
def test_the_hybrid_is_ten_times_smaller_than_resnet_18_and_has_seen_noise(name: str) -> None:
    facts = store.load(name).facts
    assert facts.n_parameters[HYBRID] * len(facts.seeds) * 10 <= RESNET18_PARAMETERS
    assert {"noisy:fez", "noisy:torino", "noisy:sherbrooke"} <= set(facts.trained_on)
    assert len(facts.seeds) == 3


@each_task
def test_noise_takes_little(name: str) -> None:
    evaluation = store.load_evaluation(name)
    at_three = [point for point in evaluation.noise if (point.device, point.scale) == ("fez", 3.0)]
    assert at_three
    assert min(point.auroc for point in at_three) >= evaluation.metrics["auroc"].value - 0.01
