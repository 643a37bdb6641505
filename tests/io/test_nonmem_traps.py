"""Shapes of files that led to a wrong dose without a word: each is read as meant, told beside the dose, or refused."""

from pathlib import Path

import numpy as np
import pytest

from qcore.errors import UnreadableInput
from qcore.io.nonmem.reader import ReadStudy, read_study

HEAD = "ID,TIME,AMT,DV,EVID"


def read(*lines: str) -> ReadStudy:
    return read_study("study.csv", "\n".join(lines).encode())


def case(data: Path, name: str) -> ReadStudy:
    file = data / "dose_cases" / f"{name}.csv"
    return read_study(file.name, file.read_bytes())


def people(header: str, *rows: str, count: int = 3) -> ReadStudy:
    return read(header, *(f"{person},{row}" for person in range(1, count + 1) for row in rows))


@pytest.mark.parametrize(
    ("name", "count", "left"), [("below_limit_as_zero", 51, 89), ("zeros_before_absorption", 24, 88)]
)
def test_zeros_after_a_dose_are_left_out_and_told(data: Path, name: str, count: int, left: int) -> None:
    found = case(data, name)
    values = np.concatenate([each.observations.value for each in found.study.subjects])
    after = np.concatenate([each.observations.time > 0 for each in found.study.subjects])
    assert (int(after.sum()), bool((values[after] > 0).all())) == (left, True)
    (doubt,) = map(str, found.doubts)
    assert doubt.startswith(f"{count} of {count + left} concentrations after a dose are 0")


def test_a_zero_before_the_first_dose_and_one_of_a_response_stay() -> None:
    found = people("ID,TIME,AMT,DV,EVID,DVID", "0,0,0,0,1", "0,0,5,0,2", "1,100,.,1,0", "2,.,3,0,1", "2,.,0,0,2")
    seen = found.study.subjects[0].observations
    assert seen.value.tolist() == [0, 5, 3, 0]
    assert not found.doubts


def test_a_covariate_of_minus_one_is_missing_and_told(data: Path) -> None:
    found = case(data, "covariate_missing_as_minus1")
    assert found.study.covariates == ()
    (doubt,) = map(str, found.doubts)
    assert doubt.startswith("CRCL is -1 in subject 3, 8, 12, which was taken as missing")


@pytest.mark.parametrize("code", ["-1", "-9", "-1.0", "-9.00", "-99"])
def test_codes_of_what_is_missing(code: str) -> None:
    rows = [
        f"{n},0,100,.,1,{code if n == 2 else 60 + n}\n{n},1,.,2,0,{code if n == 2 else 60 + n}" for n in (1, 2, 3, 4)
    ]
    found = read(f"{HEAD},CRCL", *rows)
    assert found.study.covariates == ()
    assert any(code in doubt for doubt in map(str, found.doubts))


@pytest.mark.parametrize("values", [("-1", "1", "-1", "1"), ("-1", "0", "1", "2"), ("-1", "-3", "4", "5")])
def test_values_that_may_be_below_0_are_no_codes(values: tuple[str, ...]) -> None:
    rows = [f"{n},0,100,.,1,{value}\n{n},1,.,2,0,{value}" for n, value in enumerate(values, 1)]
    assert read(f"{HEAD},GENE", *rows).study.covariates == ("GENE",)


def test_a_covariate_that_changes_much_in_most_subjects_is_refused(data: Path) -> None:
    with pytest.raises(UnreadableInput, match="'CRCL' changes by half or more within 14 of 14 subjects"):
        case(data, "covariate_changes")


def test_one_that_changes_in_some_is_told_and_one_that_hardly_does_or_counts_up_is_not() -> None:
    rows = [
        f"{n},0,100,.,1,{90},70,1\n{n},1,.,2,0,{90 if n > 1 else 40},71,2\n{n},2,.,1,0,{90 if n > 1 else 40},72,3"
        for n in range(1, 6)
    ]
    found = read(f"{HEAD},CRCL,HT,CYCLE", *rows)
    (doubt,) = map(str, found.doubts)
    assert doubt.startswith("CRCL changes by half or more within 1 of 5 subjects")


def test_amounts_in_urine_are_left_out_and_told(data: Path) -> None:
    found = case(data, "urine")
    assert not found.study.has_response
    assert found.study.covariates == ()
    assert sum(len(each.observations.time) for each in found.study.subjects) == 98
    assert found.doubts == ("Left out, as measured in urine: 28 values, beside a volume of urine.",)


def test_a_second_compartment_that_nothing_names_is_told() -> None:
    found = people("ID,TIME,AMT,DV,EVID,CMT", "0,100,.,1,1", "1,.,2,0,2", "1,.,20,0,3", "2,.,1.5,0,2", "2,.,30,0,3")
    (doubt,) = map(str, found.doubts)
    assert "where it is 3 the response" in doubt
    assert "Nothing else tells" in doubt


def test_days_and_hours_are_one_time(data: Path) -> None:
    found = case(data, "day_and_hour")
    times = found.study.subjects[0].doses.time
    assert times.tolist() == [0, 24, 48, 72, 96]
    # 14 are those before the first dose, in its line.
    assert sum(len(each.observations.time) for each in found.study.subjects) == 210 - 14
    assert "Times are hours since the first line of each subject, by Day and Hour." in found.notes
    assert "Not used, as 0 in the line of a dose: 14 measurements." in found.notes
    assert "Not read" not in str(found.notes[0])


@pytest.mark.parametrize(("day", "hour"), [("STUDYDAY", "HOUR"), ("Day", "TIME"), ("DY", "Time (h)")])
def test_other_names_of_days(day: str, hour: str) -> None:
    found = people(f"ID,{day},{hour},AMT,DV", "2,8,100,.", "2,20,.,5", "3,8,100,.", "3,20,.,6")
    assert found.study.subjects[0].doses.time.tolist() == [0, 24]
    assert found.study.subjects[0].observations.time.tolist() == [12, 36]


def test_hours_that_go_on_are_no_hours_of_a_day() -> None:
    found = people("ID,DAY,TIME,AMT,DV", "1,0,100,.", "1,20,.,5", "2,30,.,3", "3,60,.,1")
    assert found.study.subjects[0].observations.time.tolist() == [20, 30, 60]


def test_occasions_are_told_to_be_merged(data: Path) -> None:
    found = case(data, "occasions")
    (doubt,) = map(str, found.doubts)
    assert doubt.startswith("OCC tells occasions of 14 subjects apart, which are merged here")
    assert found.study.occasional
    assert not people(f"{HEAD},OCC", "0,100,.,1,1", "1,.,2,0,1", "24,100,.,1,1", "25,.,2,0,1").study.occasional


@pytest.mark.parametrize(
    ("amount", "unit", "told"), [(100_000, "", True), (100_000, "AMT (mg)", False), (1000, "", False)]
)
def test_doses_of_many_grams_that_no_unit_explains_are_told(amount: int, unit: str, told: bool) -> None:
    found = people(HEAD.replace("AMT", unit or "AMT"), f"0,{amount},.,1", "1,.,2,0")
    assert (
        any("100,000 mg (100 g), and the file does not say their unit" in doubt for doubt in map(str, found.doubts))
        == told
    )
