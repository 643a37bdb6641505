"""What was measured where a file does not say it outright: by names, by what is there before a dose, in its line."""

import math

import pytest

from qcore.errors import UnreadableInput
from qcore.io.nonmem.columns.roles import parse_roles
from qcore.io.nonmem.options import Options, Route
from qcore.io.nonmem.reader import ReadStudy, read_study

IV = Options(route=Route.INTRAVENOUS)


def read(*lines: str, options: Options | None = None) -> ReadStudy:
    return read_study("study.csv", "\n".join(lines).encode(), options=options)


def values(found: ReadStudy) -> tuple[list[float], list[float]]:
    """Concentrations and responses of the first subject."""
    observed = found.study.subjects[0].observations
    return observed.value[~observed.response].tolist(), observed.value[observed.response].tolist()


@pytest.mark.parametrize(
    ("first", "second"),
    [("Warfarin (mg/L)", "Prothrombin complex activity (%)"), ("ng/mL plasma", "score"), ("drug", "INR")],
)
def test_labels_of_many_words(first: str, second: str) -> None:
    found = read("ID,TIME,AMT,DV,NAME", "1,0,9,.,", f"1,1,.,5,{first}", f"1,1,.,70,{second}")
    assert values(found) == ([5], [70])


def test_a_kind_that_is_the_same_everywhere_leaves_it_to_cmt() -> None:
    rows = ("1,0,9,.,1,drug", "1,1,.,5,2,drug", "1,1,.,70,3,drug")
    assert values(read("ID,TIME,AMT,DV,CMT,ANALYTE", *rows)) == ([5], [70])
    assert values(read("ID,TIME,AMT,DV,CMT,DVID", *(row.replace("drug", "1") for row in rows))) == ([5, 70], [])


BASELINE = ("1,0,9,.,0", "1,0,.,96,1", "1,1,.,5,2", "1,1,.,70,1")


def test_what_is_there_before_the_first_dose_is_the_response() -> None:
    found = read("ID,TIME,AMT,DV,DVID", *BASELINE)
    assert values(found) == ([5], [96, 70])
    assert any("only the response is above 0 before the first dose" in note for note in map(str, found.notes))


@pytest.mark.parametrize(
    "early",
    [
        # A trace of a concentration, or a response in one subject of two, tells nothing.
        ("1,0,.,0.1,1", "1,1,.,5,1", "1,1,.,70,2"),
        ("2,0,9,.,0", "2,0,.,96,1", "1,1,.,5,1", "1,1,.,70,2"),
        ("1,0,.,7,1", "1,0,.,96,2", "1,1,.,5,1", "1,1,.,70,2"),
    ],
)
def test_what_is_there_in_few_or_of_both_tells_nothing(early: tuple[str, ...]) -> None:
    rows = sorted(("1,0,9,.,0", *early), key=lambda row: row.split(",")[0])
    found = read("ID,TIME,AMT,DV,DVID", *rows)
    assert any("the concentration usually has the lower number" in note for note in map(str, found.notes))


LINES_OF_BOTH = ("1,0,NA,100,50", "1,1,5,50,25", "1,2,7,0,0", "1,3,NA,20,20", "1,4,6,NA,NA")


def test_a_value_in_the_line_of_a_dose_was_measured_right_before_it() -> None:
    found = read("ID,Time,conc,Amt,Rate", *LINES_OF_BOTH)
    assert values(found)[0] == [5, 7, 6]
    assert found.study.subjects[0].observations.time.tolist() == [1, 2, 4]
    assert "In the line of a dose, taken as measured right before it: 1 value." in found.notes
    bolus = read("ID,Time,conc,Amt", "1,0,9,100", "1,24,2,100", "1,25,8,0", options=IV).study.subjects[0].observations
    assert bolus.value.tolist() == [2, 8]
    assert bolus.time[0] < 24


def test_a_zero_in_the_line_of_a_dose_and_the_value_of_the_first_are_none() -> None:
    found = read("ID,Time,conc,Amt", "1,0,9,100", "1,24,0,100", "1,25,8,0")
    assert values(found)[0] == [8]
    assert "Not used, as it stands in the line of the first dose: 1 concentration." in found.notes


