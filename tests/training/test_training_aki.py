"""Training of all four AKI models on toy patients whose outcome follows a known rule."""

from collections.abc import Iterator
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
from qcore.tasks.aki import store
from qcore.tasks.aki.inputs import INPUT_NAMES
from qcore.training.aki import train as training

Steps = list[tuple[str, int, int]]
N = 600


@pytest.fixture(scope="module", autouse=True)
def fewer_epochs() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("HYBRID_RECIPE", "CONTROL_RECIPE"):
            short = replace(getattr(training, name), epochs=6, batch=64, learning_rate=0.05, restarts=1)
            patch.setattr(training, name, short)
        yield


@pytest.fixture(scope="module")
def trained(fewer_epochs: None) -> tuple[aki.AkiModel, Steps]:  # noqa: ARG001 - the order of fixtures
    steps: Steps = []
    model = training.train(toy_cohort(N, 1), "Toy patients.", lambda *step: steps.append(step))
    return model, steps


def test_every_model_answers_with_a_probability(trained: tuple[aki.AkiModel, Steps], ideal: Backend) -> None:
    model, _ = trained
    new = toy_cohort(300, 50)
    risks = {aki.HYBRID: model.predict(new.inputs, ideal).value, **model.control_risks(new.inputs)}
    assert set(risks) == set(aki.LABELS)
    for name, risk in risks.items():
        assert risk.shape == (300,), name
        assert ((risk > 0) & (risk < 1)).all(), name
        assert abs(risk.mean() - new.outcome.mean()) < 0.12, f"{name} is not calibrated"


def test_every_model_finds_the_rule(trained: tuple[aki.AkiModel, Steps], ideal: Backend) -> None:
    model, _ = trained
    new = toy_cohort(600, 60)
    best = roc_auc_score(new.outcome, rule_risk(new.inputs))
    risks = {aki.HYBRID: model.predict(new.inputs, ideal).value, **model.control_risks(new.inputs)}
    for name, risk in risks.items():
        assert best - 0.15 < roc_auc_score(new.outcome, risk) < best + 0.03, name


def test_the_facts_describe_the_training(trained: tuple[aki.AkiModel, Steps]) -> None:
    model, _ = trained
    facts, cohort = model.facts, toy_cohort(N, 1)
    assert (facts.population, facts.n_patients) == ("Toy patients.", N)
    assert facts.base_rate == pytest.approx(cohort.outcome.mean())
    assert facts.operating_point.sensitivity >= training.TARGET_SENSITIVITY
    for per_model in (facts.calibration, facts.n_parameters, facts.training_seconds, facts.validation_auroc):
        assert set(per_model) == set(aki.LABELS)
    assert all(0.6 < auroc < 1 for auroc in facts.validation_auroc.values())
    assert min(facts.n_parameters.values()) > 0
    assert facts.n_parameters[aki.CONTROL] == facts.n_parameters[aki.HYBRID], "the control is matched by size"
    assert facts.half_width > 0
    for name in INPUT_NAMES:
        assert cohort.inputs[name].min() <= facts.reference_patient[name] <= cohort.inputs[name].max()


def test_the_reference_patient_is_the_median(trained: tuple[aki.AkiModel, Steps]) -> None:
    model, _ = trained
    below = (toy_cohort(N, 1).inputs <= model.reference_patient()).mean()
    assert (below.drop("icu_type") == 0.5).all()
    assert model.reference_patient()["icu_type"] in (1, 2, 3, 4)


def test_progress_goes_from_nothing_to_all(trained: tuple[aki.AkiModel, Steps]) -> None:
    _, steps = trained
    total = len(aki.LABELS) * (training.FOLDS + 1)
    assert [done for _, done, _ in steps] == list(range(total + 1))
    assert {of for _, _, of in steps} == {total}
    for label in aki.LABELS.values():
        assert sum(what.startswith(label) for what, _, _ in steps) == training.FOLDS + 1


