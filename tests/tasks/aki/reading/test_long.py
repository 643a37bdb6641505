"""Files with one row a measurement: units, times, artefacts, missing inputs and the public layout."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcore.errors import UnreadableInput
from qcore.tasks.aki.examples import examples
from qcore.tasks.aki.features import first_day_inputs
from qcore.tasks.aki.reading.table import PatientTable, read_patients

SERIES = pd.concat([example.series for example in examples()])
ONE = examples()[0].series


def read(text: str) -> PatientTable:
    return read_patients("series.csv", text.encode())


def one_with(*rows: str, header: str = "patient_id,time_h,parameter,value,unit") -> PatientTable:
    """The first example with further rows below."""
    lines = [f"a,{row.time_h},{row.parameter},{row.value}," for row in ONE.itertuples()]
    return read("\n".join([header, *lines, *rows]))


LAST_LINE = len(ONE) + 2


def test_a_series_gives_the_same_inputs_as_in_training() -> None:
    table = read(SERIES.to_csv(index=False))
    pd.testing.assert_frame_equal(table.inputs, first_day_inputs(SERIES))
    assert table.series is not None
    assert len(table.series) == len(SERIES)
    assert (table.refused, table.left_out, table.ignored) == ((), (), ())


def test_units_of_rows_are_converted() -> None:
    table = one_with("a,23.9,Creatinine,168,umol/l", "a,0.1,urea,200,mg/dL", "a,3,Temp,93.2,°F")
    assert table.inputs.loc["a", "creatinine_last_mg_dl"] == pytest.approx(1.90, abs=0.01)
    assert table.inputs.loc["a", "bun_max_mg_dl"] == pytest.approx(93.3, abs=0.1)
    assert table.inputs.loc["a", "temperature_min_c"] == pytest.approx(34.0)


@pytest.mark.parametrize(
    ("row", "column", "says"),
    [
        ("a,5,gcs,alert,", "value", "'alert' is not a number"),
        ("a,noon,gcs,15,", "time_h", "'noon' cannot be read"),
        ("a,5,creatinine,1.0,mmol/L", "unit", "'mmol/L' is not known"),
        ("a,5,urea,50,", "unit", "needs its unit"),
        ("a,5,creatinine_mg_dl,100,umol/L", "unit", "correct one of them"),
    ],
)
def test_an_unreadable_cell_refuses_its_patient(row: str, column: str, says: str) -> None:
    table = one_with(row)
    (refusal,) = table.refused
    assert (refusal.line, refusal.patient_id, refusal.column) == (LAST_LINE, "a", column)
    assert says in refusal.message
    assert table.inputs.empty
    assert table.n_patients == 1


def test_artefacts_are_left_out_and_listed() -> None:
    table = one_with("a,5,map_mmhg,0,", "a,6,gcs,,", "a,7,heart rate,88,", "a,7,creatinine max,9,")
    pd.testing.assert_frame_equal(table.inputs, one_with().inputs)
    (left_out,) = table.left_out
    assert (left_out.line, left_out.column) == (LAST_LINE, "value")
    assert "0 mmHg is not accepted" in left_out.message
    assert table.ignored == ("heart rate", "creatinine max")


def test_a_missing_input_says_which_value_was_left_out() -> None:
    rows = [f"a,{row.time_h},{row.parameter},{row.value}" for row in ONE.itertuples() if row.parameter != "map_mmhg"]
    first = read("\n".join(["patient_id,time_h,parameter,value", "a,5,map_mmhg,0", *rows])).refused[0]
    assert (first.line, first.column) == (2, "map_min_mmhg")
    assert first.message.startswith("Mean arterial pressure, lowest is missing")
    assert "Left out on line 2" in first.message


def test_a_high_first_creatinine_is_refused_not_skipped() -> None:
    table = one_with("a,0,creatinine_mg_dl,4.1,")
    (refusal,) = table.refused
    assert "not trained on patients who arrive" in refusal.message


def test_the_physionet_layout() -> None:
    names = {"creatinine_mg_dl": "Creatinine", "map_mmhg": "NIMAP", "icu_type": "ICUType", "gcs": "GCS"}
    lines = [
        f"{int(row.time_h):02}:{round(row.time_h % 1 * 60):02},{names.get(row.parameter, row.parameter)},{row.value}"
        for row in ONE.itertuples()
    ]
    rows = ["00:00,RecordID,132539", "00:00,Weight,-1", *lines, "47:10,Creatinine,2.2", "00:30,HR,-1"]
    single = read("\n".join(["Time,Parameter,Value", *rows]))
    assert list(single.inputs.index) == ["1"]
    many = read("\n".join(["RecordID,Time,Parameter,Value", *(f"132539,{row}" for row in rows)]))
    assert list(many.inputs.index) == ["132539"]
    assert many.inputs.to_numpy().tolist() == first_day_inputs(ONE).to_numpy().tolist()
    assert (many.refused, many.left_out) == ((), ())


def test_minus_one_is_missing_only_in_the_physionet_layout() -> None:
    assert len(one_with("a,5,bun,-1,").left_out) == 1


def test_a_file_without_any_known_parameter_lists_every_input() -> None:
    table = read("patient_id,time_h,parameter,value\na,1,pulse,80")
    assert len(table.refused) == 12
    assert table.inputs.empty


def test_shifted_columns_are_refused() -> None:
    rows = [f"a,1,{number},gcs" for number in range(1001)]
    with pytest.raises(UnreadableInput, match="are the columns in the right order"):
        read("\n".join(["patient_id,time_h,parameter,value", *rows]))


NAMES = ["Creatinine", "BUN", "urea", "Urine", "Age", "Weight", "MAP", "ward", "ICUType", "Sex", "CRRT", "2160-0", "x"]
TIMES = ["2", "2,5", "-3", "24", "30", "05:00", "", "noon", "2024-03-04 10:00", "3/4/24 10:00 PM", "4.3.2024 10:00"]
VALUES = ["1.3", "168", "0", "-1", "84", "71", "pending", "", "MICU", "MICU/SICU", "M", "yes", "1,3", "1e9", "inf"]
ROW = st.tuples(*map(st.sampled_from, (["a", "b"], TIMES, NAMES, VALUES, ["", "mg/dL", "kg", "None", "?"])))


@given(st.lists(ROW, min_size=1, max_size=25), st.sampled_from(["unit", "intime", "ward", "age", "loinc"]))
def test_any_rows_are_read_or_refused_and_nobody_is_lost(rows: list[tuple[str, ...]], last: str) -> None:
    lines = ["\t".join(["id", "time", "parameter", "value", last]), *map("\t".join, rows)]
    try:
        table = read("\n".join(lines))
    except UnreadableInput:
        return
    ids = {row[0] for row in rows}
    assert set(table.inputs.index) | set(table.not_scored) == ids
    assert len(table.inputs) + len(table.not_scored) == table.n_patients == len(ids)
    assert {refusal.patient_id for refusal in table.refused} >= set(table.not_scored)
    assert all(refusal.message.endswith((".", "?")) for refusal in (*table.refused, *table.left_out))
