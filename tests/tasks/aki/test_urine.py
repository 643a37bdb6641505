"""Urine by KDIGO's measure: the same urine is the same rate, however it is charted."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcore.errors import InvalidValue
from qcore.tasks.aki.features import first_day_inputs
from qcore.tasks.aki.urine import DAY, LAST, Collection, charted_rates, check_rates, last_flow


def charted(*entries: tuple[float, float], patient: str = "a") -> pd.DataFrame:
    return pd.DataFrame([(patient, *entry) for entry in entries], columns=["patient_id", "time_h", "value"])


def rates(*entries: tuple[float, float]) -> tuple[float, float]:
    row = charted_rates(charted(*entries)).iloc[0]
    return float(row["day_ml_h"]), float(row["last_ml_h"])


@pytest.mark.parametrize("every_h", [0.5, 1, 2, 3, 4, 6, 8, 12, 24])
def test_how_often_it_is_charted_changes_nothing(every_h: float) -> None:
    times = np.arange(every_h, 24 + every_h / 2, every_h)
    assert rates(*((time, 640 * every_h / 24) for time in times)) == pytest.approx((640 / 24, 640 / 24))


@given(
    flows=st.lists(st.floats(0, 500), min_size=24, max_size=24),
    merged=st.sets(st.integers(1, 17), max_size=17),
)
def test_merging_entries_outside_the_last_hours_changes_nothing(flows: list[float], merged: set[int]) -> None:
    hourly = [(hour + 1.0, flow) for hour, flow in enumerate(flows)]
    coarse, waiting = [], 0.0
    for hour, flow in hourly:
        waiting += flow
        if hour not in merged:
            coarse.append((hour, waiting))
            waiting = 0.0
    assert rates(*coarse) == pytest.approx(rates(*hourly), abs=1e-9)


def test_the_last_six_hours_end_with_the_last_entry() -> None:
    # 300 mL by 3 h, 320 by 10 h, 20 by 22 h: of the last entry's twelve hours the last six count.
    assert rates((3, 300), (10, 320), (22, 20)) == pytest.approx((640 / 22, 20 / 12))


def test_two_catheters_at_one_time_are_added_and_the_order_of_rows_does_not_matter() -> None:
    assert rates((24, 60), (12, 100), (24, 20)) == pytest.approx((180 / 24, 80 / 12))


def test_what_was_collected_before_the_stay_does_not_count() -> None:
    assert rates((0, 900), (12, 120)) == pytest.approx((10, 10))


def test_too_few_hours_are_no_measure() -> None:
    assert charted_rates(charted((5.9, 300))).empty
    assert charted_rates(charted((0, 300))).empty
    assert charted_rates(charted()).empty
    assert len(charted_rates(charted((6, 300)))) == 1


def test_patients_do_not_mix() -> None:
    both = pd.concat([charted((24, 240)), charted((12, 1200), patient="b")])
    found = charted_rates(both)
    assert found["day_ml_h"].to_dict() == pytest.approx({"a": 10, "b": 100})
    assert Collection(both).flow(np.full(2, 18.0), np.full(2, 24.0)).tolist() == pytest.approx(
        [10, np.nan], nan_ok=True
    )


@given(day_ml=st.floats(0, 8000), day_h=st.floats(6, 24), share=st.floats(0, 1), part=st.floats(0.01, 0.99))
def test_two_amounts_are_two_entries(day_ml: float, day_h: float, share: float, part: float) -> None:
    last_ml, last_h = share * day_ml, part * day_h
    flow = last_flow(*(np.array([value]) for value in (day_ml, day_h, last_ml, last_h)))
    assert flow[0] == pytest.approx(rates((day_h - last_h, day_ml - last_ml), (day_h, last_ml))[1], abs=1e-6)


def test_without_a_weight_there_is_no_rate_but_in_training() -> None:
    series = charted((24, 960)).assign(parameter="urine_ml")
    assert first_day_inputs(series)[[DAY, LAST]].isna().all(axis=None)
    assert first_day_inputs(series, 80.0)[[DAY, LAST]].to_numpy().tolist() == [[0.5, 0.5]]


def test_rates_that_cannot_be_together_are_refused() -> None:
    check_rates(0.5, 2.0)
    check_rates(float("nan"), 2.0)
    with pytest.raises(InvalidValue, match=r"at 1\.61 mL/kg/h in the last 6 h and at only 0\.00 .* make 0\.40"):
        check_rates(0.0, 135 / 84)
