"""Units: in the names of columns, in a row below them, and times that become hours."""

import pytest

from qcore.errors import InvalidValue, UnreadableInput
from qcore.io.nonmem.options import Options
from qcore.io.nonmem.reader import ReadStudy, read_study
from qcore.io.nonmem.units.headers import unit_in
from qcore.study import Doses, Units


def read(*lines: str, units: Units | None = None) -> ReadStudy:
    return read_study("study.csv", "\n".join(lines).encode(), options=Options(units=units))


def only(found: ReadStudy) -> tuple[Doses, list[float]]:
    """Doses of the one subject, and when it was measured."""
    (subject,) = found.study.subjects
    return subject.doses, subject.observations.time.tolist()


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("Time (h)", "h"),
        ("TIME_HR", "h"),
        ("conc_ng_ml", "ng/mL"),
        ("Dose (mg/kg)", "mg/kg"),
        ("DV [µg/L]", "µg/L"),
        ("weight_kg", "kg"),
        ("TIME (days)", "days"),
        ("TIME_min", "min"),
        ("Days", "Days"),
        ("RATE (mg/min)", "mg/min"),
        ("TIME", None),
        ("height", None),
    ],
)
def test_units_in_names(name: str, unit: str | None) -> None:
    assert unit_in(name) == unit


@pytest.mark.parametrize(
    ("column", "unit", "hours"),
    [
        ("TIME (days)", "", 24.0),
        ("TIME_min", "", 1 / 60),
        ("Weeks", "", 168.0),
        ("TIME", "s", 1 / 3600),
        ("TIME (days)", "h", 1.0),
        ("Time (since the first dose)", "", 1.0),
    ],
)
def test_every_time_becomes_hours(column: str, unit: str, hours: float) -> None:
    header = f"ID,{column},AMT,DV,RATE,ADDL,II"
    found = read(header, "1,0,100,.,50,1,7", "1,10,.,5,0,0,0", units=Units(unit, "", "") if unit else None)
    doses, times = only(found)
    assert times == pytest.approx([10 * hours])
    assert doses.time.tolist() == pytest.approx([0, 7 * hours])
    assert doses.duration.tolist() == pytest.approx([2 * hours] * 2)
    assert found.study.units.time == "h"
    assert any("Converted to hours" in note for note in map(str, found.notes)) is (hours != 1)


def test_a_column_with_a_unit_of_its_own_keeps_to_it() -> None:
    found = read("ID,TIME (days),AMT,DV,DUR (min),SS,II (h)", "1,0,9,.,30,1,12", "1,1,.,5,0,0,0")
    doses, times = only(found)
    assert (times, doses.duration.tolist(), doses.steady_interval.tolist()) == ([24], [0.5], [12])
    assert "Converted to hours by a unit of their own: II (h) from h, DUR (min) from min." in found.notes


def test_a_clock_is_hours_whatever_the_unit() -> None:
    assert only(read("ID,TIME,AMT,DV", "1,0:00,9,.", "1,1:30,.,5", units=Units("days")))[1] == [1.5]


def test_what_is_not_said_of_units_is_what_names_of_columns_hold() -> None:
    found = read(
        "ID,TIME_min,AMT_ug,CONC (ng/mL),EFFECT (mmHg)", "1,0,9,.,.", "1,60,.,5,80", units=Units("", "", "g/L")
    )
    assert found.study.units == Units("h", "ug", "g/L", "mmHg")
    assert only(found)[1] == [1, 1]
    assert any("if they are others, say so (units.time, units.dose)." in note for note in map(str, found.notes))
    assert not any(
        "say so" in note for note in map(str, read("ID,TIME,AMT,DV", "1,0,9,.", "1,1,.,5", units=Units()).notes)
    )


def test_units_in_brackets_are_said_for_certain() -> None:
    found = read("ID,TIME (h),AMT (mg),DV (mg/L)", "1,0,9,.", "1,60,.,5")
    assert "Times are in h, doses in mg, concentrations in mg/L." in found.notes
    some = read("ID,TIME,AMT (mg),DV..ng.mL.", "1,0,9,.", "1,60,.,5")
    assert any("for certain; if they are others, say so (units.time)." in note for note in map(str, some.notes))


def test_doses_in_two_units_are_not_said_to_be_in_one() -> None:
    rows = ("1,0,100000,ug,.", "1,1,.,ug,5", "2,0,100000,ug,.", "2,1,.,ug,5", "3,0,100,mg,.", "3,1,.,mg,5")
    found = read("ID,TIME,AMT,AMTU,DV", *rows)
    assert [float(each.doses.amount[0]) for each in found.study.subjects] == pytest.approx([100.0] * 3)
    assert "Converted to ug: AMT, by the unit that the file states." in found.notes
    assert "Converted to mg, as people write them: doses (from ug)." in found.notes
    assert not any("in ug in the file" in note for note in map(str, found.notes))


def test_a_unit_of_time_that_is_not_known() -> None:
    with pytest.raises(InvalidValue, match="cycles is not known: write s, min, h, days or weeks"):
        Options(units=Units("cycles"))


def test_a_row_of_units_below_the_header() -> None:
    found = read("ID,TIME,AMT,DV,WT", ",(min),mg/kg,ng/mL,kg", "1,0,2,.,80", "1,30,.,5,80")
    doses, times = only(found)
    assert (times, doses.amount.tolist()) == ([0.5], [160])
    assert (found.study.units.dose, found.study.units.concentration) == ("mg", "ng/mL")


def test_faults_below_a_row_of_units_keep_their_lines() -> None:
    with pytest.raises(UnreadableInput, match="Line 4, column 'DV'"):
        read("ID,TIME,AMT,DV", ",h,mg,mg/L", "1,0,9,.", "1,1,.,high")
