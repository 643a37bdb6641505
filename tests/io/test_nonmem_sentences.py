"""Sentences of the reader name fields, and each front end calls them by the names of its own."""

import re
from collections.abc import Mapping

import pytest

from dashboard.dosing.study import fields as page
from qcore.cli.dose import fields as command
from qcore.errors import InvalidValue
from qcore.io.nonmem.columns.roles import Role
from qcore.io.nonmem.faults import UnreadableStudy
from qcore.io.nonmem.reader import read_study
from qcore.io.nonmem.sentences import ColumnFor, Option, request, sentence, where
from qcore.settings import REPOSITORY

NEGATIVE = "ID,TIME,AMT,DV\n1,0,100,.\n1,1,.,-5\n"


def refused(text: str, roles: Mapping[Role, str] | None = None) -> UnreadableStudy:
    with pytest.raises(UnreadableStudy) as error:
        read_study("study.csv", text.encode(), roles)
    return error.value


def test_the_reader_knows_no_option_of_the_command() -> None:
    flags = re.compile(r"(?<![\w-])--[a-z]")
    files = (REPOSITORY / "qcore" / "io").rglob("*.py")
    assert [file.name for file in files if flags.search(file.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("names", [command.OPTIONS, page.OPTIONS])
def test_every_option_has_a_name_in_each_front_end(names: dict[Option, str]) -> None:
    assert set(names) == set(Option)


def test_one_refusal_is_worded_for_each_front_end() -> None:
    error = refused(NEGATIVE)
    assert "logarithms (logarithm) or this is a response (dvid=COLUMN, response=COLUMN)" in str(error)
    assert "(--logarithm) or this is a response (--map dvid=COLUMN, --map response=COLUMN)" in command.in_command(error)
    (shown,) = page.faults_on_page(error)
    assert "('Logarithms') or this is a response ('Kind of measurement (dvid)', 'Response beside it (resp" in shown
    assert "can be left out ('Leave out below 0')" in shown
    assert shown.startswith("Line 3, column 'DV': The concentration -5 is below 0.")


@pytest.mark.parametrize(
    ("role", "column", "in_command", "on_page"),
    [
        (Role.DVID, "KIND", "say --map dvid=KIND", "choose 'KIND' under 'Kind of measurement (dvid)'"),
        (Role.DATE, "", "say --map date=", "choose 'no such column' under 'Date, beside a time of day (date)'"),
        (Role.WEIGHT, None, "say --map weight=COLUMN", "choose its column under 'Body weight (weight)'"),
        (Role.INTERVAL, "", "say --map ii=", "give the column of the role ii another name in the file"),
    ],
)
def test_a_request_for_a_column(role: Role, column: str | None, in_command: str, on_page: str) -> None:
    told = sentence("If so, ", request(role, column), ".")
    assert command.in_command(told) == f"If so, {in_command}."
    assert page.on_page(told) == f"If so, {on_page}."


def test_what_the_page_has_no_field_for_is_left_out() -> None:
    told = sentence("Say so", where(Option.ROUTE, ColumnFor(Role.CMT, "")), ".")
    assert page.on_page(told) == "Say so ('How doses were given')."
    assert page.on_page(sentence("Say so", where(ColumnFor(Role.CMT, "")), ".")) == "Say so."
    assert command.in_command(told) == "Say so (--route, --map cmt=)."


def test_far_from_the_fields_it_says_where_they_are() -> None:
    told = page.on_page(sentence("Say so", where(Option.PER_KG), "."), far=True)
    assert told == "Say so (below, under 'Columns, and what the file does not say': 'Doses are')."


def test_text_and_other_errors_stay_as_they_are() -> None:
    assert command.in_command("Nothing --to say.") == page.on_page("Nothing --to say.") == "Nothing --to say."
    assert page.faults_on_page(InvalidValue("No dose.")) == ["No dose."]


def test_faults_of_all_kinds_are_told_together_and_once_each() -> None:
    rows = ["1,0,100,.,h,70", "1,1,x,5,h,70", "1,2,.,y,h,70", "1,9e99,.,3,ug/L,70"]
    error = refused("\n".join(["ID,TIME,AMT,DV,TIMEU,WT", *rows]))
    assert [(fault.line, fault.column) for fault in error.faults] == [(3, "AMT"), (4, "DV"), (5, "TIME"), (5, "TIME")]
    assert str(error) == "Line 3, column 'AMT': 'x' is not a number. Correct it. There are 3 more faults in the file."
    assert len(command.in_command(error).splitlines()) == 4


def test_contradictions_order_and_covariates_are_told_together() -> None:
    rows = ["1,0,100,.,1,70,40", "1,5,.,5,1,7000,41", "1,2,.,5,0,70,old"]
    error = refused("\n".join(["ID,TIME,AMT,DV,EVID,WT,AGE", *rows]))
    assert [(fault.line, fault.column) for fault in error.faults] == [
        (3, "AMT"),
        (3, "WT"),
        (4, "TIME"),
        (4, "AGE"),
    ]


def test_a_fault_of_the_whole_file_comes_after_those_of_its_lines() -> None:
    error = refused("ID,TIME,DV,Dose\n1,0,.,100\n1,1,.,50\n", {Role.DOSE: "Dose"})
    changing, unmeasured = error.sentences()
    assert changing.startswith("Line 3, column 'Dose': The dose 50 of the subject was 100 before.")
    assert unmeasured.startswith("The file holds no measurement that can be used")


def test_more_faults_than_are_shown_are_counted() -> None:
    error = refused("\n".join(["ID,TIME,AMT,DV", "1,0,100,.", *(f"1,{hour},.,x" for hour in range(1, 26))]))
    assert command.in_command(error).splitlines()[-1] == "There are 5 more faults in the file."
    assert len(error.sentences()) == 21
    assert str(error).endswith("There are 24 more faults in the file.")
