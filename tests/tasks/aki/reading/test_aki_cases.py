"""Small files in shapes that trip tools, with their right answers."""

from pathlib import Path

import pytest
from long_files import with_rows

from qcore.settings import data_dir
from qcore.tasks.aki.reading.patient_table import PatientTable
from qcore.tasks.aki.reading.table import read_patients


@pytest.fixture(scope="module")
def cases() -> Path:
    folder = (data_dir() or Path()) / "aki_cases"
    if not folder.is_dir():
        pytest.skip("the small patient files are not there: set QLINICAL_DATA")
    return folder


def case(cases: Path, name: str) -> PatientTable:
    return read_patients(name, (cases / name).read_bytes())


@pytest.mark.parametrize(
    ("name", "line", "says"),
    [
        ("creatinine_beyond_range.csv", 15, "Creatinine: 25 mg/dL is not accepted"),
        ("creatinine_in_another_unit.csv", 3, "168 looks like µmol/L"),
        ("two_people_one_id.csv", 23, "Two ages under one id: 71 and 30"),
    ],
)
def test_a_patient_is_refused_by_name(cases: Path, name: str, line: int, says: str) -> None:
    table = case(cases, name)
    assert table.inputs.empty
    assert (table.refused[0].line, table.refused[0].patient_id) == (line, "p1")
    assert says in table.refused[0].message


@pytest.mark.parametrize("name", ["hours_with_comma.csv", "pending_outside_window.csv"])
def test_a_patient_is_answered(cases: Path, name: str) -> None:
    found, base = case(cases, name).inputs, with_rows().inputs
    assert list(found.index) == ["p1"]
    exact = [column for column in base.columns if "urine" not in column]
    assert found[exact].equals(base[exact])


def test_a_value_before_admission_is_told(cases: Path) -> None:
    table = case(cases, "creatinine_before_admission.csv")
    assert table.inputs.loc["p1", "creatinine_first_mg_dl"] == 1.9
    remark, single = table.remarks["p1"]
    assert "Only one creatinine is charted" in single
    assert "Creatinine 1.30 mg/dL at -3 h was before the stay and is not used" in remark
    assert any("1 before 0 h" in note for note in table.notes)
