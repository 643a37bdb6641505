"""Hours, minutes and time stamps of long files, and the start of a stay."""

from datetime import datetime

import pandas as pd
import pytest
from long_files import HEADER, PATIENT, read, rows, stamped, with_rows

from qcore.errors import UnreadableInput

PLAIN = with_rows().inputs
CLEAR = datetime(2024, 3, 14, 8)
BOTH_WAYS = datetime(2024, 3, 4, 8)


@pytest.mark.parametrize(
    ("layout", "start"),
    [
        ("%Y-%m-%d %H:%M:%S", BOTH_WAYS),
        ("%Y-%m-%d %H:%M", BOTH_WAYS),
        ("%Y-%m-%dT%H:%M:%S.000Z", BOTH_WAYS),
        ("%Y-%m-%dT%H:%M:%S+01:00", BOTH_WAYS),
        ("%Y/%m/%d %H:%M", BOTH_WAYS),
        ("%Y%m%d%H%M%S", BOTH_WAYS),
        ("%d.%m.%Y %H:%M", BOTH_WAYS),
        ("%d.%m.%y %H:%M", BOTH_WAYS),
        ("%d-%b-%Y %H:%M", BOTH_WAYS),
        ("%d/%m/%Y %H:%M", CLEAR),
        ("%m/%d/%Y %H:%M", CLEAR),
        ("%m/%d/%Y %I:%M %p", CLEAR),
        # Within one day it does not matter which number is the month.
        ("%m/%d/%Y %I:%M %p", datetime(2024, 3, 4, 0)),
        ("%Y-%m-%d %H:%M:%S", datetime(2180, 12, 31, 8)),
    ],
)
def test_time_stamps_become_hours(layout: str, start: datetime) -> None:
    table = read("\n".join(stamped(layout, start)))
    pd.testing.assert_frame_equal(table.inputs, PLAIN)
    assert any("first time stamp of each patient" in note for note in table.notes)


def test_a_value_at_exactly_24_hours_is_used() -> None:
    lines = stamped("%Y-%m-%d %H:%M:%S", BOTH_WAYS)
    table = read(
        "\n".join([*lines, "p1,2024-03-05 08:00:00,Creatinine,2.2,mg/dL", "p1,2024-03-05 08:00:01,BUN,99,mg/dL"])
    )
    assert table.inputs.loc["p1", "creatinine_last_mg_dl"] == 2.2
    assert table.inputs.loc["p1", "bun_max_mg_dl"] == 41


@pytest.mark.parametrize("layout", ["%m/%d/%Y %H:%M", "%d-%m-%Y %H:%M", "%m/%d/%Y %I:%M %p"])
def test_day_and_month_that_cannot_be_told_apart_are_refused(layout: str) -> None:
    with pytest.raises(UnreadableInput, match="day or the month first"):
        read("\n".join(stamped(layout, BOTH_WAYS)))


def test_some_zones_and_some_none_are_refused() -> None:
    lines = stamped("%Y-%m-%d %H:%M:%S", BOTH_WAYS)
    with pytest.raises(UnreadableInput, match="time zone"):
        read("\n".join([*lines, "p1,2024-03-04T09:00:00Z,MAP,60,mmHg"]))


def test_days_of_a_spreadsheet_are_no_hours() -> None:
    lines = [f"p1,{45355 + float(time_h) / 24},{name},{value},{unit}" for time_h, name, value, unit in PATIENT]
    with pytest.raises(UnreadableInput, match="are no hours"):
        read("\n".join([HEADER, *lines]))


@pytest.mark.parametrize("column", ["intime", "ICU intime", "icu_admission", "admittime", "Admission"])
def test_hours_count_from_the_admission_of_a_column(column: str) -> None:
    header, *lines = stamped("%Y-%m-%d %H:%M", BOTH_WAYS)
    table = read("\n".join([f"{header},{column}", *(f"{line},2024-03-04 08:00:00" for line in lines)]))
    pd.testing.assert_frame_equal(table.inputs, PLAIN)
    assert f"Times are hours since {column}." in table.notes


def test_hours_count_from_the_admission_of_a_row() -> None:
    lines = stamped("%Y-%m-%d %H:%M", BOTH_WAYS)
    early = "p1,2024-03-04 05:00,Creatinine,3.0,mg/dL"
    table = read("\n".join([*lines, early, "p1,,intime,2024-03-04 08:00,"]))
    pd.testing.assert_frame_equal(table.inputs, PLAIN)
    (remark,) = table.remarks["p1"]
    assert "Creatinine 3.00 mg/dL at -3 h was before the stay" in remark


def test_two_admissions_or_none_refuse_the_patient() -> None:
    header, *lines = stamped("%Y-%m-%d %H:%M", BOTH_WAYS)
    lines = [f"{line},2024-03-04 08:00" for line in lines]
    others = [line.replace("p1,", f"{other},", 1) for other in ("two", "none") for line in lines]
    others = [line.rsplit(",", 1)[0] + "," if line.startswith("none") else line for line in others]
    table = read("\n".join([f"{header},intime", *lines, *others, "two,2024-03-04 09:00,MAP,60,mmHg,2024-04-01 08:00"]))
    assert list(table.inputs.index) == ["p1"]
    said = {refusal.patient_id: refusal.message for refusal in table.refused}
    assert "Two times of admission under one id" in said["two"]
    assert "time of admission is missing" in said["none"]


