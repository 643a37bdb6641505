"""The ECG page: examples, an answer in words, noise beside no noise, recordings that visitors bring."""

from dataclasses import replace
from pathlib import Path

import pytest
from dashboard_reading import answered_by, everything, is_fault_free, rows_in_trail, sentences
from streamlit.testing.v1 import AppTest

from qcore.io.ecg.export.table import write_csv
from qcore.io.ecg.record import Ecg
from qcore.tasks.ecg.synthetic_cases import CASES, synthetic


@pytest.fixture
def ecg(home: AppTest) -> AppTest:
    """The page as it opens: the first example, noiseless."""
    return home.switch_page("ecg/page.py").run()


def shown(page: AppTest) -> str:
    """All text, that of tables too."""
    return "\n".join([everything(page), *sentences(page.html)])


def table_of(made: Ecg, folder: Path) -> bytes:
    file = folder / "made.csv"
    write_csv(made, file)
    names, rest = file.read_text(encoding="utf-8").split("\n", 1)
    return "\n".join(
        [",".join(name if name == "time_s" else f"{name} [µV]" for name in names.split(",")), rest]
    ).encode()


def upload(page: AppTest, name: str, content: bytes) -> AppTest:
    page.segmented_control(key="ecg_way").set_value("Upload a recording").run()
    page.file_uploader(key="ecg_files").upload(name, content, "text/csv").run()
    return page


@pytest.mark.parametrize(
    ("key", "headline"),
    [("normal", "Normal ECG"), ("atrial_fibrillation", "Atrial fibrillation"), ("inferior_infarction", "infarction")],
)
def test_examples_are_answered_in_words_and_marked_as_made_up(ecg: AppTest, key: str, headline: str) -> None:
    ecg.selectbox(key="ecg_example").set_value(key).run()
    assert is_fault_free(ecg)
    text = shown(ecg)
    assert headline in text
    assert CASES[key].description in text
    assert "[Synthetic: no person stands behind it]" in text
    assert ("not measurable" in text) is (key == "atrial_fibrillation")


def test_noise_stands_beside_the_noiseless_answer_and_leaves_one_row(ecg: AppTest) -> None:
    assert "Noiseless" not in shown(ecg)
    before = rows_in_trail()
    ecg.selectbox(key="backend_kind").set_value("noisy").run()
    assert is_fault_free(ecg)
    assert "Noiseless" in shown(ecg)
    assert answered_by().startswith("noisy:")
    ecg.run()
    assert rows_in_trail() == before + 1


def test_another_diagnosis_is_explained_when_asked_for(ecg: AppTest) -> None:
    assert "What speaks for normal ECG" in shown(ecg)
    ecg.segmented_control(key="ecg_label_example/normal").set_value("CD").run()
    assert is_fault_free(ecg)
    assert "What speaks for conduction disturbance" in shown(ecg)


def test_a_table_is_answered_like_the_recording_it_holds(ecg: AppTest, tmp_path: Path) -> None:
    upload(ecg, "made.csv", table_of(synthetic("left_bundle_branch_block").ecg, tmp_path))
    assert is_fault_free(ecg)
    assert "Conduction disturbance" in shown(ecg)
    assert "made.csv" in shown(ecg)


def test_one_lead_is_measured_and_not_diagnosed(ecg: AppTest, tmp_path: Path) -> None:
    made = synthetic("normal").ecg
    upload(ecg, "watch.csv", table_of(replace(made, leads=("I",), uv=made.uv[:1]), tmp_path))
    assert is_fault_free(ecg)
    text = shown(ecg)
    assert "Diagnoses need leads I, II and V1 to V6" in text
    assert "Heart rate" in text
    assert "Classical twin" not in text


def test_what_is_no_recording_is_told(ecg: AppTest) -> None:
    upload(ecg, "letter.txt", b"Dear colleague,\nthank you for your patient.")
    assert "Heart rate" not in shown(ecg)
    assert [error.value for error in ecg.error]
