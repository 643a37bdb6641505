"""Names of intensive care units, and numbers of wards that are none."""

import pytest
from long_files import with_rows

from qcore.tasks.aki.inputs import ICU_TYPES
from qcore.tasks.aki.reading.icu_names import icu_type, types_named
from qcore.tasks.aki.reading.paste import parse
from qcore.tasks.aki.reading.table import read_patients, template_csv

HEADER, FIRST, SECOND = template_csv().splitlines()
CORONARY, CARDIAC_SURGERY, MEDICAL, SURGICAL = ICU_TYPES


@pytest.mark.parametrize(
    ("name", "code"),
    [
        *((name, code) for code, name in ICU_TYPES.items()),
        ("Medical Intensive Care Unit (MICU)", MEDICAL),
        ("Cardiac Vascular Intensive Care Unit (CVICU)", CARDIAC_SURGERY),
        ("Coronary Care Unit (CCU)", CORONARY),
        ("Surgical Intensive Care Unit (SICU)", SURGICAL),
        ("Trauma SICU (TSICU)", SURGICAL),
        ("Neuro Surgical Intensive Care Unit (Neuro SICU)", SURGICAL),
        ("CSRU", CARDIAC_SURGERY),
        ("TSICU", SURGICAL),
        ("CTICU", CARDIAC_SURGERY),
        ("CSICU", CARDIAC_SURGERY),
        ("Cardiac ICU", CORONARY),
        ("Neuro ICU", SURGICAL),
        ("Cardiac Surgery ICU", CARDIAC_SURGERY),
        ("Internistische Intensivstation", MEDICAL),
    ],
)
def test_names_of_units(name: str, code: int) -> None:
    assert icu_type(name) == code
    table = with_rows(f"p1,0,careunit,{name},", without=["ICUType"])
    assert table.inputs.loc["p1", "icu_type"] == code


@pytest.mark.parametrize(
    "name", ["Medical/Surgical Intensive Care Unit (MICU/SICU)", "Med-Surg ICU", "CCU-CTICU", "MICU/SICU"]
)
@pytest.mark.parametrize("parameter", ["careunit", "ICUType"])
def test_a_mixed_unit_is_refused_with_the_four_choices(name: str, parameter: str) -> None:
    assert len(types_named(name)) == 2
    (refusal,) = with_rows(f"p1,0,{parameter},{name},", without=["ICUType"]).refused
    assert "at once. Write one of Coronary care, Cardiac surgery recovery, Medical ICU, Surgical ICU" in refusal.message


@pytest.mark.parametrize("name", ["neonatal", "Medicine", "4", "", "Neuro Intermediate", "medical history", "PICU"])
def test_what_is_no_intensive_care_unit(name: str) -> None:
    assert icu_type(name, ward=True) is None


def test_a_name_that_was_understood_is_told_once() -> None:
    table = with_rows("p1,0,first_careunit,Trauma SICU (TSICU),", without=["ICUType"])
    assert table.notes == ("Read as types of intensive care unit: Trauma SICU (TSICU) as Surgical ICU.",)


@pytest.mark.parametrize("name", ["ward", "unit", "icu", "care unit", "Station", "intensive care unit"])
def test_the_number_of_a_ward_is_no_type(name: str) -> None:
    beside = with_rows(f"p1,0,{name},3,")
    assert beside.inputs.loc["p1", "icu_type"] == SURGICAL
    assert beside.ignored == (name,)
    (refusal,) = with_rows(f"p1,0,{name},3,", without=["ICUType"]).refused
    assert refusal.column == "icu_type"
    assert f"'3' under '{name}' may be the number of a ward" in refusal.message


@pytest.mark.parametrize("name", ["ward", "unit", "icu"])
def test_the_number_of_a_ward_in_a_column_is_no_type(name: str) -> None:
    text = "\n".join([HEADER.replace("icu_type", name), FIRST, SECOND])
    with pytest.raises(Exception, match=f"no column for icu_type.*'3' under '{name}' may be the number of a ward"):
        read_patients("x.csv", text.encode())
    both = "\n".join([f"{HEADER},{name}", f"{FIRST},4", f"{SECOND},17"])
    table = read_patients("x.csv", both.encode())
    assert table.inputs["icu_type"].tolist() == [MEDICAL, SURGICAL]
    assert table.ignored == (name,)


def test_a_column_of_names_is_a_type_and_a_number_in_it_refuses_its_patient() -> None:
    lines = [HEADER.replace("icu_type", "unit"), FIRST[:-1] + "MICU", SECOND[:-1] + "7"]
    table = read_patients("x.csv", "\n".join(lines).encode())
    assert table.inputs["icu_type"].tolist() == [MEDICAL]
    assert (table.refused[0].patient_id, table.refused[0].column) == ("synthetic-2", "unit")


def test_a_pasted_ward_is_no_type() -> None:
    assert "may be the number of a ward" in parse("ward 4").problems[0]
    beside = parse("ward 4\nICU type 3")
    assert beside.values["icu_type"][0] == MEDICAL
    assert beside.problems == ()
    assert parse("Intensive care unit: Trauma SICU (TSICU)").values["icu_type"][0] == SURGICAL
    assert "at once" in parse("ICU: Med-Surg ICU").problems[0]
