"""A value that cannot be used refuses its patient where it would have been taken; elsewhere it is left out."""

import pandas as pd
import pytest
from long_files import FIRST_EXTRA_LINE, HEADER, read, rows, with_rows, without_units


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("p1,21,Creatinine,25,mg/dL", "25 mg/dL is not accepted"),
        ("p1,1,Creatinine,0,mg/dL", "0 mg/dL is not accepted"),
        ("p1,9,BUN,300,mg/dL", "300 mg/dL is not accepted"),
        ("p1,9,MAP,12,mmHg", "12 mmHg is not accepted"),
        ("p1,23,HCO3,0,mmol/L", "0 mmol/L is not accepted"),
        ("p1,23,HCO3,99,mmol/L", "99 mmol/L is not accepted"),
        ("p1,9,GCS,16,", "16 points is not accepted"),
        ("p1,9,Temp,3.6,C", "3.6 °C is not accepted"),
        ("p1,9,Urine,-50,mL", "-50 mL is not accepted"),
        ("p1,9,Urine,64000,mL", "64000 mL is not accepted"),
        ("p1,9,Age,300,years", "300 years is not accepted"),
        ("p1,0,ICUType,7,", "7 is not accepted"),
        ("p1,23,Creatinine,pending,mg/dL", "'pending' is not a number"),
        ("p1,9,BUN,>200,mg/dL", "It is a limit, and a number is needed"),
        ("p1,9,GCS,intubated,", "'intubated' is not a number"),
    ],
)
def test_a_value_that_would_be_taken_refuses_its_patient(row: str, says: str) -> None:
    table = with_rows(row)
    assert table.inputs.empty
    assert table.not_scored == ("p1",)
    (refusal, *_) = table.refused
    assert (refusal.line, refusal.patient_id, refusal.column) == (FIRST_EXTRA_LINE, "p1", "value")
    assert says in refusal.message


@pytest.mark.parametrize(
    ("row", "looks_like"),
    [
        ("p1,21,Creatinine,168", "168 looks like µmol/L, which would be 1.90 mg/dL"),
        ("p1,10,Creatinine,168", "168 looks like µmol/L"),
        ("p1,9,Temp,98.6", "98.6 looks like °F, which would be 37.0 °C"),
        ("p1,9,MAP,9.3", "9.3 looks like kPa"),
        ("p1,9,Weight,400", "400 looks like lb"),
        ("p1,9,Weight,185", "185 looks like lb"),
        ("p1,9,BUN,14.6", "14.6 looks like mmol/L"),
    ],
)
def test_a_value_in_another_unit_is_named_with_the_unit(row: str, looks_like: str) -> None:
    table = without_units(row)
    assert table.inputs.empty
    assert (table.refused[0].line, table.refused[0].patient_id) == (FIRST_EXTRA_LINE, "p1")
    assert looks_like in table.refused[0].message


@pytest.mark.parametrize(
    "row",
    [
        "p1,9,MAP,0,mmHg",
        "p1,9,MAP,-4,mmHg",
        "p1,9,MAP,300,mmHg",
        "p1,9,Temp,0,C",
        "p1,9,Weight,0,kg",
        "p1,9,GCS,0,",
        "p1,9,BUN,0,mg/dL",
        "p1,9,Creatinine,hemolysed,mg/dL",
        "p1,9,Hb,pending,g/dL",
        "p1,9,Hb,100,",
    ],
)
def test_an_artefact_that_could_not_have_been_taken_is_left_out_and_told(row: str) -> None:
    table = with_rows(row)
    pd.testing.assert_frame_equal(table.inputs, with_rows().inputs)
    (left_out,) = table.left_out
    assert left_out.line == FIRST_EXTRA_LINE


@pytest.mark.parametrize(
    "row",
    [
        "p1,30,Creatinine,pending,mg/dL",
        "p1,30,Creatinine,pending,stone",
        "p1,24.5,BUN,hemolysed,mg/dL",
        "p1,-2,GCS,intubated,",
        "p1,31,Creatinine,1.0,mmol/L",
    ],
)
def test_what_cannot_be_read_outside_the_first_day_does_not_matter(row: str) -> None:
    table = with_rows(row)
    pd.testing.assert_frame_equal(table.inputs, with_rows().inputs)
    assert table.refused == ()


def test_only_the_patient_with_the_value_is_refused() -> None:
    table = read("\n".join([HEADER, *rows("a"), *rows("b"), "a,21,Creatinine,168,"]))
    assert list(table.inputs.index) == ["b"]
    assert {refusal.patient_id for refusal in table.refused} == {"a"}


def test_a_whole_file_in_another_unit_is_named_once_beside_every_patient() -> None:
    lines = [row for patient in "abc" for row in rows(patient, values={"Creatinine": "120"})]
    table = read("\n".join([HEADER.removesuffix(",unit"), *(line.rsplit(",", 1)[0] for line in lines)]))
    assert table.inputs.empty
    assert {refusal.patient_id for refusal in table.refused} == {"a", "b", "c"}
    assert any("Creatinine: 6 values look like µmol/L" in note for note in table.notes)


def test_units_that_were_understood_are_told() -> None:
    (note,) = without_units().notes
    assert "Creatinine in mg/dL" in note
    assert with_rows().notes == ()
