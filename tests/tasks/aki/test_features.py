"""From a series to the twelve inputs: the window, the order, the artefacts, and the public layout."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcore.errors import UnreadableInput
from qcore.tasks.aki.features import (
    SERIES_COLUMNS,
    SERIES_PARAMETERS,
    TAKEN,
    first_day_inputs,
    is_accepted,
)
from qcore.tasks.aki.inputs import INPUT_NAMES
from qcore.tasks.aki.reading.physionet_layout import PHYSIONET_PARAMETERS, clock_hours, from_physionet
from qcore.tasks.aki.urine import DAY, LAST

Row = tuple[str, float, str, float]


def series(*rows: Row) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(SERIES_COLUMNS)).astype({"time_h": float, "value": float})


def taken(*rows: Row) -> pd.Series:
    return first_day_inputs(series(*rows)).iloc[0]


def test_the_twelve_inputs_of_one_stay() -> None:
    inputs = taken(
        ("a", 9, "creatinine_mg_dl", 1.4),
        ("a", 1, "creatinine_mg_dl", 0.9),
        ("a", 20, "creatinine_mg_dl", 1.2),
        ("a", 3, "bun_mg_dl", 30),
        ("a", 4, "bun_mg_dl", 22),
        ("a", 22, "urine_ml", 16),
        ("a", 14, "urine_ml", 160),
        ("a", 0, "urine_ml", 900),
        ("a", 0, "age_years", 61),
        ("a", 0, "weight_kg", 80),
        ("a", 12, "weight_kg", 85),
        ("a", 5, "map_mmhg", 58),
        ("a", 6, "map_mmhg", 72),
        ("a", 2, "bicarbonate_mmol_l", 18),
        ("a", 8, "bicarbonate_mmol_l", 21),
        ("a", 2, "gcs", 9),
        ("a", 8, "gcs", 14),
        ("a", 2, "temperature_c", 35.1),
        ("a", 8, "temperature_c", 37.0),
        ("a", 0, "icu_type", 2),
        ("a", 1, "haematocrit_percent", 30),
    )
    assert tuple(inputs.index) == INPUT_NAMES
    assert inputs.tolist() == pytest.approx([0.9, 1.2, 30, 176 / 22 / 80, 2 / 80, 61, 80, 58, 21, 14, 35.1, 2])


def test_only_the_first_24_hours_count() -> None:
    inputs = taken(
        ("a", -0.1, "creatinine_mg_dl", 0.5),
        ("a", 0, "creatinine_mg_dl", 0.9),
        ("a", 24, "creatinine_mg_dl", 1.1),
        ("a", 24.01, "creatinine_mg_dl", 3.0),
    )
    assert (inputs["creatinine_first_mg_dl"], inputs["creatinine_last_mg_dl"]) == (0.9, 1.1)


@pytest.mark.parametrize(
    ("parameter", "artefact", "name", "value"),
    [
        ("map_mmhg", 0, "map_min_mmhg", 60),
        ("temperature_c", 3.6, "temperature_min_c", 36),
        ("bun_mg_dl", 900, "bun_max_mg_dl", 40),
        ("gcs", 99, "gcs_max", 12),
        ("weight_kg", 0, "weight_kg", 80),
        ("icu_type", 1.5, "icu_type", 3),
    ],
)
def test_artefacts_are_dropped(parameter: str, artefact: float, name: str, value: float) -> None:
    assert taken(("a", 1, parameter, artefact), ("a", 2, parameter, value))[name] == value


def test_a_high_first_creatinine_is_no_artefact() -> None:
    inputs = taken(("a", 1, "creatinine_mg_dl", 6.0), ("a", 9, "creatinine_mg_dl", 2.0))
    assert inputs["creatinine_first_mg_dl"] == 6.0


def test_what_was_never_measured_is_nan_and_the_patient_stays() -> None:
    inputs = first_day_inputs(series(("b", 30, "urine_ml", 50), ("a", 1, "gcs", 15), ("c", 2, "unknown", 1)))
    assert list(inputs.index) == ["b", "a", "c"]
    assert inputs.index.name == "patient_id"
    assert inputs.loc["a", "gcs_max"] == 15
    assert inputs.loc["b"].isna().all()
    assert inputs.loc["c"].isna().all()


def test_values_of_the_same_time_keep_their_order() -> None:
    inputs = taken(("a", 5, "creatinine_mg_dl", 1.0), ("a", 5, "creatinine_mg_dl", 2.0))
    assert (inputs["creatinine_first_mg_dl"], inputs["creatinine_last_mg_dl"]) == (1.0, 2.0)


def test_an_empty_series_has_no_patients() -> None:
    assert first_day_inputs(series()).shape == (0, 12)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(UnreadableInput, match="no column time_h"):
        first_day_inputs(series().drop(columns="time_h"))


rows = st.tuples(
    st.sampled_from(["a", "b", "c"]),
    st.floats(-2, 50),
    st.sampled_from(list(SERIES_PARAMETERS)),
    st.floats(-10, 4000),
)


@given(st.lists(rows, max_size=60))
def test_agrees_with_taking_one_patient_after_another(charted: list[Row]) -> None:
    together = first_day_inputs(series(*charted))
    for patient_id in together.index:
        own = [row for row in charted if row[0] == patient_id and 0 <= row[1] <= 24]
        own = sorted((row for row in own if is_accepted(series(row)).all()), key=lambda row: row[1])
        for name, (parameter, how) in TAKEN.items():
            values = [row[3] for row in own if row[2] == parameter]
            choose = {"first": lambda v: v[0], "last": lambda v: v[-1], "sum": sum}
            expected = choose.get(how, max if how == "max" else min)(values) if values else np.nan
            assert together.loc[patient_id, name] == pytest.approx(expected, nan_ok=True)
        alone = first_day_inputs(series(*own)) if own else pd.DataFrame(np.nan, [patient_id], list(INPUT_NAMES))
        assert together.loc[patient_id, [DAY, LAST]].tolist() == pytest.approx(
            alone.loc[patient_id, [DAY, LAST]].tolist(), nan_ok=True
        )


def test_thousands_of_stays_are_taken_together() -> None:
    count = 360_000
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "patient_id": np.repeat(np.arange(3600), 100),
            "time_h": rng.uniform(0, 48, count),
            "parameter": rng.choice(list(SERIES_PARAMETERS), count),
            "value": rng.uniform(0, 100, count),
        }
    )
    assert len(first_day_inputs(frame)) == 3600


def test_physionet_rows_become_a_series() -> None:
    frame = pd.DataFrame(
        [
            (7, "00:00", "RecordID", 7.0),
            (7, "00:00", "Weight", -1.0),
            (7, "00:07", "NIMAP", 61.0),
            (7, "01:30", "MAP", 66.0),
            (7, "30:00", "HCT", 28.0),
            (7, "02:00", "HR", 99.0),
            (7, "02:00", "Temp", np.nan),
        ],
        columns=["RecordID", "Time", "Parameter", "Value"],
    )
    read = from_physionet(frame)
    assert list(read.columns) == list(SERIES_COLUMNS)
    assert read["parameter"].tolist() == ["map_mmhg", "map_mmhg", "haematocrit_percent"]
    assert read["time_h"].tolist() == pytest.approx([7 / 60, 1.5, 30])
    assert first_day_inputs(read).loc[7, "map_min_mmhg"] == 61


def test_every_physionet_parameter_has_a_place() -> None:
    assert set(PHYSIONET_PARAMETERS.values()) <= set(SERIES_PARAMETERS)


def test_physionet_without_a_column_or_with_a_bad_time_is_refused() -> None:
    frame = pd.DataFrame({"RecordID": [1], "Time": ["noon"], "Parameter": ["BUN"], "Value": [20.0]})
    with pytest.raises(UnreadableInput, match="'noon' cannot be read: write hh:mm"):
        from_physionet(frame)
    with pytest.raises(UnreadableInput, match="no column Time"):
        from_physionet(frame.drop(columns="Time"))


def test_clock_times_and_hours() -> None:
    texts = pd.Series(["00:00", "47:59", "01:00:36", "12.5", "-1", "7", "1:60", "x", "", "1e3"])
    expected = [0, 47 + 59 / 60, 1.01, 12.5, -1, 7, np.nan, np.nan, np.nan, np.nan]
    assert clock_hours(texts).tolist() == pytest.approx(expected, nan_ok=True)
