"""Questions with several labels, exclusive kinds and independent findings, from training to the card."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from qcore.backends.protocol import Backend
from qcore.backends.registry import backend
from qcore.cli.classification import show_metrics
from qcore.evidence import metrics
from qcore.models.encoder import Feature, TableEncoder
from qcore.models.families import Kind, Shape
from qcore.tasks.classification import store
from qcore.tasks.classification.labels import Exclusive, Independent, Label, Labels, one_hot
from qcore.tasks.classification.model import CONTROL, HYBRID, TITLES, Model
from qcore.tasks.classification.preparation import Encoded
from qcore.tasks.classification.question import Entry, Form, Question, entry_of
from qcore.training.cards.noise_curve import noise_curve
from qcore.training.classification.card import card
from qcore.training.classification.cases import Cases, strata
from qcore.training.classification.evaluate import evaluate, with_noise
from qcore.training.classification.train import Training, folds
from qcore.training.loop.recipe import RateSchedule, Recipe, Sparsity

COLUMNS = ("length_cm", "mass_kg", "age_years")
NAMES = ("round", "long", "heavy")
EACH = tuple(map(Label, NAMES))
RECIPE = Recipe(
    20,
    batch=64,
    learning_rate=0.05,
    weight_decay=0.0,
    schedule=RateSchedule.COSINE,
    sparsity=Sparsity(0.001, 0.0, 0.05, n_parameters=60, restarts=1),
)


def question(labels: Labels) -> Question:
    def preparation(dtype: torch.dtype) -> Encoded:
        return Encoded(TableEncoder(COLUMNS, tuple(map(Feature, COLUMNS)), {}).double(), dtype)

    return Question(
        name="toy",
        title="Toys",
        dataset="toys",
        labels=labels,
        forms=(Form(Shape(Kind.TABLE, 3, n_outputs=len(labels), n_numeric=3), preparation),),
        released="sparse",
        references=(),
        splits="Trained on toys.",
        limits="Toys know nothing.",
    )


def cases(exclusive: bool, n: int, seed: int) -> Cases:
    """Length, mass and their difference decide; the third column tells nothing."""
    generator = torch.Generator().manual_seed(seed)
    x = torch.randn(n, 3, generator=generator, dtype=torch.float64)
    scores = 3 * torch.stack([x[:, 0], -x[:, 0] + x[:, 1], -x[:, 1]], dim=1)
    scores = scores + 0.5 * torch.randn(n, 3, generator=generator, dtype=torch.float64)
    y = one_hot(scores.argmax(1).tolist(), 3) if exclusive else (scores > 0).float()
    return Cases(10 * x + 50, y, "toys")


@pytest.fixture(scope="module", params=[True, False], ids=["exclusive", "independent"])
def exclusive(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="module")
def entry(exclusive: bool) -> Entry:
    return entry_of(question(Exclusive(EACH) if exclusive else Independent(EACH)))


@pytest.fixture(scope="module")
def trained(exclusive: bool, entry: Entry, tmp_path_factory: pytest.TempPathFactory) -> Model:
    folder = tmp_path_factory.mktemp("fits")
    return Training(
        entry, cases(exclusive, 300, 0), folder, cases(exclusive, 300, 1), (0,), recipe_for=lambda _: RECIPE
    ).run()


def probabilities(model: Model, exclusive: bool, ideal: Backend) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    test = cases(exclusive, 400, 2)
    return test.outcome, model.probabilities(HYBRID, test.x, ideal)


def test_every_label_is_learnt_and_calibrated(trained: Model, exclusive: bool, ideal: Backend) -> None:
    outcome, found = probabilities(trained, exclusive, ideal)
    assert found.shape == (400, 3)
    assert metrics.mean_auroc(outcome, found) > 0.9
    np.testing.assert_allclose(found.mean(0), outcome.mean(0), atol=0.08)
    if exclusive:
        np.testing.assert_allclose(found.sum(1), 1)
    given = trained.decisions(found)
    assert (given.sum(1) == 1).all() == exclusive
    assert ((given == (outcome > 0)).mean(0) > 0.8).all()


def test_the_conformal_set_holds_the_right_label_as_often_as_promised(
    trained: Model, exclusive: bool, ideal: Backend
) -> None:
    outcome, found = probabilities(trained, exclusive, ideal)
    for place, name in enumerate(NAMES):
        held = found[outcome[:, place] == 1, place] >= trained.facts.possible_from[name]
        assert 0.8 < held.mean() < 0.99


def test_every_label_has_an_answer_with_its_error_and_an_explanation(
    trained: Model, exclusive: bool, ideal: Backend
) -> None:
    test = cases(exclusive, 5, 3)
    exact = trained.predict(test.x, ideal)
    assert tuple(exact) == NAMES
    shots = [trained.predict(test.x, backend(f"noisy:fez:0:shots=2000:seed={seed}")) for seed in range(30)]
    for name in NAMES:
        scatter = np.std([each[name].value for each in shots], axis=0)
        told = np.mean([each[name].standard_error for each in shots], axis=0)
        # Of exclusive kinds the error is a bound: all outputs are read from the same shots.
        assert (scatter < 1.5 * told + 1e-3).all()
        assert exclusive or (scatter > told / 1.5 - 1e-3).all()
        found = trained.explain(test.x[0].numpy(), COLUMNS, name, ideal)
        reference = trained.predict(torch.tensor([list(trained.facts.reference.values())], dtype=torch.float64), ideal)[
            name
        ].value[0]
        assert found.attributions.sum() == pytest.approx(exact[name].value[0] - reference, abs=1e-10)


def test_one_evaluation_and_one_card_hold_all_labels(
    trained: Model,
    exclusive: bool,
    ideal: Backend,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for function in (metrics.estimate, metrics.paired_difference):
        monkeypatch.setattr(function, "__defaults__", (40,))
    monkeypatch.setattr(noise_curve, "__defaults__", (("fez",), (3.0,)))
    test = cases(exclusive, 400, 2)
    found = with_noise(evaluate(trained, test, ideal), trained, test)
    assert tuple(found.labels) == NAMES
    outcome, risks = probabilities(trained, exclusive, ideal)
    for place, evidence in enumerate(found.labels.values()):
        expected = metrics.METRICS["auroc"](outcome[:, place], risks[:, place])
        assert evidence.metrics["auroc"].value == pytest.approx(expected, abs=1e-4)
        assert set(evidence.controls) == {CONTROL}
        assert evidence.noise
        assert 0.8 < (evidence.set_coverage or 0) <= 1
    with pytest.raises(ValueError, match="too many values"):
        _ = found.only
    store.save(trained, tmp_path)
    store.save_evaluation(trained.entry, found, tmp_path)
    assert store.load_evaluation(trained.entry, tmp_path) == found
    again = store.load(trained.entry, tmp_path)
    np.testing.assert_array_equal(again.probabilities(HYBRID, test.x, ideal), risks)
    text = card(trained, found)
    assert (found.kinds is None) != exclusive
    assert ("All kinds together" in text) == exclusive
    if found.kinds is not None:
        right = (risks.argmax(1) == outcome.argmax(1)).mean()
        assert found.kinds.accuracy.value == pytest.approx(right, abs=1e-4)
        assert found.kinds.accuracy.low < right < found.kinds.accuracy.high
        confusion = np.array(found.kinds.confusion)
        assert confusion.sum() == len(test)
        assert confusion.trace() / len(test) == pytest.approx(right)
        # Rows are what cases are, columns what they are given; what decisions do label by label is the same count.
        for place, evidence in enumerate(found.labels.values()):
            assert evidence.operating_point.threshold is None
            assert evidence.operating_point.sensitivity == confusion[place, place] / confusion[place].sum()
            assert evidence.operating_point.ppv == confusion[place, place] / confusion[:, place].sum()
        assert "| " + " | ".join([NAMES[0], *map(str, found.kinds.confusion[0])]) + " |" in text
    show_metrics(found, TITLES)
    assert ("right kind" in capsys.readouterr().out) == exclusive
    for name in NAMES:
        assert f"## How good it is: {name}" in text
        assert f"## Under device noise: {name}" in text


def test_exclusive_kinds_have_no_threshold(ideal: Backend, trained: Model, exclusive: bool) -> None:
    answers = trained.predict(cases(exclusive, 5, 3).x, ideal)
    assert all(np.isnan(answer.threshold) == exclusive for answer in answers.values())
    if exclusive:
        assert np.sum([answer.decision for answer in answers.values()], axis=0).tolist() == [1] * 5
    tie = np.full((1, 3), 1 / 3)
    assert Exclusive(EACH).decisions(tie, {}).sum() == 1
    with pytest.raises(ValueError, match="most probable one is given"):
        Exclusive((Label("round", sensitivity=0.9), Label("long")))
    with pytest.raises(ValueError, match="two or more"):
        Exclusive((Label("round"),))


def test_an_output_that_is_always_the_same_ranks_beside_the_others() -> None:
    """What judges cells gives 0 for "nothing there" in every image."""
    outputs, outcome = np.array([[0.0, -2.0], [0.0, -1.0], [0.0, 1.0]]), np.array([[1, 0], [1, 0], [0, 1]])
    names = tuple(map(Label, ("none", "some")))
    assert metrics.mean_auroc(outcome, outputs) == 0.75
    assert metrics.mean_auroc(outcome, Exclusive(names).scores(outputs)) == 1
    # Labels of which any may hold are ranked as their outputs are.
    assert np.array_equal(Independent(names).scores(outputs).argsort(0), outputs.argsort(0))


def test_every_label_needs_an_output() -> None:
    with pytest.raises(ValueError, match="has 2 labels, but a form whose models have 3 outputs"):
        replace(question(Exclusive(EACH)), labels=Exclusive(EACH[:2]))


def test_a_share_of_the_cases_and_a_fold_are_drawn_by_person() -> None:
    """Slices of one person's series would otherwise train and test the same model."""
    several = cases(exclusive=True, n=300, seed=4)
    people = np.repeat(np.arange(60), 5)
    of_people = replace(several, people=people)
    part = of_people.subset(0.5, seed=1)
    assert part.people is not None
    assert len(set(part.people)) == 30
    assert len(part) == 150
    assert torch.equal(part.x, of_people.subset(0.5, seed=1).x)
    for inside, outside in folds(of_people):
        assert not set(people[inside]) & set(people[outside])


def test_rare_combinations_of_labels_are_drawn_together() -> None:
    outcome = np.array([[1, 0]] * 6 + [[0, 1]] * 5 + [[1, 1], [0, 0]] + [[0, 0]], dtype=float)
    # One case of a combination joins the commonest one, several rare ones make a stratum of their own.
    assert sorted(np.unique(strata(outcome, fewest=2), return_counts=True)[1]) == [2, 5, 7]
    assert sorted(np.unique(strata(outcome, fewest=3), return_counts=True)[1]) == [3, 5, 6]
    assert sorted(np.unique(strata(outcome, fewest=5), return_counts=True)[1]) == [5, 9]
    rare = Cases(torch.zeros(len(outcome), 3), torch.from_numpy(outcome))
    assert len(rare.subset(0.5, 0)) == 7
