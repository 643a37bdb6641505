"""Dialysis in any kind of input is told, and what only sounds like it is not."""

import pytest
from long_files import with_rows

from qcore.tasks.aki.reading.dialysis import names_dialysis, was_given
from qcore.tasks.aki.reading.paste import parse
from qcore.tasks.aki.reading.table import read_patients, template_csv

SENTENCE = "it lowers creatinine, so the risk may be too low"


@pytest.mark.parametrize(
    "name",
    [
        *("Dialysis", "dialysis - CRRT", "CVVH", "CVVHDF mode", "Hemodialysis", "haemodialysis", "SCUF", "SLED"),
        *(
            "Renal replacement therapy",
            "Ultrafiltrate output",
            "ultrafiltration",
            "Hämodialyse",
            "Nierenersatzverfahren",
        ),
        *("Peritoneal Dialysis", "302497006"),
    ],
)
def test_names_of_dialysis(name: str) -> None:
    assert names_dialysis(name)
    assert with_rows(f"p1,5,{name},1,").remarks["p1"] == (f"Dialysis is recorded at 5 h: {SENTENCE}.",)


@pytest.mark.parametrize(
    "name",
    ["Dialysis Catheter Site", "history of dialysis", "no dialysis", "creatinine", "dialysis access", "RR", "HR"],
)
def test_what_is_no_dialysis(name: str) -> None:
    assert not names_dialysis(name)


@pytest.mark.parametrize(
    ("value", "given"),
    [("1", True), ("yes", True), ("CVVHDF", True), ("1200", True), ("0", False), ("0.0", False), ("no", False)],
)
def test_a_flag_says_whether_it_took_place(value: str, given: bool) -> None:
    assert was_given(value, empty=False) is given
    assert bool(with_rows(f"p1,5,dialysis,{value},").remarks) is given


def test_a_procedure_is_found_by_its_value_and_needs_none() -> None:
    assert SENTENCE in with_rows("p1,5,Procedure,Hemodialysis,").remarks["p1"][0]
    assert SENTENCE in with_rows("p1,5,Dialysis - CRRT,,").remarks["p1"][0]
    assert with_rows("p1,5,Procedure,No dialysis,").remarks == {}


def test_the_earliest_hour_is_told_and_dialysis_after_the_first_day_is_not_the_same() -> None:
    assert "at -4 h: it lowers" in with_rows("p1,9,CRRT,1,", "p1,-4,CRRT,1,").remarks["p1"][0]
    late = with_rows("p1,30,CRRT,1,").remarks["p1"][0]
    assert late == "Dialysis is recorded at 30 h, after the hours that the risk rests on."


def test_a_column_of_a_table_is_read() -> None:
    header, first, second = template_csv().splitlines()
    text = "\n".join([f"{header},CRRT", f"{first},0", f"{second},yes"])
    assert set(read_patients("x.csv", text.encode()).remarks) == {"synthetic-2"}


@pytest.mark.parametrize(
    ("text", "told"),
    [("age 71\non dialysis", True), ("CRRT since 5 h", True), ("dialysis: yes", True), ("dialysis: no", False)],
)
def test_a_pasted_line_is_read(text: str, told: bool) -> None:
    assert any(SENTENCE in note for note in parse(text).notes) is told