@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_hours_with_a_comma(sign: str) -> None:
    quote = '"' if sign == "," else ""
    cells = [["p1", f"{quote}{time_h},5{quote}", name, value, unit] for time_h, name, value, unit in PATIENT]
    shifted = [["p1", f"{time_h}.5", name, value, unit] for time_h, name, value, unit in PATIENT]
    table = read("\n".join(map(sign.join, [HEADER.split(","), *cells])))
    pd.testing.assert_frame_equal(table.inputs, read("\n".join(map(",".join, [HEADER.split(","), *shifted]))).inputs)


def test_a_time_that_can_be_read_two_ways_refuses_its_patient() -> None:
    assert "The time '1,500' cannot be read" in with_rows('p1,"1,500",GCS,14,').refused[0].message


def test_date_and_time_of_day_in_two_columns_and_german() -> None:
    lines = []
    for time_h, name, value, unit in PATIENT:
        at = datetime(2024, 3, 4, 8).timestamp() + float(time_h) * 3600
        stamp = datetime.fromtimestamp(at)
        lines.append(f"p1;{stamp:%d.%m.%Y};{stamp:%H:%M};{name};{value.replace('.', ',')};{unit}")
    table = read("\n".join(["Fallnummer;Datum;Uhrzeit;Parameter;Wert;Einheit", *lines]))
    pd.testing.assert_frame_equal(table.inputs, PLAIN)


def test_minutes_since_admission() -> None:
    lines = [f"p1,{int(time_h) * 60},{name},{value},{unit}" for time_h, name, value, unit in PATIENT]
    header = "patientunitstayid,labresultoffset,labname,labresult,labmeasurenamesystem"
    pd.testing.assert_frame_equal(read("\n".join([header, *lines])).inputs, PLAIN)


def test_what_holds_from_the_start_needs_no_time() -> None:
    more = ["p1,,Age,71,years", "p1,,Weight,84,kg", "p1,,ICUType,4,"]
    pd.testing.assert_frame_equal(with_rows(*more, without=["Age", "Weight", "ICUType"]).inputs, PLAIN)
    assert "The time '' cannot be read" in with_rows("p1,,MAP,60,mmHg").refused[0].message


def test_hours_with_their_unit_and_units_of_ucum() -> None:
    lines = [f"p1,{time_h} h,{name},{value},{_UCUM.get(unit, unit)}" for time_h, name, value, unit in PATIENT]
    pd.testing.assert_frame_equal(read("\n".join([HEADER, *lines])).inputs, PLAIN)


_UCUM = {"C": "Cel", "mmHg": "mm[Hg]", "years": "a", "": "{score}"}


def test_clock_times_are_told_to_be_since_the_start() -> None:
    lines = [f"p1,{int(time_h):02}:00,{name},{value},{unit}" for time_h, name, value, unit in PATIENT]
    table = read("\n".join([HEADER, *lines]))
    pd.testing.assert_frame_equal(table.inputs, PLAIN)
    assert "since the start of the stay" in table.notes[0]


def test_the_columns_of_a_hospital_export() -> None:
    stay = "7,8,9,50912,2150-03-01"
    lines = [
        f"{stay} {int(time_h):02}:00:00,2150-03-09 00:00:00,{value},{value},{unit},{name}"
        for time_h, name, value, unit in PATIENT
    ]
    header = "subject_id,hadm_id,stay_id,itemid,charttime,storetime,value,valuenum,valueuom,label"
    table = read("\n".join([header, *lines]))
    pd.testing.assert_frame_equal(table.inputs.set_axis(["p1"]), PLAIN, check_names=False)
    assert list(table.inputs.index) == ["9"]


def test_values_before_and_after_the_first_day_are_counted_and_told_where_they_would_have_counted() -> None:
    lines = [*rows("a", without=["Age"]), *rows("b")]
    more = ["a,-1,Age,71,years", "a,-3,MAP,40,mmHg", "b,-3,MAP,90,mmHg", "b,30,GCS,15,"]
    table = read("\n".join([HEADER, *lines, *more]))
    assert list(table.inputs.index) == ["a", "b"]
    assert "Only the first 24 hours of the stay count. Values not used: 2 before 0 h and 1 after 24 h." in table.notes
    assert set(table.remarks) == {"a"}
    assert "Mean arterial pressure 40 mmHg at -3 h was before the stay" in table.remarks["a"][0]
    assert "the lowest value used is 51 mmHg" in table.remarks["a"][0]


def test_a_missing_input_says_that_its_value_is_not_of_the_first_day() -> None:
    table = with_rows("p1,-2,HCO3,17,mmol/L", "p1,30,GCS,15,", without=["HCO3", "GCS"])
    said = {refusal.column: refusal.message for refusal in table.refused}
    assert "is before the start of the stay, at -2 h" in said["bicarbonate_last_mmol_l"]
    assert "is after its first 24 hours, at 30 h" in said["gcs_max"]
