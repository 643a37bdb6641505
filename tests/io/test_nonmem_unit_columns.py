"""Units that a file states, in whatever way: they are read, are no covariates, and the study is always the same."""

from pathlib import Path

import numpy as np
import pytest
from unit_layouts import LAYOUTS, MG, PEOPLE, TIMES_H, WEIGHTS, lines, numbers, plain, read, table, text, with_units

from qcore.errors import UnreadableInput
from qcore.io.nonmem.columns.names import Role
from qcore.io.nonmem.reader import read_study
from qcore.study import Units


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_study_is_the_same_however_its_units_are_stated(layout: str) -> None:
    found = read(LAYOUTS[layout])
    amount, time, value = numbers(found.study)
    assert amount == pytest.approx([MG] * PEOPLE)
    assert time == pytest.approx(np.tile(TIMES_H, PEOPLE))
    assert value == pytest.approx([line[3] for line in lines() if line[3] is not None])
    assert found.study.units.time == "h"
    # As people write them: a dose of 100 mg is not one of 100000 ug.
    assert found.study.units.dose == "mg"
    assert found.study.covariates == ()


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if "header" not in name and "row" not in name])
def test_columns_of_units_are_told_as_such(layout: str) -> None:
    found = read(LAYOUTS[layout])
    assert found.columns.unit_columns
    assert any(note.startswith("Read as units: ") for note in map(str, found.notes))
    assert not any("holds words" in note for note in map(str, found.notes))


def test_the_shared_case(data: Path) -> None:
    file = data / "dose_cases" / "units_in_columns.csv"
    found = read_study(file.name, file.read_bytes())
    assert found.study.units == Units("h", "mg", "mg/L")
    assert found.study.covariates == ()
    assert found.study.subjects[0].doses.amount.tolist() == [100]
    assert found.study.subjects[0].observations.value[0] == pytest.approx(0.7759)


@pytest.mark.parametrize(
    ("header", "line", "sentence"),
    [
        ("ID,TIME,AMT,DV,AMTU", "ugh", "Its unit, 'ugh', is not known. .*units.dose"),
        ("ID,TIME,AMT,DV,DVU", "widgets/mL", "is not known. .*units.concentration"),
        ("ID,TIME,AMT,DV,AMTU", "ng/mL", "'ng/mL', is not one of an amount"),
        ("ID,TIME,AMT,DV,DVU", "ug", "'ug', is not one of a concentration"),
        ("ID,TIME,AMT,DV,DVU", "mmHg", "'mmHg', is not one of a concentration.*dvid=COLUMN"),
        ("ID,TIME,AMT,DV,TIMEU", "mg", "'mg', is not one of a time"),
        ("ID,TIME,AMT (mg),DV,AMTU", "ug", "says mg, the column of units ug"),
        ("ID,TIME,AMT,DV_ng/mL,DVU", "mg/L", "says ng/mL, the column of units mg/L"),
    ],
)
def test_what_is_no_unit_or_another_than_the_header_s_is_refused(header: str, line: str, sentence: str) -> None:
    with pytest.raises(UnreadableInput, match=sentence):
        read(table(header, with_units(plain(1, 1), line)))


def test_units_that_do_not_convert_and_those_missing_among_others_are_refused() -> None:
    with pytest.raises(UnreadableInput, match="nmol/L here and ng/mL before cannot be converted"):
        read(table("ID,TIME,AMT,DV,DVU", with_units(plain(1, 1), lambda _, line: "nM" if line[0] == 3 else "ng/mL")))
    odd = {1: "ug", 2: "mg"}
    with pytest.raises(UnreadableInput, match="The unit is missing in this line"):
        read(table("ID,TIME,AMT,DV,AMTU", with_units(plain(1, 1), lambda _, line: odd.get(line[0], ""))))
    with pytest.raises(UnreadableInput, match="The unit is ug here and mg in another column"):
        read(table("ID,TIME,AMT,DV,AMTU,DOSEU", with_units(plain(1, 1), "mg", "ug")))


def test_a_unit_stated_in_some_lines_is_that_of_all() -> None:
    found = read(table("ID,TIME,AMT,DV,AMTU", with_units(plain(1e3, 1), lambda _, line: "ug" if line[0] == 1 else "")))
    assert numbers(found.study)[0] == pytest.approx([MG] * PEOPLE)


def test_what_the_user_says_comes_before_what_the_file_does() -> None:
    found = read(LAYOUTS["as in the shared case"], dose="ng")
    assert found.study.units.dose == "ng"
    assert found.study.subjects[0].doses.amount.tolist() == [100_000]
    assert found.study.units.concentration == "mg/L"


@pytest.mark.parametrize(
    ("amount", "rate", "per_mg"),
    [("mg", "ug/min", 1000 / 60), ("ug", "mg/h", 1.0), ("ug", "ug/h", 1000.0), ("mg", "", 1.0)],
)
def test_a_rate_is_one_of_the_amounts_beside_it(amount: str, rate: str, per_mg: float) -> None:
    by = {"mg": 1.0, "ug": 1000.0}[amount]
    header = "ID,TIME,AMT,DV,RATE,AMTU" + (",RATEU" if rate else "")
    rows = with_units(plain(by, 1), lambda _, line: text(line[2] and 50.0, per_mg), amount, *([rate] if rate else []))
    found = read(table(header, rows))
    assert [float(each.doses.duration[0]) for each in found.study.subjects] == pytest.approx([2.0] * PEOPLE)


