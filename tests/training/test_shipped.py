"""The shipped AKI weights give the published numbers, and the card on disk is the one they generate."""

import json

import pytest
from toys import Finished

from qcore.evidence.metrics import METRICS
from qcore.tasks.aki import store
from qcore.tasks.aki.model import HYBRID, LABELS
from qcore.training.aki.card import card
from qcore.training.cohorts.cohort import Cohort

REFRESH = "run: qlinical evaluate aki --write"


def published() -> dict[str, dict[str, float]]:
    evaluation = store.load_evaluation()
    models = {evaluation.model: evaluation.metrics, **evaluation.controls}
    return {name: {key: each.value for key, each in found.items()} for name, found in models.items()}


@pytest.mark.parametrize("name", list(LABELS))
def test_the_published_auroc_is_recomputed(name: str, evaluated: Finished) -> None:
    result = json.loads(evaluated.out)
    found = {result["model"]: result["metrics"], **result["controls"]}[name]
    assert found["auroc"]["value"] == pytest.approx(published()[name]["auroc"], abs=1e-4 + 1e-9), REFRESH


def test_all_published_metrics_are_recomputed(evaluated: Finished) -> None:
    result = json.loads(evaluated.out)
    found = {result["model"]: result["metrics"], **result["controls"]}
    for name, expected in published().items():
        assert {key: found[name][key]["value"] for key in METRICS} == pytest.approx(expected, abs=5e-4), REFRESH


def test_the_published_rest_is_recomputed(evaluated: Finished) -> None:
    result, before = json.loads(evaluated.out), store.load_evaluation()
    assert result["operating_point"] == pytest.approx(before.operating_point.as_dict(), abs=2e-3), REFRESH
    assert result["attrition"] == before.attrition
    assert [row["n"] for row in result["subgroups"]] == [row.n for row in before.subgroups]
    assert [row["events"] for row in result["external"]] == [row.events for row in before.external]


def test_published_intervals_hold_their_value() -> None:
    evaluation = store.load_evaluation()
    for found in (evaluation.metrics, *evaluation.controls.values()):
        for name in ("auroc", "auprc", "brier"):
            assert found[name].low < found[name].value < found[name].high


def test_the_card_is_generated_and_not_written_by_hand() -> None:
    on_disk = (store.DIRECTORY / "card.md").read_text(encoding="utf-8")
    assert on_disk == card(store.load(), store.load_evaluation()), REFRESH


def test_the_card_was_made_from_the_training_that_is_shipped(set_a: Cohort) -> None:
    facts = store.load().facts
    assert facts.n_patients == len(set_a.outcome)
    assert facts.base_rate == pytest.approx(set_a.outcome.mean())
    for name, median in set_a.inputs.median().drop("icu_type").items():
        assert facts.reference_patient[str(name)] == pytest.approx(median, rel=0.02), "run: qlinical train aki"


def test_the_hybrid_is_as_large_as_its_matched_control() -> None:
    sizes = store.load().facts.n_parameters
    assert sizes[HYBRID] == pytest.approx(sizes["control"], rel=0.1)
