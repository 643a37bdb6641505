"""Dates and times of day become hours since the first line of a subject, or are refused where they leave a doubt."""

import pytest

from qcore.errors import UnreadableInput
from qcore.io.nonmem.reader import ReadStudy, read_study


def read(header: str, *rows: str) -> ReadStudy:
    return read_study("study.csv", "\n".join([header, *rows]).encode())


def times(found: ReadStudy) -> list[float]:
    return [round(time, 6) for subject in found.study.subjects for time in subject.observations.time.tolist()]


@pytest.mark.parametrize(
    ("column", "first", "second", "written"),
    [
        ("DATE", "2024-02-28", "2024-03-01", "year/month/day"),
        ("DATE", "20240228", "20240301", "year/month/day"),
        ("DATE", "2/28/2024", "03/01/2024", "month/day/year"),
        ("DATE", "28/02/2024", "01/03/2024", "day/month/year"),
        ("DATE", "28.2.24", "1.3.24", "day/month/year"),
        ("DATE", "28FEB2024", "01MAR2024", "day/month/year"),
        ("DATE", "28-Feb-2024", "1-Mar-2024", "day/month/year"),
        ("DATE", "05/01/2024", "05/03/2024", "month/day/year"),
        ("DAT1", "02/03/24", "04/03/24", "day/month/year"),
        ("DAT2", "24/02/28", "24/03/01", "year/month/day"),
        ("DAT3", "2024/28/02", "2024/01/03", "year/day/month"),
        ("DATE", "5", "7", "a number of days"),
    ],
)
def test_dates_and_a_clock(column: str, first: str, second: str, written: str) -> None:
    found = read(f"ID,{column},TIME,AMT,DV", f"1,{first},8:30,100,.", f"1,{second},08:15,.,5")
    assert times(found) == [47.75]
    assert found.study.subjects[0].doses.time.tolist() == [0]
    note = f"Times are hours since the first line of each subject, by {column} and TIME, with dates as {written}."
    assert note in found.notes


@pytest.mark.parametrize("column", ["DATETIME", "TIME", "DATE"])
def test_date_and_clock_in_one_cell(column: str) -> None:
    rows = ("1,2024-03-05 08:00,100,.", "1,2024-03-06T09:30:00,.,5", "2,2025-01-01 00:00,9,.", "2,2025-01-01 01:00,.,5")
    found = read(f"ID,{column},AMT,DV", *rows)
    assert times(found) == [25.5, 1]
    assert f"by {column}, with dates" in " ".join(map(str, found.notes))


def test_numbers_of_hours_that_begin_again_each_day_are_times_of_day() -> None:
    rows = ("1,2024-03-05,8,100,.", "1,2024-03-05,20.5,.,5", "1,2024-03-06,8,.,4")
    assert times(read("ID,DATE,TIME,AMT,DV", *rows)) == [12.5, 24]


@pytest.mark.parametrize("later", ["2024-03-05,12", "2024-03-06,30"])
def test_hours_that_go_on_need_no_date(later: str) -> None:
    found = read("ID,DATE,TIME,AMT,DV", "1,2024-03-05,0,100,.", f"1,{later},.,5")
    assert times(found) == [float(later.split(",")[1])]
    assert "DATE is not used: TIME goes on from one day to the next." in found.notes


def test_times_that_go_on_keep_their_unit() -> None:
    found = read("ID,DATE,TIME_min,AMT,DV", "1,2024-03-05,0,100,.", "1,2024-03-05,90,.,5")
    assert times(found) == [1.5]


@pytest.mark.parametrize(
    ("first", "second", "says"),
    [
        ("2024-02-30", "2024-03-01", "Line 2, column 'DATE': '2024-02-30' is no date such as 2024-03-05"),
        ("soon", "2024-03-01", "Line 2, column 'DATE': 'soon' is no date"),
        (".", "2024-03-01", "Line 2, column 'DATE': The date is missing. Correct it; if"),
        ("03/04/2024", "04/04/2024", "can be read with the day or the month first, as '03/04/2024'"),
    ],
)
def test_dates_that_leave_a_doubt(first: str, second: str, says: str) -> None:
    with pytest.raises(UnreadableInput) as error:
        read("ID,DATE,TIME,AMT,DV", f"1,{first},8:00,100,.", f"1,{second},9:00,.,5")
    assert says in str(error.value)


def test_a_clock_that_falls_back_is_past_midnight() -> None:
    found = read(
        "ID,TIME,AMT,DV",
        "1,20:00,100,.",
        "1,23:30,.,5",
        "1,01:00,.,4",
        "1,23:00,.,3",
        "1,02:00,.,2",
        "2,8:00,9,.",
        "2,9:00,.,1",
    )
    assert times(found) == [3.5, 5, 27, 30, 1]
    assert "TIME falls back in 1 subject: taken as the time of the next day." in " ".join(map(str, found.notes))


@pytest.mark.parametrize(("column", "cells"), [("EVID", ("1", "0", "4", "0")), ("OCC", ("1", "1", "2", "2"))])
def test_where_the_subject_begins_anew_no_night_has_passed(column: str, cells: tuple[str, ...]) -> None:
    rows = ("1,8:00,100,.", "1,20:00,.,5", "1,8:00,100,.", "1,9:00,.,4")
    lines = [f"{row},{cell}" for row, cell in zip(rows, cells, strict=True)]
    assert times(read(f"ID,TIME,AMT,DV,{column}", *lines)) == [20]


def test_a_clock_that_falls_back_a_little_is_out_of_order() -> None:
    with pytest.raises(UnreadableInput, match="Sort the lines"):
        read("ID,TIME,AMT,DV", "1,8:00,100,.", "1,9:30,.,5", "1,9:00,.,4")


def test_times_of_day_are_written_with_the_comma_of_the_file() -> None:
    rows = "ID;DATE;TIME;AMT;DV\n1;2024-03-05;8:00;1,5;.\n1;2024-03-05;8:15;.;2,25"
    assert times(read_study("study.csv", rows.encode())) == [0.25]
