"""An uploaded table: all its patients are scored once, a row can be looked at, faults have a line and a column."""

from typing import Any

import pandas as pd
import pytest
from dashboard_reading import SI, UPLOADED, everything, is_fault_free, risk, rows_in_trail, sentences
from streamlit.testing.v1 import AppTest

from dashboard.aki import scored as aki_scored
from qcore.tasks.aki.examples import examples
from qcore.tasks.aki.model import AkiModel
from qcore.tasks.aki.reading.table import read_patients, template_csv

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


def risks(page: AppTest) -> pd.DataFrame:
    """The table of risks as it is shown."""
    return next(table.value for table in page.dataframe if str(table.key).startswith("aki_risks"))


def scored(page: AppTest) -> int:
    return len(risks(page))


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
    assert "synthetic-1" in everything(page), "the lower risk comes second"


def test_the_highest_risk_comes_first_and_alerts_are_counted(page: AppTest) -> None:
    upload(page, many(40))
    table = risks(page)
    assert table["risk_percent"].is_monotonic_decreasing
    assert f"Below: patient {table['patient_id'][0]}." in everything(page)
    alerts = int((table["alert"] == "yes").sum())
    assert f"**{alerts} alerts among 40 patients**" in everything(page)


def counted(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """How many patients were read, and scored by the circuit and by the classical models, from now on."""
    calls = {"read": 0, "predict": 0, "control_risks": 0}

    def read(*arguments: Any) -> Any:
        found = read_patients(*arguments)
        calls["read"] += found.n_patients
        return found

    def watched(name: str) -> None:
        original = getattr(AkiModel, name)

        def call(self: AkiModel, inputs: Any, *others: Any) -> Any:
            # Neither one patient nor the examples, whose flips are told and kept for all sessions.
            calls[name] += len(inputs) if len(inputs) > len(examples()) else 0
            return original(self, inputs, *others)

        monkeypatch.setattr(AkiModel, name, call)

    monkeypatch.setattr(aki_scored, "read_patients", read)
    watched("predict")
    watched("control_risks")
    return calls


def test_what_did_not_change_is_neither_read_nor_scored_again(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = counted(monkeypatch)
    upload(page, many(40))
    assert calls == {"read": 40, "predict": 40, "control_risks": 40}
    page.segmented_control(key="units_system").set_value(SI).run()
    upload(page, many(40), "again.csv")
    assert calls == {"read": 40, "predict": 40, "control_risks": 40}
    page.selectbox(key="backend_kind").set_value("noisy").run()
    assert is_fault_free(page)
    assert calls == {"read": 40, "predict": 80, "control_risks": 40}
    assert "from the noiseless one, of 40 patients." in everything(page)
    page.slider(key="backend_scale").set_value(2.0).run()
    assert calls == {"read": 40, "predict": 120, "control_risks": 40}
    page.slider(key="backend_scale").set_value(1.0).run()
    page.selectbox(key="backend_kind").set_value("ideal").run()
    assert calls == {"read": 40, "predict": 120, "control_risks": 40}


def test_a_broken_file_is_read_once(page: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    reads = []

    def read(name: str, *others: Any) -> object:
        reads.append(name)
        return read_patients(name, *others)

    monkeypatch.setattr(aki_scored, "read_patients", read)
    upload(page, "")
    page.segmented_control(key="units_system").set_value(SI).run()
    assert ["empty" in said for said in sentences(page.error)] == [True]
    assert len(reads) == 1


def test_hours_of_urine_that_a_file_lacks_are_asked_for_and_the_file_is_answered(page: AppTest) -> None:
    header, first, _ = template_csv().splitlines()
    cells = first.split(",")
    cells[4:6] = ["2150", "90"]
    header = header.replace("urine_24h_ml_kg_h,urine_6h_ml_kg_h", "urine_total_ml,urine_last_ml")
    upload(page, f"{header}\n{','.join(cells)}\n")
    assert "90 mL in how many hours" in " ".join(sentences(page.error))
    page.number_input(key="aki_urine_hours").set_value(6.0).run()
    assert is_fault_free(page)
    assert risk(page) is not None
    assert "are taken as those of 24 hours" in everything(page)


def test_scores_of_few_backends_are_kept(page: AppTest) -> None:
    upload(page, template_csv())
    page.selectbox(key="backend_kind").set_value("noisy").run()
    for scale in (0.25, 0.5, 0.75, 1.25, 1.5):
        page.slider(key="backend_scale").set_value(scale).run()
    assert len(page.session_state["aki_scored"]) == aki_scored.KEPT
    upload(page, many(3))
    assert len(page.session_state["aki_scored"]) == 2, "of one file alone: with noise and without"


@pytest.mark.parametrize("away", ["page", "way"])
def test_a_file_is_kept_while_something_else_is_looked_at(
    page: AppTest, monkeypatch: pytest.MonkeyPatch, away: str
) -> None:
    calls = counted(monkeypatch)
    upload(page, many(40))
    select(page, 3)
    before, table = risk(page), risks(page)
    if away == "page":
        page.switch_page("home.py").run()
        page.switch_page("aki/page.py").run()
    else:
        page.segmented_control(key="aki_way").set_value("Example patient").run()
        page.segmented_control(key="aki_way").set_value(UPLOADED).run()
    assert is_fault_free(page)
    assert "In use: ward.csv" in everything(page)
    assert risks(page).equals(table)
    assert risk(page) == before
    assert f"Below: patient {table['patient_id'][3]}." in everything(page)
    assert calls["read"] == 40
    assert calls["control_risks"] == 40
    page.button(key="aki_file_remove").click().run()
    assert risk(page) is None
    assert "In use" not in everything(page)


def test_a_removed_file_is_gone_for_good(page: AppTest) -> None:
    upload(page, template_csv())
    page.file_uploader(key="aki_file").set_value(None).run()
    assert risk(page) is None
    page.switch_page("home.py").run()
    page.switch_page("aki/page.py").run()
    assert risk(page) is None


def test_the_same_patient_stays_on_the_page_while_the_noise_moves_the_order(page: AppTest) -> None:
    upload(page, many(40))
    select(page, 30)
    patient = risks(page)["patient_id"][30]
    page.selectbox(key="backend_kind").set_value("noisy").run()
    page.slider(key="backend_scale").set_value(5.0).run()
    assert is_fault_free(page)
    assert risks(page)["risk_percent"].is_monotonic_decreasing
    assert f"Below: patient {patient}." in everything(page)


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
    assert "Line 3, patient synthetic-2, creatinine_last_mg_dl: Creatinine, last: 1900 mg/dL is not accepted" in said
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