@pytest.mark.parametrize(("column", "cells"), [("EVID", ("1", "1", "0")), ("MDV", ("1", "0", "0"))])
def test_with_evid_or_mdv_a_line_is_one_or_the_other(column: str, cells: tuple[str, ...]) -> None:
    rows = [f"{row},{cell}" for row, cell in zip(("1,0,9,100", "1,24,2,100", "1,25,8,0"), cells, strict=True)]
    assert values(read(f"ID,TIME,DV,AMT,{column}", *rows))[0] == [8]


def test_a_response_in_the_line_of_the_first_dose_is_the_baseline() -> None:
    rows = ("1,0,0,90,100", "1,1,5,70,0", "1,2,4,60,0", "1,24,1,80,100")
    assert values(read("ID,TIME,CONC,EFFECT,AMT", *rows)) == ([5, 4, 1], [90, 70, 60, 80])


def test_in_the_line_of_a_dose_cmt_speaks_of_the_dose() -> None:
    found = read("ID,TIME,DV,AMT,CMT", "1,0,.,100,1", "1,1,5,0,2", "1,24,2,100,1", "1,25,6,0,2")
    assert values(found)[0] == [5, 6]


def test_a_column_of_logarithms_by_its_name() -> None:
    found = read("ID,TIME,AMT,LNDV", "1,0,9,.", "1,1,.,-0.5")
    assert values(found)[0] == pytest.approx([math.exp(-0.5)])
    assert "Concentrations are natural logarithms, as the name LNDV says: they were raised to e." in found.notes


def test_codes_of_missing_values() -> None:
    found = read("ID,TIME,AMT,DV", "1,0,9,-99", "1,1,0,5", "1,2,0,-99")
    assert values(found)[0] == [5]
    assert "DV is taken as missing where it is -99." in found.notes
    with pytest.raises(UnreadableInput, match=r"The concentration -0.2 is below 0.*leave_out_negative"):
        read("ID,TIME,AMT,DV", "1,0,9,.", "1,1,0,-0.2", "1,2,0,-99")


def test_the_same_line_after_a_reset_is_another() -> None:
    header = "ID,TIME,AMT,DV,EVID"
    assert values(read(header, "1,0,9,.,1", "1,1,.,5,0", "1,0,9,.,4", "1,1,.,5,0"))[0] == [5]
    with pytest.raises(UnreadableInput, match="Line 6, column 'ID': The line is the same as line 5"):
        read(header, "1,0,9,.,1", "1,1,.,5,0", "1,0,9,.,4", "1,1,.,5,0", "1,1,.,5,0")


def unnamed(*kinds: str, say: tuple[str, ...] = (), values: tuple[int, int] = (5, 90)) -> ReadStudy:
    """Two subjects with two measurements at each of four times, a column KIND beside them."""
    rows = [
        f"{subject},{time},.,{value + time},{kind}"
        for subject in (1, 2)
        for time in range(1, 5)
        for value, kind in zip(values, kinds, strict=True)
    ]
    lines = ["ID,TIME,AMT,DV,KIND", *sorted(["1,0,9,.,dose", "2,0,9,.,dose", *rows], key=lambda row: row[0])]
    return read_study("study.csv", "\n".join(lines).encode(), parse_roles(say))


def test_a_column_that_seems_to_tell_quantities_apart_is_asked_for() -> None:
    with pytest.raises(UnreadableInput, match=r"'KIND' seems .*: 'conc', 'inr'. If so, say dvid=KIND; if not"):
        unnamed("conc", "inr")
    assert values(unnamed("conc", "inr", say=("dvid=KIND",))) == ([6, 7, 8, 9], [91, 92, 93, 94])
    assert len(values(unnamed("conc", "inr", say=("dvid=",)))[0]) == 8


def test_kinds_whose_values_are_alike_describe_the_subject() -> None:
    assert len(values(unnamed("left", "right", values=(5, 6)))[0]) == 8


def test_what_changes_from_line_to_line_is_no_covariate() -> None:
    lines = ["ID,TIME,AMT,CONC,INR_VALUE,CRCL", *(f"1,{time},{9 - time},{5 + time},{time}.5,90" for time in range(10))]
    found = read(*lines)
    assert found.study.covariates == ("CRCL",)
    assert any("INR_VALUE is left out" in note and "say response=INR_VALUE" in note for note in map(str, found.notes))
    chosen = read(*lines, options=Options(covariates=("INR_VALUE",)))
    assert chosen.study.covariates == ("INR_VALUE",)
