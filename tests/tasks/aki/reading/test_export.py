"""A table of risks in which no patient of the file is missing."""

import pandas as pd
from long_files import HEADER, read, rows

from qcore.tasks.aki.reading.export import REMARKS, with_every_patient


def test_who_is_not_scored_stands_below_with_the_reason() -> None:
    patients = read("\n".join([HEADER, *rows("bad"), "bad,21,Creatinine,168,", *rows("good"), "good,5,CRRT,1,"]))
    risks = pd.DataFrame({"risk_percent": [12.5], "alert": ["no"], "note": ["fine"]}, index=patients.inputs.index)
    table = with_every_patient(risks, patients)
    assert list(table.index) == ["good", "bad"]
    assert table.index.name == "patient_id"
    assert table.loc["good"].tolist() == [12.5, "no", "fine", " ".join(patients.remarks["good"])]
    assert "Dialysis is recorded at 5 h" in table.loc["good", REMARKS]
    assert table.loc["bad", ["risk_percent", "alert"]].isna().all()
    assert table.loc["bad", "note"].startswith("not scored: line 16, value: Creatinine: 168 mg/dL is not accepted")


def test_a_file_without_any_answer_keeps_its_columns() -> None:
    patients = read("\n".join([HEADER, *rows("bad", without=["Age"])]))
    risks = pd.DataFrame({"risk_percent": [], "note": []}, index=patients.inputs.index)
    table = with_every_patient(risks, patients)
    assert table.to_csv().splitlines()[0] == "patient_id,risk_percent,note,remarks"
    assert "Age is missing" in table.loc["bad", "note"]
