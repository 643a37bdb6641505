"""The shipped AKI weights give the published numbers, and the card on disk is the one they generate."""

import json
from dataclasses import asdict

import pytest
from toys import Finished

from qcore.evidence.metrics import METRICS
from qcore.tasks.aki.model import ENTRY, LABEL, LABELS, load, load_evaluation
from qcore.tasks.classification.model import HYBRID
from qcore.tasks.classification.store import card_file
from qcore.training.aki.notes import notes
from qcore.training.classification.card import card
from qcore.training.cohorts.cohort import Cohort

REFRESH = "run: qlinical evaluate aki --write"


def published() -> dict[str, dict[str, float]]:
    evidence = load_evaluation().only
    models = {HYBRID: evidence.metrics, **evidence.controls}
    return {name: {key: each.value for key, each in found.items()} for name, found in models.items()}


@pytest.mark.parametrize("name", list(LABELS))
def test_the_published_auroc_is_recomputed(name: str, evaluated: Finished) -> None:
    result = json.loads(evaluated.out)
    found = {HYBRID: result["metrics"], **result["controls"]}[name]
    assert found["auroc"]["value"] == pytest.approx(published()[name]["auroc"], abs=1e-4 + 1e-9), REFRESH


def test_all_published_metrics_are_recomputed(evaluated: Finished) -> None:
    result = json.loads(evaluated.out)
    found = {HYBRID: result["metrics"], **result["controls"]}
    for name, expected in published().items():
        assert {key: found[name][key]["value"] for key in METRICS} == pytest.approx(expected, abs=5e-4), REFRESH


def test_the_published_rest_is_recomputed(evaluated: Finished) -> None:
    result, evaluation = json.loads(evaluated.out), load_evaluation()
    before = evaluation.only
    assert result["operating_point"] == pytest.approx(asdict(before.operating_point), abs=2e-3), REFRESH
    assert result["attrition"] == evaluation.attrition
    assert [row["n"] for row in result["subgroups"]] == [row.n for row in before.subgroups]
    assert [row["events"] for row in result["external"]] == [row.events for row in before.external]


def test_published_intervals_hold_their_value() -> None:
    evidence = load_evaluation().only
    for found in (evidence.metrics, *evidence.controls.values()):
        for name in ("auroc", "auprc", "brier"):
            assert found[name].low < found[name].value < found[name].high


def test_the_card_is_generated_and_not_written_by_hand() -> None:
    model, evaluation = load().trained, load_evaluation()
    assert card_file(ENTRY).read_text(encoding="utf-8") == card(model, evaluation, notes(model, evaluation)), REFRESH


def test_the_card_was_made_from_the_training_that_is_shipped(set_a: Cohort) -> None:
    facts = load().facts
    assert facts.n_cases == len(set_a.outcome)
    assert facts.base_rate[LABEL] == pytest.approx(set_a.outcome.mean())
    for name, median in set_a.inputs.median().drop("icu_type").items():
        assert facts.reference[str(name)] == pytest.approx(median, rel=0.02), "run: qlinical train aki"


def test_the_hybrid_is_as_large_as_its_matched_control() -> None:
    sizes = load().facts.n_parameters
    assert sizes[HYBRID] == pytest.approx(sizes["control"], rel=0.1)
