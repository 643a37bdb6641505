"""What the haemoglobin model is given: complete, possible, and nothing guessed."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from qcore.errors import InvalidValue
from qcore.tasks.hemoglobin.anemia import limits_g_dl
from qcore.tasks.hemoglobin.features import FEATURES, NAMES, Source, checked, table

PERSON: dict[str, Any] = {
    "age_years": 70,
    "sex": "female",
    "systolic_mmhg": 130,
    "rate_bpm": 80,
    **{feature.name: False for feature in FEATURES if feature.is_finding and feature.name != "female"},
}


def test_a_person_becomes_a_row_of_numbers() -> None:
    row = checked(table(**{**PERSON, "t_inversion": True}))
    assert row.shape == (1, len(NAMES))
    assert dict(zip(NAMES, row[0], strict=True)) == {
        **dict.fromkeys(NAMES, 0.0),
        "age_years": 70,
        "female": 1,
        "systolic_mmhg": 130,
        "rate_bpm": 80,
        "t_inversion": 1,
    }


def test_columns_are_found_by_name() -> None:
    given = table(**PERSON)
    assert np.array_equal(checked(given[list(reversed(NAMES))].assign(other=1)), checked(given))


@pytest.mark.parametrize(
    ("column", "value", "sentence"),
    [
        ("age_years", np.nan, "Age .* does not guess"),
        ("age_years", 300, "Age .* between 18 and 120"),
        ("systolic_mmhg", 13, "blood pressure .* between 50 and 280"),
        ("rate_bpm", "fast", "Heart rate .* no number"),
        ("lvh", 2, "hypertrophy must be 1 .* or 0"),
        ("female", 0.5, "Female sex must be 1"),
    ],
)
def test_an_impossible_value_is_refused_by_name(column: str, value: object, sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        checked(table(**PERSON).astype(object).assign(**{column: [value]}))


def test_a_missing_column_an_unknown_sex_and_nobody_are_refused() -> None:
    with pytest.raises(InvalidValue, match="column q_wave"):
        checked(table(**PERSON).drop(columns="q_wave"))
    with pytest.raises(InvalidValue, match="'female' or 'male'"):
        table(**{**PERSON, "sex": "f"})
    with pytest.raises(InvalidValue, match="a person"):
        checked(pd.DataFrame(columns=list(NAMES)))


def test_the_limit_of_anaemia_goes_by_sex() -> None:
    assert limits_g_dl([1, 0, True, False]).tolist() == [12, 13, 12, 13]


def test_every_feature_says_who_can_tell_it() -> None:
    bedside = {feature.name for feature in FEATURES if feature.source is Source.BEDSIDE}
    assert bedside == {"age_years", "female", "systolic_mmhg"}
    assert all(feature.column and feature.meaning for feature in FEATURES)
