"""The check of a value: what is accepted, in which unit, and what the sentence of a refusal says."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcore.errors import InvalidValue
from qcore.tasks.aki.inputs import (
    BY_NAME,
    INPUT_NAMES,
    INPUTS,
    Input,
    accepted_range,
    canonical_value,
    format_value,
)
from qcore.units import Unit

NUMBERS = [item for item in INPUTS if not item.choices]
IN_UNITS = [(item, unit) for item in NUMBERS for unit in item.units]
CREATININE_FIRST = BY_NAME["creatinine_first_mg_dl"]
MICROMOLAR = CREATININE_FIRST.units[1]


def shown_number(text: str) -> float:
    return float(text.split()[0].replace(",", ""))


def test_the_order_of_the_inputs_is_fixed() -> None:
    expected = (
        *("creatinine_first_mg_dl", "creatinine_last_mg_dl", "bun_max_mg_dl", "urine_24h_ml_kg_h"),
        *("urine_6h_ml_kg_h", "age_years", "weight_kg", "map_min_mmhg", "bicarbonate_last_mmol_l"),
        *("gcs_max", "temperature_min_c", "icu_type"),
    )
    assert expected == INPUT_NAMES


def test_reference_ranges_lie_inside_accepted_ranges() -> None:
    for item in INPUTS:
        assert item.accepted[0] < item.accepted[1]
        if item.reference:
            assert item.accepted[0] <= item.reference[0] <= item.reference[1] <= item.accepted[1]


@given(pair=st.sampled_from(IN_UNITS), part=st.floats(0, 1))
def test_every_value_inside_the_range_is_accepted_in_every_unit(pair: tuple[Input, Unit], part: float) -> None:
    item, unit = pair
    low, high = item.accepted
    value = low + part * (high - low)
    assert canonical_value(item, unit.from_canonical(value), unit) == pytest.approx(value, abs=1e-9)


@given(pair=st.sampled_from(IN_UNITS), excess=st.floats(0.02, 1e6), above=st.booleans())
def test_every_value_outside_the_range_is_refused_by_name(pair: tuple[Input, Unit], excess: float, above: bool) -> None:
    item, unit = pair
    low, high = item.accepted
    distance = excess * (high - low)
    value = unit.from_canonical(high + distance if above else low - distance)
    with pytest.raises(InvalidValue, match="is not accepted") as refused:
        canonical_value(item, value, unit)
    assert str(refused.value).startswith(item.label)


@pytest.mark.parametrize(("item", "unit"), IN_UNITS)
def test_the_bounds_as_shown_are_accepted_as_typed(item: Input, unit: Unit) -> None:
    for bound in item.accepted:
        shown = format_value(item, bound, unit)
        canonical = canonical_value(item, shown_number(shown), unit)
        assert item.accepted[0] <= canonical <= item.accepted[1]
        assert shown_number(shown) in map(shown_number, accepted_range(item, unit).split(" to "))


@given(value=st.one_of(st.none(), st.just(math.nan)), item=st.sampled_from(INPUTS))
def test_missing_is_missing(value: float | None, item: Input) -> None:
    with pytest.raises(InvalidValue, match=r"is missing\. Enter a value, accepted: "):
        canonical_value(item, value)


@pytest.mark.parametrize("value", [math.inf, -math.inf, -1.0, 1e300])
def test_impossible_numbers_are_refused(value: float) -> None:
    for item in INPUTS:
        with pytest.raises(InvalidValue):
            canonical_value(item, value)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("creatinine_last_mg_dl", 88, "88 looks like µmol/L, which would be 1.00 mg/dL: is the unit µmol/L?"),
        ("temperature_min_c", 97, "97 looks like °F, which would be 36.1 °C: is the unit °F?"),
        ("map_min_mmhg", 9, "9 looks like kPa, which would be 68 mmHg: is the unit kPa?"),
        ("icu_type", 5, "1 Coronary care, 2 Cardiac surgery recovery"),
        ("icu_type", 2.5, "is not accepted"),
    ],
)
def test_a_refusal_says_what_may_be_wrong(name: str, value: float, says: str) -> None:
    with pytest.raises(InvalidValue) as refused:
        canonical_value(BY_NAME[name], value)
    assert says in str(refused.value)


@pytest.mark.parametrize("value", [3.5, 5.0, 12.0, 19.0])
def test_a_high_first_creatinine_is_always_told_the_population(value: float) -> None:
    with pytest.raises(InvalidValue, match=r"not trained on patients who arrive with 3\.5 mg/dL"):
        canonical_value(CREATININE_FIRST, value)
    with pytest.raises(InvalidValue, match="not trained on patients"):
        canonical_value(CREATININE_FIRST, 310, MICROMOLAR)


def test_values_are_written_with_sensible_digits() -> None:
    bun, pressure = BY_NAME["bun_max_mg_dl"], BY_NAME["map_min_mmhg"]
    assert format_value(CREATININE_FIRST, 1.238) == "1.24 mg/dL"
    assert format_value(CREATININE_FIRST, 1.238, MICROMOLAR) == "109 µmol/L"
    assert format_value(bun, 20.0, bun.units[1]) == "7.1 mmol/L"
    assert format_value(pressure, 65.0, pressure.units[1]) == "8.7 kPa"
    assert format_value(BY_NAME["urine_6h_ml_kg_h"], 0.345) == "0.34 mL/kg/h"
    assert format_value(BY_NAME["icu_type"], 3) == "Medical ICU"
    assert format_value(BY_NAME["icu_type"], 9) == "unknown code 9"


def test_a_first_creatinine_beyond_the_models_limit_is_not_taken_for_another_unit() -> None:
    with pytest.raises(InvalidValue, match="not trained on patients") as refused:
        canonical_value(BY_NAME["creatinine_first_mg_dl"], 15.2)
    assert "looks like" not in str(refused.value)