@pytest.mark.parametrize("name", list(aki.LABELS))
def test_the_same_seed_gives_the_same_weights(name: str) -> None:
    cohort = toy_cohort(200, 4)
    inputs = torch.from_numpy(cohort.inputs.to_numpy())
    outcome = torch.from_numpy(cohort.outcome.to_numpy(dtype=float))
    first = training.FITTERS[name](inputs, outcome).state_dict()
    torch.manual_seed(999)
    again = training.FITTERS[name](inputs, outcome).state_dict()
    for key, value in first.items():
        assert torch.equal(value, again[key]), key


def test_of_several_beginnings_the_best_on_the_training_patients_is_kept() -> None:
    seeds: list[int] = []
    models = [nn.Linear(1, 1) for _ in range(3)]

    def fit_once(seed: int) -> tuple[float, nn.Linear]:
        seeds.append(seed)
        return (0.5, 0.3, 0.4)[len(seeds) - 1], models[len(seeds) - 1]

    assert training.best_of_restarts(fit_once, 3) is models[1]
    assert len(set(seeds)) == 3


def test_the_hybrid_is_pruned_to_the_size_it_is_counted_with() -> None:
    cohort = toy_cohort(200, 4)
    model = training.fit_hybrid(
        torch.from_numpy(cohort.inputs.to_numpy()), torch.from_numpy(cohort.outcome.to_numpy(dtype=float))
    )
    assert n_parameters(model) == training.N_PARAMETERS
    assert n_parameters(model) < sum(p.numel() for p in model.parameters())


class Spied:
    """Remembers which patients (by weight) each fit has seen; a fit of every model would only take longer."""

    def __init__(self) -> None:
        self.seen: list[frozenset[float]] = []

    def __call__(self, inputs: Tensor, outcome: Tensor) -> nn.Module:
        self.seen.append(frozenset(inputs[:, INPUT_NAMES.index("weight_kg")].tolist()))
        return training.fit_logistic_regression(inputs, outcome)


def folds_of(monkeypatch: pytest.MonkeyPatch, groups: np.ndarray | None) -> tuple[list[frozenset[float]], pd.Series]:
    cohort, spied = toy_cohort(N, 5), Spied()
    hybrid = training.fit_hybrid
    monkeypatch.setattr(training, "HYBRID_RECIPE", replace(training.HYBRID_RECIPE, epochs=1))
    monkeypatch.setattr(training, "FITTERS", {aki.HYBRID: hybrid, aki.LOGISTIC_REGRESSION: spied})
    series = None if groups is None else pd.Series(groups, index=cohort.inputs.index)
    training.train(replace(cohort, groups=series), "Toy.", lambda *_: None)
    *folds, whole = spied.seen
    weights = cohort.inputs["weight_kg"]
    assert weights.is_unique
    assert whole == set(weights)
    return folds, weights


def test_every_patient_is_left_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    folds, weights = folds_of(monkeypatch, None)
    left_out = [set(weights) - kept for kept in folds]
    assert len(folds) == training.FOLDS
    assert sum(map(len, left_out)) == len(set.union(*left_out)) == N
    assert max(map(len, left_out)) - min(map(len, left_out)) <= 2


