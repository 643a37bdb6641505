"""The commands of the haemoglobin models."""

import json
from pathlib import Path

from toys import Command

from qcore.tasks.hemoglobin import store


def test_the_evaluation_is_printed_for_programs_and_for_people(qlinical: Command) -> None:
    done = qlinical("evaluate", "hemoglobin", "--json")
    assert done.code == 0
    said, kept = json.loads(done.out), store.load_evaluation()
    assert said["mae_g_dl"]["value"] == kept.models["hybrid"]["mae_g_dl"].value
    assert said["anemia_auc"]["low"] <= said["anemia_auc"]["value"] <= said["anemia_auc"]["high"]
    assert said["differences"]["age_and_sex"]["mae_g_dl"]
    assert said["n"] == 303
    shown = qlinical("evaluate", "hemoglobin")
    assert "303 patients held out" in shown.out


def test_the_waveform_model_needs_a_folder_and_a_cohort(qlinical: Command, tmp_path: Path) -> None:
    no_folder = qlinical("train", "hemoglobin", "--mimic-iv-ecg", tmp_path / "cohort.csv")
    assert no_folder.code == 2
    assert "--directory" in no_folder.err
    no_file = qlinical(
        "train", "hemoglobin", "--mimic-iv-ecg", tmp_path / "cohort.csv", "--directory", tmp_path / "model"
    )
    assert no_file.code == 2
    assert "There is no file" in no_file.err
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", encoding="utf-8")
    wrong = qlinical("train", "hemoglobin", "--mimic-iv-ecg", other, "--directory", tmp_path / "model")
    assert wrong.code == 2
    assert "no column subject_id" in wrong.err
