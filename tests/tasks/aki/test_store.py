"""The AKI models on disk: what was saved is what is read, and a missing file is named."""

from pathlib import Path

import pandas as pd
import pytest
from toys import random_model

from qcore.backends.protocol import Backend
from qcore.doctor import check_model
from qcore.errors import MissingAsset
from qcore.evidence.conformal import NOMINAL_COVERAGE
from qcore.evidence.evaluation import Evaluation, IntervalCheck, ReliabilityPoint, Subgroup
from qcore.evidence.metrics import Estimate
from qcore.tasks.aki import store
from qcore.tasks.aki.model import AkiModel

FILES = (
    "hybrid.safetensors",
    "control.safetensors",
    "gradient_boosting.safetensors",
    "logistic_regression.safetensors",
    "model.json",
)


@pytest.fixture
def saved(model: AkiModel, tmp_path: Path) -> Path:
    folder = tmp_path / "models" / "aki"
    store.save(model, folder)
    return folder


def test_what_is_saved_is_read(saved: Path, model: AkiModel, patients: pd.DataFrame, ideal: Backend) -> None:
    assert sorted(file.name for file in saved.iterdir()) == sorted(FILES)
    read = store.load(saved)
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
        store.load(saved)
    assert name in str(caught.value)
    assert not any(other in str(caught.value) for other in FILES if other != name)


def test_an_empty_folder_lacks_everything(tmp_path: Path) -> None:
    with pytest.raises(MissingAsset) as caught:
        store.load(tmp_path)
    assert all(name in str(caught.value) for name in FILES)


def test_saving_again_replaces(saved: Path, patients: pd.DataFrame, ideal: Backend) -> None:
    other = random_model(9)
    store.save(other, saved)
    assert (store.load(saved).predict(patients, ideal).value == other.predict(patients, ideal).value).all()


def evaluation() -> Evaluation:
    found = {"auroc": Estimate(0.8, 0.7, 0.9)}
    return Evaluation(
        task="aki",
        model="hybrid",
        backend="ideal",
        split="toys",
        n=10,
        base_rate=0.1,
        metrics=found,
        controls={"control": found},
        auroc_difference={"control": Estimate(0.0, -0.1, 0.1)},
        operating_point=random_model(1).facts.operating_point,
        interval=IntervalCheck(nominal_coverage=NOMINAL_COVERAGE, coverage=0.88, n_groups=72, highest_group=0.5),
        reliability={"hybrid": [ReliabilityPoint(0.1, 0.2, 10)]},
        subgroups=[Subgroup(attribute="sex", group="x", n=10, events=1, observed=0.1, predicted=0.1, auroc=None)],
        attrition={"all": 12, "left": 10},
    )


def test_an_evaluation_survives_the_disk(tmp_path: Path) -> None:
    store.save_evaluation(evaluation(), tmp_path)
    assert store.load_evaluation(tmp_path) == evaluation()


def test_a_model_that_was_never_evaluated_says_so(tmp_path: Path) -> None:
    with pytest.raises(MissingAsset, match=r"evaluation\.json is missing.*qlinical evaluate aki --write"):
        store.load_evaluation(tmp_path)


def test_the_shipped_models_are_whole(patients: pd.DataFrame, ideal: Backend) -> None:
    shipped = store.load()
    assert shipped.predict(patients, ideal).value.shape == (len(patients),)
    assert store.load_evaluation().n > 0
