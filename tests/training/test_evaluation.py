"""Evaluation on toy patients: what is counted, compared and left out; and the card that is written from it."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import scipy.stats
from toys import toy_cohort

from qcore.backends.protocol import Backend
from qcore.evidence import metrics
from qcore.evidence.evaluation import Evaluation, Subgroup
from qcore.evidence.metrics import METRICS, Estimate
from qcore.tasks.aki.inputs import INPUTS
from qcore.tasks.aki.model import CARD, LABELS, AkiModel
from qcore.tasks.classification.model import HYBRID
from qcore.training.aki.cases import aki_groups
from qcore.training.aki.evaluate import external_check
from qcore.training.aki.notes import notes
from qcore.training.aki.train import cases_of
from qcore.training.classification.card import card
from qcore.training.classification.evaluate import FEWEST_EVENTS, evaluate, subgroups
from qcore.training.cohorts.cohort import Cohort

N = 500


@pytest.fixture(scope="module", autouse=True)
def fewer_resamples() -> Iterator[None]:
    def bootstrap(*arguments: object, n_resamples: int, **others: object) -> object:
        return scipy.stats.bootstrap(*arguments, n_resamples=min(n_resamples, 20), **others)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metrics, "bootstrap", bootstrap)
        yield


@pytest.fixture(scope="module")
def evaluation(model: AkiModel, ideal: Backend, fewer_resamples: None) -> Evaluation:  # noqa: ARG001 - its order
    return evaluate(model.trained, cases_of(toy_cohort(N, 21)), ideal)


def test_it_says_what_was_measured_on_whom(evaluation: Evaluation) -> None:
    cohort = toy_cohort(N, 21)
    assert (evaluation.task, evaluation.model, evaluation.backend) == (CARD, "sparse, reuploading-4x3", "ideal")
    assert (evaluation.split, evaluation.n, evaluation.attrition) == (cohort.name, N, {"drawn": N})
    assert evaluation.only.base_rate == pytest.approx(cohort.outcome.mean(), abs=1e-4)


def test_all_models_are_measured_by_the_same_metrics(evaluation: Evaluation, model: AkiModel, ideal: Backend) -> None:
    cohort = toy_cohort(N, 21)
    outcome = cohort.outcome.to_numpy(dtype=float)
    assert set(evaluation.only.controls) == set(evaluation.only.differences["auroc"]) == set(LABELS) - {HYBRID}
    risks = {HYBRID: model.predict(cohort.inputs, ideal).value, **model.control_risks(cohort.inputs)}
    for name, found in {HYBRID: evaluation.only.metrics, **evaluation.only.controls}.items():
        assert set(found) == set(METRICS)
        for metric, estimated in found.items():
            assert estimated.value == pytest.approx(METRICS[metric](outcome, risks[name]), abs=1e-4)
    for name, difference in evaluation.only.differences["auroc"].items():
        expected = evaluation.only.metrics["auroc"].value - evaluation.only.controls[name]["auroc"].value
        assert difference.value == pytest.approx(expected, abs=2e-4)


def test_the_threshold_is_the_one_chosen_in_training(evaluation: Evaluation, model: AkiModel) -> None:
    assert evaluation.only.operating_point.threshold == model.threshold
    assert evaluation.only.interval is not None
    assert 0 <= evaluation.only.interval.coverage <= 1


def test_subgroups_split_everyone_once(evaluation: Evaluation) -> None:
    cohort = toy_cohort(N, 21)
    for attribute in ("sex", "age", "unit"):
        rows = [row for row in evaluation.only.subgroups if row.attribute == attribute]
        assert sum(row.n for row in rows) == N
        assert sum(row.events for row in rows) == cohort.outcome.sum()
        assert sum(row.predicted * row.n for row in rows) / N == pytest.approx(
            sum(p.predicted * p.n for p in evaluation.only.reliability[HYBRID]) / N, abs=1e-3
        )
    women = next(row for row in evaluation.only.subgroups if row.group == "female")
    assert women.observed == pytest.approx(cohort.outcome[cohort.attributes["sex"] == "female"].mean(), abs=1e-4)


def grouped(cohort: Cohort, risk: np.ndarray) -> list[Subgroup]:
    return subgroups(aki_groups(cohort), cohort.outcome.to_numpy(dtype=float), risk)


def test_a_birthday_moves_a_patient_to_the_next_band() -> None:
    cohort = toy_cohort(4, 1)
    ages = cohort.attributes.assign(age_years=[49.0, 50.0, 64.0, 80.0])
    rows = grouped(replace(cohort, attributes=ages), np.full(4, 0.1))
    assert {row.group: row.n for row in rows if row.attribute == "age"} == {
        "0 to 49 years": 1,
        "50 to 64 years": 2,
        "80 to 119 years": 1,
    }


def test_too_few_events_make_no_auroc() -> None:
    cohort = toy_cohort(100, 2)
    few = cohort.outcome * 0
    few.iloc[: FEWEST_EVENTS - 1] = 1
    risk = np.random.default_rng(0).random(100)
    sexes = cohort.attributes.assign(sex="female")
    assert grouped(replace(cohort, outcome=few, attributes=sexes), risk)[0].auroc is None
    few.iloc[FEWEST_EVENTS - 1] = 1
    assert grouped(replace(cohort, outcome=few, attributes=sexes), risk)[0].auroc is not None


def test_patients_without_a_known_age_or_unit_do_not_stop_it() -> None:
    cohort = toy_cohort(50, 3)
    attributes = cohort.attributes.copy()
    attributes.loc[:9, ["age_years", "icu_type"]] = np.nan
    rows = grouped(replace(cohort, attributes=attributes), np.full(50, 0.1))
    assert sum(row.n for row in rows if row.attribute == "age") == 40


def test_an_external_check_names_what_nobody_measured(model: AkiModel, ideal: Backend) -> None:
    cohort = toy_cohort(60, 4)
    inputs = cohort.inputs.assign(gcs_max=np.nan)
    inputs.loc[:20, "map_min_mmhg"] = np.nan
    found = external_check(model, replace(cohort, inputs=inputs), ideal, "Toys.")
    assert found.imputed_inputs == tuple(item.label for item in INPUTS if item.name == "gcs_max")
    assert (found.n, found.events, found.note) == (60, int(cohort.outcome.sum()), "Toys.")
    assert found.predicted == pytest.approx(model.predict(inputs, ideal).value.mean(), abs=1e-4)


def written(model: AkiModel, evaluation: Evaluation) -> str:
    return card(model.trained, evaluation, notes(model.trained, evaluation))


@pytest.mark.parametrize(
    ("low", "high", "verdict"),
    [(0.001, 0.02, "the hybrid is better"), (-0.02, -0.001, "the hybrid is worse"), (-0.01, 0.02, "no difference")],
)
def test_the_card_claims_only_what_the_interval_shows(
    evaluation: Evaluation, model: AkiModel, low: float, high: float, verdict: str
) -> None:
    difference = {name: Estimate((low + high) / 2, low, high) for name in evaluation.only.differences["auroc"]}
    text = written(model, evaluation.with_only(differences={"auroc": difference}))
    verdicts = ("the hybrid is better", "the hybrid is worse", "no difference")
    assert {each: text.count(each) for each in verdicts} == {each: 3 if each == verdict else 0 for each in verdicts}


def test_the_card_shows_what_was_evaluated(evaluation: Evaluation, model: AkiModel, ideal: Backend) -> None:
    outside = external_check(model, toy_cohort(60, 5), ideal, "Toys of another kind.")
    text = written(model, evaluation.with_only(external=[outside]))
    assert model.facts.population in text
    assert "not for clinical use" in text
    assert "Toys of another kind." in text
    shown = partial("{:.3f}".format)
    for found in (evaluation.only.metrics, *evaluation.only.controls.values()):
        for each in found.values():
            assert f"{shown(each.value)} ({shown(each.low)} to {shown(each.high)})" in text
    for item in INPUTS:
        assert f"| {item.label} |" in text
    assert "Not run" not in text
    assert "Not run" in written(model, evaluation)
