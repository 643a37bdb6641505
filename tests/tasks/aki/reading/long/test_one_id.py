"""Rows that cannot be of one person, of one hour or in one unit, and rows that are there twice."""

import pytest
from long_files import FIRST_EXTRA_LINE, HEADER, read, rows, with_rows, without_units


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (["p1,0,Age,30,years"], "Two ages under one id: 71 and 30"),
        (["p1,40,Age,30,years"], "Two ages under one id: 71 and 30"),
        (["p1,3,Weight,60,kg"], "Two weights under one id: 84 kg and 60 kg"),
        (["p1,0,Sex,M,", "p1,0,Gender,female,"], "Two sexes under one id: M and female"),
        (["p1,0,Height,181,cm", "p1,0,Height,155,cm"], "Two heights under one id: 181 and 155"),
        (["p1,0,Date of birth,1950-02-01,", "p1,0,DOB,1991-07-09,"], "Two dates of birth under one id"),
        (["p1,2,Creatinine,0.6,mg/dL"], "Creatinine: two values under one id at 2 h: 1.30 mg/dL and 0.60 mg/dL"),
        (["p1,0,ICUType,3,"], "two values under one id at 0 h: Surgical ICU and Medical ICU"),
    ],
)
def test_two_people_under_one_id_are_refused(more: list[str], says: str) -> None:
    table = read("\n".join([HEADER, *rows(), *more, *rows("other")]))
    assert list(table.inputs.index) == ["other"]
    (refusal,) = table.refused
    assert (refusal.line, refusal.patient_id) == (FIRST_EXTRA_LINE + len(more) - 1, "p1")
    assert says in refusal.message


@pytest.mark.parametrize(
    "more",
    [
        ["p1,12,Age,72,years"],
        ["p1,12,Weight,86,kg"],
        ["p1,0,Sex,M,", "p1,0,Gender,male,"],
        ["p1,0,Height,181,cm", "p1,0,Height,1.81,m", "p1,0,Height,71,in"],
        ["p1,0,Gender,1,", "p1,0,Gender,-1,"],
        ["p1,2,Creatinine,1.4,mg/dL"],
        ["p1,3,BUN,13,mg/dL"],
    ],
)
def test_what_one_person_may_have_is_scored(more: list[str]) -> None:
    assert list(with_rows(*more).inputs.index) == ["p1"]


def test_a_change_of_unit_within_a_patient_is_seen_only_where_no_unit_is_stated() -> None:
    assert "14.6 looks like mmol/L" in without_units("p1,9,BUN,14.6").refused[0].message
    assert with_rows("p1,9,BUN,14.6,mg/dL").refused == ()


def test_a_transfer_is_told() -> None:
    table = with_rows("p1,9,ICUType,3,")
    assert table.inputs.loc["p1", "icu_type"] == 4
    (remark,) = table.remarks["p1"]
    assert "Surgical ICU, then Medical ICU. The first unit is used" in remark


def test_columns_that_say_the_same_in_every_line_are_read() -> None:
    lines = [line.split(",", 1)[1] for line in rows(without=("Age", "Weight", "ICUType"))]
    header = "patient_id,age,weight_kg,icu_type,time_h,parameter,value,unit"
    table = read("\n".join([header, *(f"p1,71,84,4,{line}" for line in lines)]))
    assert table.inputs.equals(with_rows().inputs)
    two = read("\n".join([header, *(f"p1,{71 - 41 * (at % 2)},84,4,{line}" for at, line in enumerate(lines))]))
    assert (two.refused[0].column, two.refused[0].patient_id) == ("age", "p1")
    assert "Two ages under one id: 71 and 30" in two.refused[0].message


def test_a_stay_of_two_subjects_is_refused_and_two_stays_of_one_are_not() -> None:
    lines = [line.split(",", 1)[1] for line in rows()]
    header = "subject_id,stay_id,time_h,parameter,value,unit"
    both = read("\n".join([header, *(f"7,{stay},{line}" for stay in (1, 2) for line in lines)]))
    assert list(both.inputs.index) == ["1", "2"]
    assert any("told apart by stay_id" in note for note in both.notes)
    mixed = read("\n".join([header, *(f"{7 + at % 2},1,{line}" for at, line in enumerate(lines))]))
    assert "Two subject_id under one id: 7 and 8" in mixed.refused[0].message


def test_a_row_without_a_stay_is_not_used_and_counted() -> None:
    lines = [f"7,1,{line.split(',', 1)[1]}" for line in rows()]
    table = read("\n".join(["subject_id,stay_id,time_h,parameter,value,unit", *lines, "7,,2,Creatinine,9,mg/dL"]))
    assert table.inputs.loc["1", "creatinine_first_mg_dl"] == 1.3
    assert any("Rows without one are not used: 1" in note for note in table.notes)


def test_a_row_that_is_there_twice_counts_once() -> None:
    table = with_rows("p1,3,Urine,300.0,mL", "p1,3.0,Urine,300,mL")
    assert table.inputs.equals(with_rows().inputs)
    (note,) = table.notes
    assert (
        f"2 rows said again what an earlier row had said and count once, the first on line {FIRST_EXTRA_LINE}" in note
    )
    assert not with_rows("p1,3,Urine,310,mL").inputs.equals(with_rows().inputs)
