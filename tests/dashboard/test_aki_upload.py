"""An uploaded table: all its patients are scored once, a row can be looked at, faults have a line and a column."""

import pytest
from dashboard_reading import SI, UPLOADED, everything, is_fault_free, risk, rows_in_trail, sentences
from streamlit.testing.v1 import AppTest

from qcore.tasks.aki.examples import examples
from qcore.tasks.aki.reading.table import template_csv

HEADER, FIRST, SECOND = template_csv().splitlines()


@pytest.fixture
def page(aki: AppTest) -> AppTest:
    page = aki.segmented_control(key="aki_way").set_value(UPLOADED).run()
    assert is_fault_free(page)
    assert risk(page) is None
    return page


def upload(page: AppTest, text: str, name: str = "ward.csv") -> AppTest:
    return page.file_uploader(key="aki_file").set_value((name, text.encode(), "text/csv")).run()


def many(count: int) -> str:
    """A file of this many patients; the one at i has i % 40 as its age above fifty."""
    cells = SECOND.split(",")
    rows = (",".join([f"p{i}", *cells[1:6], str(50 + i % 40), *cells[7:]]) for i in range(count))
    return "\n".join([HEADER, *rows])


def select(page: AppTest, row: int) -> AppTest:
    key = f"aki_risks_{page.session_state['aki_upload_key']}"
    page.session_state[key] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    return page.run()


def scored(page: AppTest) -> int:
    return len(next(table.value for table in page.dataframe if str(table.key).startswith("aki_risks")))


def test_the_template_is_scored(page: AppTest) -> None:
    upload(page, template_csv())
    assert is_fault_free(page)
    assert scored(page) == 2
    assert risk(page) is not None
    assert "Download 2 risks as CSV" in [button.label for button in page.download_button]


def test_a_row_can_be_looked_at(page: AppTest) -> None:
    upload(page, template_csv())
    first = risk(page)
    select(page, 1)
    assert is_fault_free(page)
    assert risk(page) != first
    assert "synthetic-2" in everything(page)


def test_two_thousand_patients_are_scored_once_and_recorded_as_one(page: AppTest) -> None:
    rows = rows_in_trail()
    upload(page, many(2000))
    assert is_fault_free(page)
    assert scored(page) == 2000
    page.segmented_control(key="units_system").set_value(SI).run()
    assert rows_in_trail() <= rows + 2, "one for the table, one for the patient below it"


def test_a_shorter_file_after_a_selected_row_starts_at_its_first_patient(page: AppTest) -> None:
    upload(page, many(40))
    select(page, 35)
    upload(page, template_csv())
    assert is_fault_free(page), sentences(page.error)
    assert scored(page) == 2


def test_a_bad_cell_is_listed_and_the_others_are_scored(page: AppTest) -> None:
    upload(page, "\n".join([HEADER, FIRST, SECOND.replace("1.9", "1900")]))
    assert is_fault_free(page)
    assert scored(page) == 1
    (said,) = sentences(page.warning)
    assert "1 of 2 patients scored" in said
    assert "Line 3, creatinine_last_mg_dl: Creatinine, last: 1900 mg/dL is not accepted" in said
    refused = next(t.value for t in page.dataframe if "What is wrong" in t.value).iloc[0]
    assert (refused["Line"], refused["Patient"], refused["Column"]) == (3, "synthetic-2", "creatinine_last_mg_dl")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (f"{HEADER}\n{FIRST}\nx,1,2", "Line 3 has 3 cells and the header has 13"),
        (f"{HEADER}\n{FIRST}\n{FIRST}", "Line 3, column patient_id"),
        (
            f"{HEADER}\n{FIRST.replace('0.9', '=1+1')}",
            "Line 2, column 'creatinine_first_mg_dl': the cell holds",
        ),
        ("PK\x03\x04", "Excel workbook"),
        ("", "empty"),
    ],
)
def test_a_file_that_cannot_be_read_is_a_sentence(page: AppTest, text: str, says: str) -> None:
    upload(page, text)
    assert not page.exception
    (said,) = sentences(page.error)
    assert says in said
    assert risk(page) is None
    upload(page, template_csv())
    assert is_fault_free(page)


def test_a_series_is_scored_like_the_example_it_comes_from(page: AppTest) -> None:
    example = examples()[0]
    upload(page, example.series.to_csv(index=False))
    assert is_fault_free(page)
    uploaded = risk(page)
    page.segmented_control(key="aki_way").set_value("Example patient").run()
    page.selectbox(key="aki_example").set_value(example.key).run()
    assert risk(page) == uploaded


def test_no_patient_of_a_file_reaches_the_trail(page: AppTest) -> None:
    from sqlalchemy import text as sql

    from qcore.records import database

    upload(page, template_csv().replace("synthetic-2", "secret-patient"))
    assert scored(page) == 2
    with database.session(write=False) as session:
        rows = session.execute(sql("SELECT * FROM audit_event")).all()
    assert rows
    assert "secret-patient" not in str(rows)
    assert "ward.csv" not in str(rows)
