"""Training of all four AKI models on toy patients whose outcome follows a known rule."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.metrics import roc_auc_score
from torch import Tensor, nn
from toys import rule_risk, toy_cohort

from qcore.backends.protocol import Backend
from qcore.backends.registry import backend
from qcore.backends.specification import parse
from qcore.errors import InvalidValue
from qcore.evidence.decision import operating_point
from qcore.models.encoded import n_parameters
from qcore.tasks.aki import model as aki
from qcore.tasks.aki.inputs import INPUT_NAMES
from qcore.tasks.aki.question import AKI
from qcore.tasks.classification import store
from qcore.tasks.classification.model import CONTROL, GRADIENT_BOOSTING, HYBRID, TITLES
from qcore.tasks.classification.preparation import Encoded
from qcore.training.aki.train import SEED, cases_of, train
from qcore.training.classification import fit, recipes
from qcore.training.classification import train as training
from qcore.training.classification.cases import Cases
from qcore.training.classification.fit import Fit
from qcore.training.classification.recipes import SPARSE
from qcore.training.classification.train import FOLDS, Training
from qcore.training.cohorts.cohort import Cohort
from qcore.training.loop.recipe import Recipe

Steps = list[tuple[str, int, int]]
N = 600


def shorter(**changes: object) -> Mapping[str, Recipe]:
    return {
        name: replace(recipe, sparsity=replace(recipe.sparsity, restarts=1), **changes)
        for name, recipe in SPARSE.items()
        if recipe.sparsity
    }


@pytest.fixture(scope="module", autouse=True)
def fewer_epochs() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recipes, "SPARSE", shorter(epochs=6, batch=64, learning_rate=0.05))
        yield


@pytest.fixture(scope="module")
def trained(
    fewer_epochs: None,  # noqa: ARG001 - the order of fixtures
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[aki.AkiModel, Steps]:
    steps: Steps = []
    folder = tmp_path_factory.mktemp("checkpoints")
    model = train(toy_cohort(N, 1), "Toy patients.", lambda *step: steps.append(step), checkpoints=folder)
    return model, steps


def test_every_model_answers_with_a_probability(trained: tuple[aki.AkiModel, Steps], ideal: Backend) -> None:
    model, _ = trained
    new = toy_cohort(300, 50)
    risks = {HYBRID: model.predict(new.inputs, ideal).value, **model.control_risks(new.inputs)}
    assert set(risks) == set(aki.LABELS)
    for name, risk in risks.items():
        assert risk.shape == (300,), name
        assert ((risk > 0) & (risk < 1)).all(), name
        assert abs(risk.mean() - new.outcome.mean()) < 0.12, f"{name} is not calibrated"


def test_every_model_finds_the_rule(trained: tuple[aki.AkiModel, Steps], ideal: Backend) -> None:
    model, _ = trained
    new = toy_cohort(600, 60)
    best = roc_auc_score(new.outcome, rule_risk(new.inputs))
    risks = {HYBRID: model.predict(new.inputs, ideal).value, **model.control_risks(new.inputs)}
    for name, risk in risks.items():
        assert best - 0.15 < roc_auc_score(new.outcome, risk) < best + 0.03, name


def test_the_facts_describe_the_training(trained: tuple[aki.AkiModel, Steps]) -> None:
    model, _ = trained
    facts, cohort = model.facts, toy_cohort(N, 1)
    assert (facts.population, facts.n_cases) == ("Toy patients.", N)
    assert model.base_rate == pytest.approx(cohort.outcome.mean())
    assert model.operating_point.sensitivity >= AKI.labels.columns[0].sensitivity
    for per_model in (facts.calibration, facts.n_parameters, facts.training_seconds, facts.validation_auroc):
        assert set(per_model) == set(aki.LABELS)
    assert all(0.6 < auroc < 1 for auroc in facts.validation_auroc.values())
    assert min(facts.n_parameters.values()) > 0
    assert facts.n_parameters[CONTROL] == facts.n_parameters[HYBRID], "the control is matched by size"
    assert facts.half_width[aki.LABEL] > 0
    for name in INPUT_NAMES:
        assert cohort.inputs[name].min() <= facts.reference[name] <= cohort.inputs[name].max()


def test_the_reference_patient_is_the_median(trained: tuple[aki.AkiModel, Steps]) -> None:
    model, _ = trained
    below = (toy_cohort(N, 1).inputs <= model.reference_patient()).mean()
    assert (below.drop("icu_type") == 0.5).all()
    assert model.reference_patient()["icu_type"] in (1, 2, 3, 4)


def test_progress_goes_from_nothing_to_all(trained: tuple[aki.AkiModel, Steps]) -> None:
    _, steps = trained
    total = len(aki.LABELS) * (FOLDS + 1)
    assert [done for _, done, _ in steps] == list(range(total + 1))
    assert {of for _, _, of in steps} == {total}
    for name in aki.LABELS:
        assert sum(what.startswith(TITLES[name]) for what, _, _ in steps) == FOLDS + 1


def fitted(name: str, cohort: Cohort) -> nn.Module:
    cases = cases_of(cohort)
    preparation = aki.ENTRY.new_preparation().fit(cases.x)
    return Fit(aki.ENTRY, name, recipes.recipe_of(aki.ENTRY, name), SEED).run(cases, preparation)


@pytest.mark.parametrize("name", list(aki.LABELS))
def test_the_same_seed_gives_the_same_weights(name: str) -> None:
    cohort = toy_cohort(200, 4)
    first = fitted(name, cohort).state_dict()
    torch.manual_seed(999)
    again = fitted(name, cohort).state_dict()
    for key, value in first.items():
        assert torch.equal(value, again[key]), key


def test_of_several_beginnings_the_best_on_the_training_patients_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[tuple[int, nn.Module]] = []

    def objective(member: nn.Module, *others: object) -> float:
        begun.append((int(str(others[-1])), member))
        return (0.5, 0.3, 0.4)[len(begun) - 1]

    monkeypatch.setattr(fit, "fit_sparse", objective)
    several = {name: replace(recipe, sparsity=replace(recipe.sparsity, restarts=3)) for name, recipe in SPARSE.items()}
    monkeypatch.setattr(recipes, "SPARSE", several)
    assert fitted(HYBRID, toy_cohort(50, 4)) is begun[1][1]
    assert len({seed for seed, _ in begun}) == 3


def test_the_hybrid_is_pruned_to_the_size_it_is_counted_with() -> None:
    model = fitted(HYBRID, toy_cohort(200, 4))
    assert n_parameters(model) == recipes.N_PARAMETERS
    assert n_parameters(model) < sum(p.numel() for p in model.parameters())


def learnt_from(
    monkeypatch: pytest.MonkeyPatch, folder: Path, groups: np.ndarray | None
) -> tuple[list[frozenset[float]], pd.Series]:
    """Return which patients, by weight, each fit of the hybrid in cross-validation has seen."""
    cohort, seen, run = toy_cohort(N, 5), [], Fit.run
    weight = INPUT_NAMES.index("weight_kg")

    def noted(self: Fit, cases: Cases, preparation: Encoded) -> nn.Module:
        seen.append(frozenset(cases.x[:, weight].tolist()))
        return run(self, cases, preparation)

    monkeypatch.setattr(recipes, "SPARSE", shorter(epochs=1))
    monkeypatch.setattr(Fit, "run", noted)
    people = None if groups is None else pd.Series(groups, index=cohort.inputs.index)
    cases = cases_of(replace(cohort, groups=people))
    Training(aki.ENTRY, cases, folder, seeds=(SEED,), names=(HYBRID,)).run()
    *folds, whole = seen
    weights = cohort.inputs["weight_kg"]
    assert weights.is_unique
    assert whole == set(weights)
    return folds, weights


def test_every_patient_is_left_out_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folds, weights = learnt_from(monkeypatch, tmp_path, None)
    left_out = [set(weights) - kept for kept in folds]
    assert len(folds) == FOLDS
    assert sum(map(len, left_out)) == len(set.union(*left_out)) == N
    assert max(map(len, left_out)) - min(map(len, left_out)) <= 2


def test_admissions_of_one_person_stay_on_one_side(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    person = np.random.default_rng(6).integers(0, N // 4, N)
    folds, weights = learnt_from(monkeypatch, tmp_path, person)
    assert sum(N - len(kept) for kept in folds) == N
    for kept in folds:
        inside = weights.isin(kept).to_numpy()
        assert not set(person[inside]) & set(person[~inside])


class ByHeart(nn.Module):
    """Knows its patients by heart: perfect on them and useless on others."""

    def __init__(self, inputs: Tensor, outcome: Tensor) -> None:
        super().__init__()
        self.known = dict(zip(inputs[:, 6].tolist(), (8 * outcome[:, 0] - 4).tolist(), strict=True))

    def forward(self, inputs: Tensor, _backend: Backend) -> Tensor:
        rng = np.random.default_rng(0)
        return torch.tensor([[self.known.get(w, float(rng.normal()))] for w in inputs[:, 6].tolist()])


def test_calibration_and_threshold_are_learnt_out_of_fold(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def learnt(fit: Fit, cases: Cases, *_: object) -> tuple[nn.Module, float]:
        assert fit.name == GRADIENT_BOOSTING, "which reads patients as they are"
        return ByHeart(cases.x, cases.y), 0.0

    assert INPUT_NAMES[6] == "weight_kg"
    monkeypatch.setattr(training, "trained_or_loaded", learnt)
    facts = Training(aki.ENTRY, cases_of(toy_cohort(N, 7)), tmp_path, names=(GRADIENT_BOOSTING,), seeds=(0,))
    logits, auroc = facts.out_of_fold(GRADIENT_BOOSTING)
    assert auroc < 0.65
    assert abs(AKI.labels.calibrate(logits, facts.cases.outcome)[aki.LABEL].slope) < 0.5


def test_a_cohort_too_small_for_the_band_is_refused() -> None:
    with pytest.raises(InvalidValue, match=r"200 eligible patients.*need 250 or more"):
        train(toy_cohort(200, 8), "Toy.", lambda *_: None)


def test_an_input_nobody_has_is_named() -> None:
    cohort = toy_cohort(260, 8)
    inputs = cohort.inputs.assign(gcs_max=float("nan"))
    with pytest.raises(InvalidValue, match="Glasgow Coma Scale, best"):
        train(replace(cohort, inputs=inputs), "Toy.", lambda *_: None)


def test_the_operating_point_is_that_of_the_out_of_fold_risks(trained: tuple[aki.AkiModel, Steps]) -> None:
    point = trained[0].operating_point
    again = operating_point(np.array([1.0, 0.0]), np.array([point.threshold, 0.0]), point.threshold)
    assert again.sensitivity == 1
    base = toy_cohort(N, 1).outcome.mean()
    # Bayes: the shares must fit each other.
    assert point.alarms == pytest.approx(point.sensitivity * base + (1 - point.specificity) * (1 - base))
    assert point.ppv == pytest.approx(point.sensitivity * base / point.alarms)


def test_a_noise_aware_model_says_where_it_learnt_and_differs_from_the_noiseless_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(recipes, "SPARSE", shorter(epochs=2))
    cohort = toy_cohort(N, 9)
    ideal = train(cohort, "Toy.", lambda *_: None, checkpoints=tmp_path)
    where = parse("noisy:fez:5:inject")
    noisy = train(cohort, "Toy.", lambda *_: None, where, normalize=True, checkpoints=tmp_path)
    assert (ideal.facts.trained_on, ideal.trained.entry.family) == (("ideal",), "sparse")
    assert (noisy.facts.trained_on, noisy.trained.entry.family) == (("noisy:fez:5:inject",), "sparse-normalized")
    assert not torch.equal(ideal.weights, noisy.weights)
    assert not noisy.trained.circuit_reader.training


def test_a_normalised_model_comes_back_from_disk_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipes, "SPARSE", shorter(epochs=1))
    cohort = toy_cohort(N, 10)
    model = train(cohort, "Toy.", lambda *_: None, parse("noisy:fez"), normalize=True, checkpoints=tmp_path / "fits")
    store.save(model.trained, tmp_path / "model")
    noisy = backend("noisy:fez")
    again = aki.AkiModel(store.load(model.trained.entry, tmp_path / "model"))
    np.testing.assert_array_equal(again.predict(cohort.inputs, noisy).value, model.predict(cohort.inputs, noisy).value)
