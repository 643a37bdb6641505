"""Recordings paired with haemoglobin, and the waveform model trained on them: the demo's times, made-up waveforms."""

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from toys import Command

from qcore.errors import InvalidValue, UnreadableInput
from qcore.io.ecg.leads import STANDARD
from qcore.io.ecg.upload import EcgReader
from qcore.tasks.hemoglobin.waveform.model import WaveformEvaluation, load
from qcore.training.cohorts.mimic_iv_ecg import Cohort, hemoglobin_cohort, split_of
from qcore.training.hemoglobin.waveform.gather import gather
from qcore.training.hemoglobin.waveform.train import train_waveform

TIMES, DEMO = "mimic_iv_ecg_times.txt", ("aki", "mimic_iv_demo_2.2")
RATE_HZ, N_SAMPLES = 500, 5000


@pytest.fixture(scope="module")
def ecg(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """MIMIC-IV-ECG's layout with the real times of the demo; all recordings share a made-up file of their patient."""
    import wfdb

    root = tmp_path_factory.mktemp("ecg")
    rng, rows = np.random.default_rng(0), []
    seconds = np.arange(N_SAMPLES) / RATE_HZ
    for line in (data / TIMES).read_text(encoding="utf-8").splitlines():
        subject, *times = line.split()
        folder = Path("files", f"p{subject[:4]}", f"p{subject}")
        (root / folder).mkdir(parents=True)
        beats = np.exp(-(((seconds * rng.uniform(0.9, 1.8) + rng.uniform()) % 1 - 0.5) ** 2) / 0.0004)
        mv = beats[:, None] * rng.uniform(0.3, 1.5, 12) + 0.02 * rng.standard_normal((N_SAMPLES, 12))
        wfdb.wrsamp(
            "one",
            fs=RATE_HZ,
            units=["mV"] * 12,
            sig_name=list(STANDARD),
            p_signal=mv,
            fmt=["16"] * 12,
            write_dir=str(root / folder),
        )
        for number, time in enumerate(times):
            study = f"4{subject[1:]}{number:02d}"
            rows.append([subject, study, study, time.replace("T", " "), (folder / "one").as_posix()])
    with (root / "record_list.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([["subject_id", "study_id", "file_name", "ecg_time", "path"], *rows])
    return root


@pytest.fixture(scope="module")
def hosp(data: Path) -> Path:
    return data.joinpath(*DEMO)


@pytest.fixture(scope="module")
def cohort(ecg: Path, hosp: Path) -> Cohort:
    return hemoglobin_cohort(ecg, hosp, "4h")


def test_every_recording_gets_the_nearest_sample_of_its_patient(cohort: Cohort, hosp: Path) -> None:
    labs = pd.read_csv(hosp / "hosp" / "labevents.csv.gz", parse_dates=["charttime"])
    labs = labs[(labs["itemid"] == 51222) & labs["valuenum"].notna()]
    for pair in cohort.pairs.sample(40, random_state=0).itertuples():
        own = labs[labs["subject_id"] == pair.subject_id]
        away = (own["charttime"] - pair.ecg_time).abs()
        assert abs(pair.hours_from_ecg) * 3600 == pytest.approx(away.min().total_seconds())
        assert pair.hemoglobin_g_dl in own["valuenum"][away == away.min()].to_numpy()


def test_the_attrition_is_told_from_all_recordings_on(cohort: Cohort) -> None:
    assert cohort.attrition[0].records == 659
    assert cohort.attrition[0].patients == 92
    assert cohort.attrition[-1].records == len(cohort.pairs) > 200
    counts = [step.records for step in cohort.attrition]
    assert counts == sorted(counts, reverse=True)


def test_no_patient_stands_in_two_parts(cohort: Cohort) -> None:
    parts = cohort.pairs.groupby("subject_id")["split"].nunique()
    assert (parts == 1).all()
    assert set(cohort.pairs["split"]) == {"train", "val", "test"}
    shares = pd.Series([split_of(number) for number in range(10_000)]).value_counts(normalize=True)
    assert shares["train"] == pytest.approx(0.7, abs=0.02)


def test_anaemia_goes_by_sex(cohort: Cohort) -> None:
    women = cohort.pairs[cohort.pairs["sex"] == "female"]
    men = cohort.pairs[cohort.pairs["sex"] == "male"]
    assert (women["anemic"] == (women["hemoglobin_g_dl"] < 12)).all()
    assert (men["anemic"] == (men["hemoglobin_g_dl"] < 13)).all()


def test_before_only_takes_no_later_sample_and_a_wider_window_finds_more(ecg: Path, hosp: Path, cohort: Cohort) -> None:
    before = hemoglobin_cohort(ecg, hosp / "hosp", "4h", before_only=True)
    assert (before.pairs["hours_from_ecg"] <= 0).all()
    assert len(before.pairs) < len(cohort.pairs) < len(hemoglobin_cohort(ecg, hosp, "24h").pairs)


def test_other_items_are_found_by_number(ecg: Path, hosp: Path, cohort: Cohort) -> None:
    both = hemoglobin_cohort(ecg, hosp, "4h", items=[51222, 50811])
    assert set(both.pairs["itemid"]) == {51222, 50811}
    assert len(both.pairs) > len(cohort.pairs)
    with pytest.raises(InvalidValue, match="50855 is no haemoglobin"):
        hemoglobin_cohort(ecg, hosp, "4h", items=[50855])


@pytest.mark.parametrize("window", ["soon", "-4h", "0h"])
def test_a_window_that_is_no_time_is_refused(ecg: Path, hosp: Path, window: str) -> None:
    with pytest.raises(InvalidValue, match="window"):
        hemoglobin_cohort(ecg, hosp, window)


def test_folders_of_something_else_are_refused(tmp_path: Path, ecg: Path, hosp: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"no record_list\.csv"):
        hemoglobin_cohort(tmp_path, hosp)
    with pytest.raises(UnreadableInput, match=r"patients\.csv\.gz"):
        hemoglobin_cohort(ecg, tmp_path)


def test_the_whole_path_from_the_commands(qlinical: Command, ecg: Path, hosp: Path, tmp_path: Path) -> None:
    file, folder = tmp_path / "cohort.csv", tmp_path / "model"
    built = qlinical("cohort", "mimic-iv-ecg", ecg, hosp, "--window", "4h", "--out", file)
    assert built.code == 0, built.err
    assert "659" in built.out
    trained = qlinical("train", "hemoglobin", "--mimic-iv-ecg", file, "--directory", folder, "--epochs", 1)
    assert trained.code == 0, trained.err
    card = (folder / "card.md").read_text(encoding="utf-8")
    assert "cannot replace a blood count" in card
    said = WaveformEvaluation.model_validate_json((folder / "evaluation.json").read_text(encoding="utf-8"))
    assert set(said.models) == {"hybrid", "control", "age_and_sex", "mean"}
    record = pd.read_csv(file)["record"][0]
    with EcgReader() as reader:
        recording = reader.read_one(Path(record))
    answer = load(folder).answer(recording, 70, "female", "noisy:fez:shots=1000")
    assert answer.hemoglobin.low[0] < answer.hemoglobin.value[0] < answer.hemoglobin.high[0]
    assert answer.hemoglobin.standard_error[0] > 0
    assert answer.hemoglobin.provenance.shots == 1000


def test_an_interrupted_training_ends_as_one_that_was_not(cohort: Cohort, tmp_path: Path) -> None:
    file = tmp_path / "cohort.csv"
    cohort.pairs.groupby("subject_id").head(1).to_csv(file, index=False)

    def stop(text: str, done: int, _all: int) -> None:
        if text == "training hybrid" and done == 1:
            raise KeyboardInterrupt

    whole = train_waveform(file, tmp_path / "whole", 2)
    with pytest.raises(KeyboardInterrupt):
        train_waveform(file, tmp_path / "stopped", 2, stop)
    told: list[str] = []
    resumed = train_waveform(file, tmp_path / "stopped", 2, lambda text, done, _all: told.append(f"{text} {done}"))
    assert resumed.models == whole.models
    assert "training hybrid 1" not in told
    assert not any(text.startswith("reading") for text in told)


def test_a_recording_that_cannot_be_read_is_left_out_and_told(cohort: Cohort, tmp_path: Path) -> None:
    some = cohort.pairs.head(3).assign(record=[cohort.pairs["record"][0], str(tmp_path / "gone"), "nowhere/else"])
    signals, refused = gather(some, tmp_path, "key", lambda *_: None)
    assert np.isnan(signals[1:]).all()
    assert np.isfinite(signals[0]).all()
    assert len(refused) == 2
    assert "gone" in refused[0]
    assert json.loads((tmp_path / "signals.json").read_text(encoding="utf-8"))["done"] == 3
