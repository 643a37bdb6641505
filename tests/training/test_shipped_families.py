"""The shipped weights of the families give the published numbers, and the cards on disk are those they generate."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from qcore.backends.registry import backend
from qcore.evidence import metrics
from qcore.models.families import FAMILIES
from qcore.tasks.aki.model import ENTRY as AKI
from qcore.tasks.classification import store
from qcore.tasks.classification.model import HYBRID
from qcore.tasks.classification.question import Entry
from qcore.tasks.questions import QUESTIONS, entries, entry
from qcore.training.cards.noise_curve import DEVICES
from qcore.training.classification import cases, overview
from qcore.training.classification import evaluate as evaluation
from qcore.training.classification.card import card
from qcore.training.classification.cases import read_cases
from qcore.training.classification.evaluate import evaluate
from qcore.training.classification.reference import reference
from qcore.training.cohorts import physionet2012
from qcore.training.notes import notes_of

ENGINE = backend("noisy:fez:0")
"""Without noise, by the engine: PennyLane's numbers, and many times as fast on a kernel's pairs of patients."""
RESNET18_PARAMETERS = 11_000_000
RELEASED = [entry(name) for name in QUESTIONS if name != "aki"]
SHIPPED = [each for each in entries() if store.is_trained(each) and each != AKI]
each_released = pytest.mark.parametrize("each", RELEASED, ids=lambda each: each.name)
each_shipped = pytest.mark.parametrize("each", SHIPPED, ids=lambda each: each.name)


def test_every_question_has_its_model_and_every_family_one_somewhere() -> None:
    assert all(store.is_trained(each) for each in RELEASED)
    assert {each.family for each in [AKI, *SHIPPED]} == {name for name, each in FAMILIES.items() if not each.variant_of}


@pytest.fixture(scope="module", autouse=True)
def tables_read_once() -> Iterator[None]:
    """Every family of AKI is measured on the same patients, and reading them takes longer than asking a model."""
    with pytest.MonkeyPatch.context() as patch:
        for reader in ("read_cohort", "_read"):
            patch.setattr(physionet2012, reader, cache(getattr(physionet2012, reader)))
        patch.setattr(cases, "read_cohort", physionet2012.read_cohort)
        yield


@pytest.mark.slow
@each_shipped
def test_the_published_numbers_are_recomputed(each: Entry, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for function in (metrics.estimate, metrics.paired_difference):
        monkeypatch.setattr(function, "__defaults__", (5,))
    monkeypatch.setattr(evaluation, "subgroups", lambda *_: [])
    model, published = store.load(each), store.load_evaluation(each)
    test = read_cases(each.question, each.shape, "test", data)
    found = evaluate(model, test, ENGINE, reference(each, test, data))
    assert found.n == published.n
    for label, before in published.labels.items():
        now = found.labels[label]
        pairs = [
            (before.metrics, now.metrics),
            *((before.controls[name], now.controls[name]) for name in before.controls),
        ]
        for old, new in pairs:
            for metric in ("auroc", "accuracy", "brier"):
                assert new[metric].value == pytest.approx(old[metric].value, abs=2e-3), (
                    f"{store.command(each, 'evaluate')} --write"
                )


@each_shipped
def test_the_card_is_generated_and_not_written_by_hand(each: Entry) -> None:
    on_disk = store.card_file(each).read_text(encoding="utf-8")
    model, evaluation = store.load(each), store.load_evaluation(each)
    assert on_disk == card(model, evaluation, notes_of(model, evaluation)), f"{store.command(each, 'evaluate')} --write"


def test_the_page_on_all_families_is_generated() -> None:
    assert overview.FILE.read_text(encoding="utf-8") == overview.overview(overview.measured())


@each_shipped
def test_three_seeds_were_trained_and_measured_under_noise(each: Entry) -> None:
    model, evaluation = store.load(each), store.load_evaluation(each)
    assert len(model.facts.seeds) == 3
    assert evaluation.weights == model.digest, f"{store.command(each, 'evaluate')} --write"
    for evidence in evaluation.labels.values():
        assert {point.device for point in evidence.noise} == set(DEVICES)
    assert evaluation.circuit


def test_most_were_studied() -> None:
    studied = [each for each in SHIPPED if store.load_evaluation(each).learning]
    assert {each.question.name for each in studied} >= {"aki", "breast", "pneumonia"}
    assert len(studied) >= len(SHIPPED) / 2


@each_released
def test_the_hybrid_is_ten_times_smaller_than_resnet_18_and_has_seen_noise(each: Entry) -> None:
    facts = store.load(each).facts
    assert facts.n_parameters[HYBRID] * len(facts.seeds) * 10 <= RESNET18_PARAMETERS
    assert {"noisy:fez", "noisy:torino", "noisy:sherbrooke"} <= set(facts.trained_on)


@pytest.mark.parametrize("each", [entry("aki", "resistant"), *RELEASED], ids=lambda each: each.name)
def test_noise_takes_little_from_the_family_made_for_it(each: Entry) -> None:
    for evidence in store.load_evaluation(each).labels.values():
        at_three = [point for point in evidence.noise if (point.device, point.scale) == ("fez", 3.0)]
        assert at_three
        assert min(point.auroc for point in at_three) >= evidence.metrics["auroc"].value - 0.01
