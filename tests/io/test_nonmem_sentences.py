"""Sentences of the reader name fields, and each front end calls them by the names of its own."""

import re

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


def refused(text: str) -> UnreadableStudy:
    with pytest.raises(UnreadableStudy) as error:
        read_study("study.csv", text.encode())
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
    shown = page.on_page(error)
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
    assert page.on_page(InvalidValue("No dose.")) == "No dose."
