"""The KDIGO label by hand, and the two public sets."""

import math
from pathlib import Path

import pandas as pd
import pytest

from qcore.errors import MissingAsset
from qcore.tasks.aki import kdigo
from qcore.tasks.aki.inputs import INPUT_NAMES
from qcore.training.cohorts.cohort import Cohort
from qcore.training.cohorts.physionet2012 import (
    kdigo_outcome,
    read_cohort,
)

Creatinine = tuple[float, float]


def labelled(*values: Creatinine, parameter: str = "creatinine_mg_dl") -> pd.DataFrame:
    rows = [("a", float(hour), parameter, float(value)) for hour, value in values]
    return kdigo_outcome(pd.DataFrame(rows, columns=["patient_id", "time_h", "parameter", "value"]))


@pytest.mark.parametrize(
    ("last", "highest", "aki"),
    [
        (1.1, 1.4, 1),  # 0.3 in decimals, 0.2999999999999998 in binary
        (1.0, 1.3, 1),
        (2.0, 2.3, 1),
        (1.1, 1.39, 0),
        (1.1, 1.3, 0),
        (0.4, 0.6, 1),  # half as much again, though only 0.2 more
        (0.5, 0.74, 0),
        (0.2, 0.3, 1),
        (3.4, 3.6, 0),
        (2.0, 1.0, 0),
    ],
)
def test_a_rise_of_three_tenths_or_by_half_counts(last: float, highest: float, aki: int) -> None:
    assert labelled((20, last), (30, highest))["aki"].tolist() == [aki]


@pytest.mark.parametrize(
    ("hour", "counts"), [(23.99, False), (24.0, False), (24.01, True), (36, True), (48.0, True), (48.01, False)]
)
def test_the_second_day_is_after_24_up_to_48_hours(hour: float, counts: bool) -> None:
    table = labelled((1, 1.0), (hour, 3.0), (40, 1.0))
    assert table["aki"].tolist() == [int(counts and hour != 40)]
    assert table["highest_next_day"].tolist() == [3.0 if counts else 1.0]
    assert table["last"].tolist() == [3.0 if hour <= 24 else 1.0]


def test_the_rise_is_from_the_last_value_to_the_highest() -> None:
    table = labelled((40, 1.2), (30, 1.9), (2, 1.2), (22, 1.7), (10, 0.8))
    assert table[["first", "last", "highest_next_day", "aki"]].iloc[0].tolist() == [1.2, 1.7, 1.9, 0]


@pytest.mark.parametrize(
    "values",
    [
        [(1, 1.0)],
        [(30, 1.0)],
        [(1, 1.0), (48.5, 2.0)],
        [(-1, 1.0), (30, 2.0)],
        [],
    ],
)
def test_a_stay_without_creatinine_on_both_days_has_no_label(values: list[Creatinine]) -> None:
    assert labelled(*values).empty


def test_artefacts_and_other_parameters_do_not_count() -> None:
    assert labelled((1, 1.0), (30, 1.0), (31, 500.0))["aki"].tolist() == [0]
    assert labelled((1, 1.0), (30, 1.0), (31, math.nan))["aki"].tolist() == [0]
    assert labelled((1, 1.0), (30, 2.0), parameter="bun_mg_dl").empty


def test_each_stay_is_judged_by_its_own_values() -> None:
    rows = [
        ("b", 1.0, "creatinine_mg_dl", 1.0),
        ("a", 2.0, "creatinine_mg_dl", 3.0),
        ("b", 30.0, "creatinine_mg_dl", 1.1),
        ("a", 30.0, "creatinine_mg_dl", 3.5),
    ]
    table = kdigo_outcome(pd.DataFrame(rows, columns=["patient_id", "time_h", "parameter", "value"]))
    assert table["aki"].to_dict() == {"a": 1, "b": 0}


@pytest.mark.parametrize("name", ["set_a", "set_b"])
def test_the_public_sets(name: str, request: pytest.FixtureRequest) -> None:
    cohort: Cohort = request.getfixturevalue(name)
    n = len(cohort.outcome)
    assert 3500 <= n <= 3700
    assert 0.10 <= cohort.outcome.mean() <= 0.13
    assert set(cohort.outcome) == {0, 1}
    assert tuple(cohort.inputs.columns) == INPUT_NAMES
    assert cohort.inputs.index.is_unique
    assert cohort.inputs.index.equals(cohort.outcome.index)
    assert cohort.attributes.index.equals(cohort.outcome.index)
    assert set(cohort.attributes["sex"]) <= {"female", "male", "unknown"}
    left = list(cohort.attrition.values())
    assert left[0] == 4000
    assert left == sorted(left, reverse=True)
    assert left[-1] == n
    assert cohort.groups is None


@pytest.mark.parametrize("name", ["set_a", "set_b"])
def test_nobody_arrives_with_failed_kidneys_or_without_creatinine(name: str, request: pytest.FixtureRequest) -> None:
    inputs = request.getfixturevalue(name).inputs
    assert (inputs["creatinine_first_mg_dl"] < kdigo.TOO_HIGH_MG_DL).all()
    assert inputs["creatinine_last_mg_dl"].notna().all()
    assert (inputs.isna().mean() < 0.25).all()


def test_no_patient_is_in_both_sets(set_a: Cohort, set_b: Cohort) -> None:
    assert not set(set_a.inputs.index) & set(set_b.inputs.index)


def test_a_missing_file_is_named_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MissingAsset, match=r"set-a_long\.csv\.gz is not in .*QLINICAL_DATA"):
        read_cohort("a", tmp_path)
