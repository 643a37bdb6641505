"""The commands that train, measure and read cohorts: what is absent or too small is a sentence."""

import csv
import io
import json
from pathlib import Path

import pytest
from toys import Command, Finished

from qcore.tasks.aki.model import LABELS
from qcore.tasks.classification.model import HYBRID


def test_the_model_of_the_page_is_trained_as_such_whether_its_family_is_named_or_not(
    qlinical: Command, tmp_path: Path
) -> None:
    # As a family among others it would have three members and replace the one of the page.
    for named in ((), ("--family", "sparse")):
        done = qlinical("train", "aki", *named, "--mimic-iv", tmp_path)
        assert done.code == 2
        assert "Give --directory too" in done.sentence
    done = qlinical("train", "aki", "--family", "gru", "--mimic-iv", tmp_path)
    assert "give --family alone" in done.sentence


def test_a_circuit_of_which_nothing_can_be_taken_away_is_not_studied(qlinical: Command) -> None:
    done = qlinical("study", "aki", "--family", "sparse")
    assert (done.code, done.out) == (2, "")
    assert "'sparse' is not studied" in done.sentence


@pytest.mark.parametrize("command", [("train", "aki"), ("evaluate", "aki")])
def test_absent_data_is_a_sentence(
    command: tuple[str, ...], qlinical: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("QLINICAL_DATA", str(tmp_path / "nowhere"))
    done = qlinical(*command)
    assert (done.code, done.out) == (2, "")
    assert "Set QLINICAL_DATA" in done.sentence


def test_training_on_another_source_never_replaces_the_shipped_model(qlinical: Command, tmp_path: Path) -> None:
    done = qlinical("train", "aki", "--mimic-iv", tmp_path)
    assert done.code == 2
    assert "--directory" in done.sentence


def test_a_cohort_too_small_to_train_on_is_a_sentence(qlinical: Command, data: Path, tmp_path: Path) -> None:
    demo = data / "aki" / "mimic_iv_demo_2.2"
    done = qlinical("train", "aki", "--mimic-iv", demo, "--directory", tmp_path)
    assert done.code == 2
    assert "patients" in done.sentence


@pytest.mark.parametrize(
    ("command", "folder"), [("mimic-iv", "mimic_iv_demo_2.2"), ("mimic-iii", "mimic_iii_demo_1.4")]
)
def test_a_transfusion_cohort_of_a_demo(
    command: str, folder: str, qlinical: Command, data: Path, tmp_path: Path
) -> None:
    done = qlinical("cohort", command, data / "aki" / folder, "--out", tmp_path / "episodes.csv")
    assert done.code == 0
    assert "creatinine" in done.out
    episodes = list(csv.DictReader(io.StringIO((tmp_path / "episodes.csv").read_text())))
    assert f"{len(episodes)} episodes written" in " ".join(done.out.split())
    assert len({episode["patient_id"] for episode in episodes}) == len(episodes) > 30


@pytest.mark.parametrize("command", ["mimic-iv", "mimic-iii"])
def test_a_cohort_of_an_empty_folder_is_a_sentence(command: str, qlinical: Command, tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        done = qlinical("cohort", command, folder)
        assert (done.code, done.out) == (2, "")
        assert str(folder.name) in done.err.replace("\n", "")


def test_an_evaluation_can_be_read_by_a_program(evaluated: Finished) -> None:
    assert (evaluated.code, evaluated.err) == (0, "")
    result = json.loads(evaluated.out)
    assert (result["task"], result["backend"]) == ("aki", "ideal")
    assert "set-b" in result["split"]
    assert 3500 <= result["n"] <= 3700
    assert set(result["controls"]) == set(LABELS) - {HYBRID}
    for found in (result["metrics"], *result["controls"].values()):
        assert list(found) == ["auroc", "accuracy", "auprc", "ece", "brier"]
        for each in found.values():
            assert set(each) == {"value", "low", "high"}
            assert 0 <= each["low"] <= each["high"] <= 1
        assert found["auroc"]["low"] <= found["auroc"]["value"] <= found["auroc"]["high"]