def test_admissions_of_one_person_stay_on_one_side(monkeypatch: pytest.MonkeyPatch) -> None:
    person = np.random.default_rng(6).integers(0, N // 4, N)
    folds, weights = folds_of(monkeypatch, person)
    assert sum(N - len(kept) for kept in folds) == N
    for kept in folds:
        inside = weights.isin(kept).to_numpy()
        assert not set(person[inside]) & set(person[~inside])


def test_calibration_and_threshold_are_learnt_out_of_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    # A model that learns its patients by heart is perfect on them and useless on others: only the others may count.
    class ByHeart(nn.Module):
        def __init__(self, inputs: Tensor, outcome: Tensor) -> None:
            super().__init__()
            self.known = dict(zip(inputs[:, 6].tolist(), (8 * outcome - 4).tolist(), strict=True))

        def forward(self, inputs: Tensor) -> Tensor:
            rng = np.random.default_rng(0)
            return torch.tensor([self.known.get(w, float(rng.normal())) for w in inputs[:, 6].tolist()])

        def parameters(self, recurse: bool = True) -> Iterator[nn.Parameter]:
            yield from super().parameters(recurse)

    assert INPUT_NAMES[6] == "weight_kg"
    monkeypatch.setattr(training, "HYBRID_RECIPE", replace(training.HYBRID_RECIPE, epochs=1))
    monkeypatch.setattr(training, "FITTERS", {aki.HYBRID: training.fit_hybrid, aki.CONTROL: ByHeart})
    facts = training.train(toy_cohort(N, 7), "Toy.", lambda *_: None).facts
    assert facts.validation_auroc[aki.CONTROL] < 0.65
    assert abs(facts.calibration[aki.CONTROL].slope) < 0.5


def test_a_cohort_too_small_for_the_band_is_refused() -> None:
    with pytest.raises(InvalidValue, match=r"200 eligible patients.*need 250 or more"):
        training.train(toy_cohort(200, 8), "Toy.", lambda *_: None)


def test_an_input_nobody_has_is_named() -> None:
    cohort = toy_cohort(260, 8)
    inputs = cohort.inputs.assign(gcs_max=float("nan"))
    with pytest.raises(InvalidValue, match="Glasgow Coma Scale, best"):
        training.train(replace(cohort, inputs=inputs), "Toy.", lambda *_: None)


def test_the_operating_point_is_that_of_the_out_of_fold_risks(trained: tuple[aki.AkiModel, Steps]) -> None:
    point = trained[0].facts.operating_point
    again = operating_point(np.array([1.0, 0.0]), np.array([point.threshold, 0.0]), point.threshold)
    assert again.sensitivity == 1
    base = toy_cohort(N, 1).outcome.mean()
    # Bayes: the shares must fit each other.
    assert point.alarms == pytest.approx(point.sensitivity * base + (1 - point.specificity) * (1 - base))
    assert point.ppv == pytest.approx(point.sensitivity * base / point.alarms)


def test_a_noise_aware_model_says_where_it_learnt_and_differs_from_the_noiseless_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(training, "HYBRID_RECIPE", replace(training.HYBRID_RECIPE, epochs=2, restarts=1))
    monkeypatch.setattr(training, "FITTERS", {aki.HYBRID: training.fit_hybrid})
    cohort = toy_cohort(N, 9)
    ideal = training.train(cohort, "Toy.", lambda *_: None)
    noisy = training.train(cohort, "Toy.", lambda *_: None, parse("noisy:fez:5:inject"), normalize=True)
    assert (ideal.facts.trained_on, ideal.facts.normalized) == ("ideal", False)
    assert (noisy.facts.trained_on, noisy.facts.normalized) == ("noisy:fez:5:inject", True)
    assert not torch.equal(ideal.hybrid.classifier.weights, noisy.hybrid.classifier.weights)
    assert not noisy.hybrid.training


def test_a_normalised_model_comes_back_from_disk_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "HYBRID_RECIPE", replace(training.HYBRID_RECIPE, epochs=1, restarts=1))
    monkeypatch.setattr(training, "CONTROL_RECIPE", replace(training.CONTROL_RECIPE, epochs=1, restarts=1))
    cohort = toy_cohort(N, 10)
    model = training.train(cohort, "Toy.", lambda *_: None, parse("noisy:fez"), normalize=True)
    store.save(model, tmp_path)
    noisy = backend("noisy:fez")
    np.testing.assert_array_equal(
        store.load(tmp_path).predict(cohort.inputs, noisy).value, model.predict(cohort.inputs, noisy).value
    )