def test_a_weight_in_pounds_or_grams_becomes_kg() -> None:
    for header, factor in (("WT (lb)", 1 / 0.45359237), ("WT_g", 1000.0), ("WT (kg)", 1.0)):
        rows = with_units(plain(1, 1), lambda _, line, factor=factor: text(WEIGHTS[line[0] - 1], factor))
        found = read(table(f"ID,TIME,AMT,DV,{header}", rows))
        assert found.study.covariate(header) == pytest.approx(WEIGHTS)
    rows = with_units(plain(1, 1), lambda _, line: text(WEIGHTS[line[0] - 1], 1 / 0.45359237), "lb")
    assert read(table("ID,TIME,AMT,DV,WT,WTU", rows)).study.covariate("WT") == pytest.approx(WEIGHTS)


def test_doses_per_kg_in_a_column_of_units_are_multiplied() -> None:
    rows = with_units(plain(10, 1), lambda _, line: text(WEIGHTS[line[0] - 1]), "ug/kg")
    found = read(table("ID,TIME,AMT,DV,WT,AMTU", rows))
    assert numbers(found.study)[0] == pytest.approx(list(WEIGHTS))


def test_a_response_keeps_its_own_unit() -> None:
    rows = "\n".join(
        f"{person},0,100000,.,0,ug,\n{person},0,.,90,2,,mmHg\n{person},1,.,1200,1,,ng/mL\n{person},1,.,80,2,,mmHg"
        for person in (1, 2, 3)
    )
    found = read(f"ID,TIME,AMT,DV,DVID,AMTU,DVU\n{rows}".encode())
    assert found.study.units == Units("h", "mg", "mg/L", "mmHg")
    seen = found.study.subjects[0].observations
    assert seen.value[seen.response].tolist() == [90, 80]
    assert seen.value[~seen.response].tolist() == pytest.approx([1.2])


def test_units_may_tell_what_was_measured_where_the_user_says_so() -> None:
    rows = "\n".join(f"{n},0,100,.,\n{n},0,.,90,mmHg\n{n},1,.,1200,ng/mL\n{n},1,.,80,mmHg" for n in (1, 2, 3))
    file = f"ID,TIME,AMT,DV,DVU\n{rows}".encode()
    with pytest.raises(UnreadableInput, match="'mmHg', is not one of a concentration"):
        read(file)
    found = read_study("study.csv", file, {Role.DVID: "DVU"}).study
    assert found.units == Units("h", "mg", "mg/L", "mmHg")
    assert found.subjects[0].observations.response.tolist() == [True, False, True]


def test_a_unit_in_the_name_of_what_was_measured() -> None:
    rows = "\n".join(f"{n},0,100,.,dose\n{n},1,.,1200,Drug X (ng/mL)\n{n},2,.,900,Drug X (ng/mL)" for n in (1, 2))
    found = read(f"ID,TIME,AMT,AVAL,PARAM\n{rows}".encode())
    assert numbers(found.study)[2] == pytest.approx([1.2, 0.9] * 2)


def test_small_concentrations_stay_in_the_unit_of_the_file() -> None:
    found = read(table("ID,TIME,AMT,DV,AMTU,DVU", with_units(plain(1, 20), "ug", "ng/mL")))
    assert (found.study.units.dose, found.study.units.concentration) == ("ug", "ng/mL")


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("UNIT", ("ICU", "MICU")),
        ("SEX", ("M", "F")),
        ("GROUP", ("g", "h")),
        ("FREQ", ("day", "week")),
        ("STATU", ("a", "b")),
    ],
)
def test_words_that_are_no_units_stay_covariates(name: str, cells: tuple[str, str]) -> None:
    found = read(table(f"ID,TIME,AMT,DV,STAT,{name}", with_units(plain(1, 1), "3", lambda _, line: cells[line[0] % 2])))
    assert any(each.startswith(name) for each in found.study.covariates)


def test_a_unit_of_a_covariate_is_no_covariate() -> None:
    rows = with_units(plain(1, 1), lambda _, line: text(WEIGHTS[line[0] - 1]), "YEARS", "1.73", "m2")
    found = read(table("ID,TIME,AMT,DV,AGE,AGEU,BSA,BSAU", rows))
    assert found.study.covariates == ("AGE", "BSA")


def test_tiny_amounts_in_another_unit_are_read_beside_decimal_commas() -> None:
    rows = ["1;0;100;.;g", "1;1;.;5,5;g", "1;2;25;.;ug", "1;3;.;5;g"]
    found = read("\n".join(["ID;TIME;AMT;DV;AMTU", *rows]).encode())
    assert numbers(found.study)[0].tolist() == [1e5, pytest.approx(0.025, rel=1e-12)]


def test_the_same_dose_in_two_units_is_one_dose() -> None:
    rows = ["1,0,5,300,ug", "1,1,4,0.3,mg", "2,0,5,0.0011,g", "2,1,4,1.1,mg"]
    found = read_study(
        "study.csv", "\n".join(["ID,TIME,DV,Dose,DoseU", *rows]).encode(), {Role.DOSE: "Dose", Role.AMOUNT: ""}
    )
    assert numbers(found.study)[0].tolist() == pytest.approx([0.3, 1.1])
