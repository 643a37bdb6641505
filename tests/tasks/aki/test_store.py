"""The AKI models on disk: what was saved is what is read, and a missing file is named."""

from pathlib import Path

import pandas as pd
import pytest
from toys import random_model

from qcore.backends.protocol import Backend
from qcore.doctor import check_model
from qcore.errors import MissingAsset
from qcore.evidence.conformal import NOMINAL_COVERAGE
from qcore.evidence.evaluation import Evaluation, IntervalCheck, LabelEvidence, ReliabilityPoint, Subgroup
from qcore.evidence.metrics import Estimate
from qcore.tasks.aki.model import ENTRY, LABEL, AkiModel, load, load_evaluation
from qcore.tasks.classification import store

FILES = (
    "hybrid-7.safetensors",
    "control-7.safetensors",
    "gradient_boosting-7.safetensors",
    "logistic_regression-7.safetensors",
    "preparation.safetensors",
    "model.json",
)


@pytest.fixture
def saved(model: AkiModel, tmp_path: Path) -> Path:
    folder = tmp_path / "models" / "aki"
    store.save(model.trained, folder)
    return folder


def test_what_is_saved_is_read(saved: Path, model: AkiModel, patients: pd.DataFrame, ideal: Backend) -> None:
    assert sorted(file.name for file in saved.iterdir()) == sorted(FILES)
    read = load(saved)
    assert read.facts == model.facts
    before, after = model.predict(patients, ideal), read.predict(patients, ideal)
    assert (after.value == before.value).all()
    expected = model.control_risks(patients)
    for name, risk in read.control_risks(patients).items():
        assert (risk == expected[name]).all(), name


def test_the_doctor_finds_what_was_saved_whole(saved: Path) -> None:
    assert check_model(saved).ok


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(name: str, saved: Path) -> None:
    (saved / name).unlink()
    with pytest.raises(MissingAsset, match="qlinical train aki") as caught:
        load(saved)
    assert name in str(caught.value)
    assert not any(other in str(caught.value) for other in FILES if other != name)


def test_an_empty_folder_lacks_everything(tmp_path: Path) -> None:
    with pytest.raises(MissingAsset) as caught:
        load(tmp_path)
    assert "model.json" in str(caught.value)


def test_saving_again_replaces(saved: Path, patients: pd.DataFrame, ideal: Backend) -> None:
    other = random_model(9)
    store.save(other.trained, saved)
    assert (load(saved).predict(patients, ideal).value == other.predict(patients, ideal).value).all()


def evaluation() -> Evaluation:
    found = {"auroc": Estimate(0.8, 0.7, 0.9)}
    evidence = LabelEvidence(
        base_rate=0.1,
        metrics=found,
        members=[{"auroc": 0.8}],
        controls={"control": found},
        differences={"auroc": {"control": Estimate(0.0, -0.1, 0.1)}},
        operating_point=random_model(1).operating_point,
        interval=IntervalCheck(nominal_coverage=NOMINAL_COVERAGE, coverage=0.88, n_groups=72, highest_group=0.5),
        reliability={"hybrid": [ReliabilityPoint(0.1, 0.2, 10)]},
        subgroups=[Subgroup(attribute="sex", group="x", n=10, events=1, observed=0.1, predicted=0.1, auroc=None)],
    )
    return Evaluation(
        task="aki",
        model="sparse",
        weights="abc",
        trained_on=("ideal",),
        backend="ideal",
        split="toys",
        n=10,
        labels={LABEL: evidence},
        parameters={"hybrid": 47},
        training_seconds={"hybrid": 1.0},
        attrition={"all": 12, "left": 10},
    )


def test_an_evaluation_survives_the_disk(tmp_path: Path) -> None:
    store.save_evaluation(ENTRY, evaluation(), tmp_path)
    assert load_evaluation(tmp_path) == evaluation()


def test_a_model_that_was_never_evaluated_says_so(tmp_path: Path) -> None:
    with pytest.raises(MissingAsset, match=r"evaluation\.json is missing.*qlinical evaluate aki --write"):
        load_evaluation(tmp_path)


def test_the_shipped_models_are_whole(patients: pd.DataFrame, ideal: Backend) -> None:
    shipped = load()
    assert shipped.predict(patients, ideal).value.shape == (len(patients),)
    assert load_evaluation().n > 0
