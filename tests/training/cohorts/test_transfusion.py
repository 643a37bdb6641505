"""Episodes and labels on hand-made products and samples whose truth is written beside them."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcore.tasks.aki.features import first_day_inputs
from qcore.training.cohorts.transfusion import (
    TransfusionCohort,
    attrition,
    build_cohort,
    first_episodes,
    with_course,
)

START = pd.Timestamp("2150-03-01 12:00")


def product(
    start_h: float, kind: str = "red_cells", units: float = 1.0, *, last_h: float = 0.0, admission: int = 20
) -> dict[str, object]:
    start = START + pd.Timedelta(hours=start_h)
    return {
        "subject_id": 10,
        "hadm_id": admission,
        "stay_id": 30,
        "start_time": start,
        "end_time": start + pd.Timedelta(hours=last_h),
        "product": kind,
        "units": units,
        "weight_kg": 80.0,
        "charted_on_arrival": False,
    }


def episodes_of(*products: dict[str, object]) -> pd.DataFrame:
    return first_episodes(pd.DataFrame(products))


def samples(*rows: tuple[float, float], parameter: str = "creatinine_mg_dl") -> pd.DataFrame:
    return pd.DataFrame(
        [("10-20", hour, parameter, value) for hour, value in rows],
        columns=["patient_id", "hours_from_start", "parameter", "value"],
    )


def course(*rows: tuple[float, float], parameter: str = "creatinine_mg_dl") -> pd.Series:
    table = with_course(episodes_of(product(0.0)), samples(*rows, parameter=parameter))
    return table.iloc[0]


def cohort(measurements: pd.DataFrame, **changes: float) -> TransfusionCohort:
    known: dict[str, float] = {"age_years": 60.0, "icu_type": 3.0, "icu_hours_before": 5.0}
    episodes = episodes_of(product(0.0)).assign(**{"dialysis_before": False, **known, **changes})
    admissions = pd.DataFrame({"subject_id": [10, 10, 11], "hadm_id": [20, 21, 22]})
    return build_cohort("test", admissions, episodes, measurements)


def test_products_of_one_day_are_one_episode() -> None:
    (row,) = episodes_of(
        product(0.0, units=2.0, last_h=3.0),
        product(5.0, "plasma"),
        product(20.0, "platelets", 0.5),
    ).to_dict("records")
    assert row["start_time"] == START
    assert row["end_time"] == START + pd.Timedelta(hours=20)
    assert (row["units_red_cells"], row["units_plasma"], row["units_platelets"]) == (2.0, 1.0, 0.5)
    assert row["patient_id"] == "10-20"


@pytest.mark.parametrize(("gap_h", "units"), [(23.9, 2.0), (24.0, 2.0), (24.1, 1.0)])
def test_a_second_episode_begins_after_24_hours_without_product(gap_h: float, units: float) -> None:
    table = episodes_of(product(0.0, last_h=3.0), product(3.0 + gap_h))
    assert table["units_red_cells"].tolist() == [units]


def test_a_long_infusion_holds_the_episode_open_behind_a_short_one() -> None:
    table = episodes_of(product(0.0, "plasma", last_h=30.0), product(1.0), product(50.0))
    assert table["units_red_cells"].tolist() == [2.0]


def test_admissions_are_kept_apart_and_sorted_rows_are_not_needed() -> None:
    table = episodes_of(product(60.0), product(1.0, admission=21), product(0.0), product(2.0))
    assert table["hadm_id"].tolist() == [20, 21]
    assert table["units_red_cells"].tolist() == [2.0, 1.0]


def test_an_end_before_the_start_counts_as_the_start() -> None:
    assert episodes_of(product(0.0, last_h=-5.0))["end_time"].tolist() == [START]


def test_an_amount_in_an_unknown_unit_makes_the_sum_unknown() -> None:
    row = episodes_of(product(0.0), product(1.0, units=np.nan), product(2.0, "plasma")).iloc[0]
    assert np.isnan(row["units_red_cells"])
    assert row["units_plasma"] == 1.0


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [(0.9, 1.2, True), (1.0, 1.3, True), (1.1, 1.4, True), (1.0, 1.29, False), (2.0, 2.3, True)],
)
def test_a_rise_of_exactly_0_3_is_aki(before: float, after: float, expected: bool) -> None:
    row = course((-1.0, before), (10.0, after))
    assert bool(row["aki_48h"]) is expected
    assert bool(row["aki"]) is expected


@pytest.mark.parametrize(("hour", "expected"), [(47.0, True), (48.0, True), (48.1, False), (49.0, False)])
def test_the_rise_must_come_within_48_hours(hour: float, expected: bool) -> None:
    row = course((-1.0, 2.0), (10.0, 2.0), (hour, 2.4))
    assert bool(row["aki_48h"]) is expected
    assert bool(row["aki_7d"]) is False


@pytest.mark.parametrize(
    ("hour", "value", "expected"),
    [(168.0, 1.5, True), (168.0, 1.49, False), (168.1, 3.0, False), (60.0, 1.5, True)],
)
def test_the_ratio_must_come_within_7_days(hour: float, value: float, expected: bool) -> None:
    row = course((-1.0, 1.0), (10.0, 1.0), (hour, value))
    assert bool(row["aki_7d"]) is expected
    assert bool(row["aki"]) is expected
    assert bool(row["aki_48h"]) is False


def test_half_as_much_again_of_a_low_creatinine_is_aki_without_a_rise_of_0_3() -> None:
    row = course((-1.0, 0.4), (30.0, 0.6))
    assert (bool(row["aki_48h"]), bool(row["aki_7d"]), bool(row["aki"])) == (False, True, True)


def test_the_baseline_is_the_last_value_up_to_the_start() -> None:
    row = course((-30.0, 2.0), (-2.0, 1.1), (0.0, 1.0), (1.0, 1.2))
    assert row["creatinine_before_mg_dl"] == 1.0
    assert row["creatinine_first_mg_dl"] == 1.1
    assert row["creatinine_max_48h_mg_dl"] == 1.2
    assert course((-168.0, 0.8), (1.0, 1.0))["creatinine_before_mg_dl"] == 0.8
    assert np.isnan(course((-168.1, 0.8), (1.0, 1.0))["creatinine_before_mg_dl"])


def test_a_label_without_its_samples_is_missing_not_false() -> None:
    assert pd.isna(course((1.0, 1.0))["aki"])
    assert pd.isna(course((-1.0, 1.0))["aki"])
    late = course((-1.0, 1.0), (60.0, 1.0))
    assert pd.isna(late["aki_48h"])
    assert not late["aki_7d"]
    assert pd.isna(late["aki"])


def test_haemoglobin_before_is_the_last_and_after_the_first_beyond_the_end() -> None:
    episodes = episodes_of(product(0.0, last_h=2.0), product(5.0, last_h=2.0))
    values = samples((-25.0, 6.0), (-3.0, 7.0), (-1.0, 7.2), (4.0, 8.0), (7.5, 9.1), (9.0, 9.5))
    row = with_course(episodes, values.assign(parameter="haemoglobin_g_dl")).iloc[0]
    assert row["haemoglobin_before_g_dl"] == 7.2
    assert row["haemoglobin_after_g_dl"] == 9.1


def test_haemoglobin_a_day_too_early_or_too_late_is_none() -> None:
    row = course((-24.5, 7.0), (24.5, 9.0), parameter="haemoglobin_g_dl")
    assert np.isnan(row["haemoglobin_before_g_dl"])
    assert np.isnan(row["haemoglobin_after_g_dl"])


@pytest.mark.parametrize(
    ("rows", "changes", "reason"),
    [
        ([(-1.0, 1.0), (9.0, 1.0)], {}, ""),
        ([(-1.0, 1.0), (9.0, 1.0)], {"age_years": 15.0}, "younger than 16"),
        ([(-1.0, 1.0), (9.0, 1.0)], {"dialysis_before": True}, "dialysis before"),
        ([(9.0, 1.0)], {}, "no creatinine before"),
        ([(-1.0, 3.5), (9.0, 3.6)], {}, "creatinine 3.5 or more"),
        ([(-9.0, 3.5), (-1.0, 3.0), (9.0, 3.6)], {}, "creatinine 3.5 or more"),
        ([(-1.0, 3.49), (9.0, 3.6)], {}, ""),
        ([(-1.0, 1.0), (49.0, 1.0)], {}, "no creatinine after"),
        ([], {"age_years": 15.0, "dialysis_before": True}, "younger than 16"),
    ],
)
def test_exclusions(rows: list[tuple[float, float]], changes: dict[str, float], reason: str) -> None:
    built = cohort(samples(*rows).astype({"hours_from_start": float, "value": float}), **changes)
    assert built.episodes["exclusion"].tolist() == [reason]
    assert len(built.eligible) == (reason == "")


def test_attrition_counts_admissions_patients_and_outcome() -> None:
    table = attrition(cohort(samples((-1.0, 1.0), (9.0, 1.3))))
    counts = dict(zip(table["step"], zip(table["admissions"], table["patients"], strict=True), strict=True))
    assert counts["all admissions"] == (3, 2)
    assert counts["creatinine in the 48 h after"] == (1, 1)
    assert counts["  AKI (48 h)"] == (1, 1)
    assert counts["  AKI (7 days)"] == (0, 0)
    assert counts["  AKI (either)"] == (1, 1)


def test_the_24_hours_before_become_the_first_day_of_the_series() -> None:
    built = cohort(samples((-25.0, 0.7), (-24.0, 0.8), (-6.0, 1.1), (0.0, 1.2), (0.1, 9.0)))
    series = built.series
    creatinine = series[series["parameter"] == "creatinine_mg_dl"]
    assert creatinine["time_h"].tolist() == [0.0, 18.0, 24.0]
    assert creatinine["value"].tolist() == [0.8, 1.1, 1.2]
    inputs = first_day_inputs(series).loc["10-20"]
    assert inputs["creatinine_first_mg_dl"] == 0.8
    assert inputs["creatinine_last_mg_dl"] == 1.2
    assert (inputs["age_years"], inputs["weight_kg"], inputs["icu_type"]) == (60.0, 80.0, 3.0)
    assert inputs[["map_min_mmhg", "gcs_max", "temperature_min_c"]].isna().all()


def test_a_charted_weight_serves_where_the_product_carries_none() -> None:
    weights = samples((-90.0, 71.0), (-40.0, 72.0), parameter="weight_kg")
    built = cohort(pd.concat([samples((-1.0, 1.0)), weights]), weight_kg=np.nan)
    rows = built.series[built.series["parameter"] == "weight_kg"]
    assert rows[["time_h", "value"]].to_numpy().tolist() == [[0.0, 72.0]]


def test_an_unknown_icu_type_leaves_no_row() -> None:
    assert "icu_type" not in set(cohort(samples((-1.0, 1.0)), icu_type=np.nan).series["parameter"])


hours = st.integers(-200, 200).map(float)
creatinines = st.integers(1, 80).map(lambda tenths: tenths / 10)


@pytest.mark.slow
@given(st.lists(st.tuples(hours, creatinines), min_size=1, max_size=12))
def test_the_label_agrees_with_the_rule_written_out(rows: list[tuple[float, float]]) -> None:
    unique = list(dict(rows).items())
    row = course(*unique)
    before = [(hour, round(10 * value)) for hour, value in unique if -168 <= hour <= 0]
    day_2 = [round(10 * value) for hour, value in unique if 0 < hour <= 48]
    day_7 = [round(10 * value) for hour, value in unique if 0 < hour <= 168]
    if not before or not day_7:
        assert pd.isna(row["aki_7d"])
        return
    tenths = max(before)[1]
    assert bool(row["aki_7d"]) is (2 * max(day_7) >= 3 * tenths)
    if day_2:
        assert bool(row["aki_48h"]) is (max(day_2) - tenths >= 3)
        assert bool(row["aki"]) is (bool(row["aki_48h"]) or bool(row["aki_7d"]))


@given(st.lists(st.integers(0, 120), min_size=1, max_size=10), st.randoms())
def test_episodes_do_not_depend_on_the_order_of_rows(starts: list[int], random: np.random.Generator) -> None:
    rows = [product(float(hour)) for hour in starts]
    expected = 1 + next(
        (i for i, (a, b) in enumerate(zip(sorted(starts), sorted(starts)[1:], strict=False)) if b - a > 24),
        len(starts) - 1,
    )
    random.shuffle(rows)
    (found,) = episodes_of(*rows).to_dict("records")
    assert found["units_red_cells"] == expected
    assert found["start_time"] == START + pd.Timedelta(hours=min(starts))
