"""Transfusion episodes: units, haemoglobin, creatinine, KDIGO label, whatever their source."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from qcore.tasks.aki import kdigo

PRODUCTS = ("red_cells", "plasma", "platelets")

# What the median single product holds in both MIMIC demos, rounded to 50 mL (red cells 350 to 375,
# plasma 279 to 308, platelets 225 to 263 mL): the sources chart volumes, clinicians count units.
ML_PER_UNIT: Mapping[str, float] = MappingProxyType({"red_cells": 350.0, "plasma": 300.0, "platelets": 250.0})

JOIN_WITHIN = pd.Timedelta(hours=24)
BASELINE_H = 168.0
INPUT_H = 24.0
RISE_WITHIN_H = 48.0
RATIO_WITHIN_H = 168.0
# As in PhysioNet 2012, which the AKI model was trained on.
ADULT_YEARS = 16

# Hours from the first product within which a reader delivers a parameter, both ends included.
INPUT_WINDOW_H = (-INPUT_H, 0.0)
WINDOWS_H: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "creatinine_mg_dl": (-BASELINE_H, RATIO_WITHIN_H),
        "haemoglobin_g_dl": (-INPUT_H, RATIO_WITHIN_H),
        "weight_kg": (-BASELINE_H, 0.0),
    }
)

# In the order they are applied; an admission carries the first that fits.
EXCLUSIONS: Mapping[str, str] = MappingProxyType(
    {
        "younger than 16": "aged 16 or more",
        "dialysis before": "no end-stage kidney disease, no dialysis before",
        "no creatinine before": "creatinine in the 7 days before",
        "creatinine 3.5 or more": "creatinine < 3.5 mg/dL (first of the 24 h before, and last)",
        "no creatinine after": "creatinine in the 48 h after",
    }
)


@dataclass(frozen=True)
class TransfusionCohort:
    """The first transfusion episode of every transfused admission.

    Attributes:
        source: name of the data set.
        n_admissions: admissions in the source, transfused or not.
        n_patients: patients in the source.
        episodes: one row an admission. ``patient_id`` ("subject-admission") is the key of
            ``series``; a split must go by ``subject_id``, for one patient can have several
            admissions. Times are naive. ``units_*`` are mL divided by ``ML_PER_UNIT`` (NaN when
            charted in an unknown unit). ``charted_on_arrival``: the ICU charted the first product
            for the operating room, recovery room or emergency ward, so it was given before
            ``start_time``. ``icu_hours_before``: hours in the ICU before ``start_time``; urine is
            charted only there, so below 24 the model's 24 h of urine are not complete.
            ``exclusion``: a key of ``EXCLUSIONS``, or "" for none. Other columns: see ``first_episodes``
            and ``with_course``.
        series: patient_id, time_h, parameter, value; the 24 h BEFORE the episode are hours 0 to 24,
            nothing of what follows is in it. Age, weight and ICU type stand at hour 0.
    """

    source: str
    n_admissions: int
    n_patients: int
    episodes: pd.DataFrame
    series: pd.DataFrame

    @property
    def eligible(self) -> pd.DataFrame:
        """The episodes without exclusion; their ``aki`` is True or False, never missing."""
        return self.episodes[self.episodes["exclusion"] == ""]


def first_episodes(products: pd.DataFrame) -> pd.DataFrame:
    """Join products to episodes and return the first one of each admission.

    A product belongs to the running episode if it starts no more than 24 h after the end of what
    was given so far; the episode starts with its first product.

    Args:
        products: subject_id, hadm_id, stay_id, start_time, end_time, product (one of ``PRODUCTS``),
            units, weight_kg (NaN if unknown), charted_on_arrival. One row a charted amount.

    Returns:
        subject_id, hadm_id, stay_id, patient_id, start_time, end_time, units_red_cells,
        units_plasma, units_platelets, weight_kg, charted_on_arrival; one row an admission.
    """
    ordered = products.sort_values(["hadm_id", "start_time", "end_time"], kind="stable").copy()
    # An end charted before the start is a typing error; the start is what the rules hang on.
    ordered["end_time"] = ordered[["start_time", "end_time"]].max(axis=1)
    admission = ordered["hadm_id"]
    given_until = ordered["end_time"].groupby(admission).cummax().groupby(admission).shift()
    starts_new = (ordered["start_time"] - given_until) > JOIN_WITHIN
    first = ordered[starts_new.groupby(admission).cumsum() == 0]

    one_a_row = first.drop_duplicates("hadm_id")
    columns = ["subject_id", "hadm_id", "stay_id", "start_time", "weight_kg", "charted_on_arrival"]
    episodes = one_a_row[columns].set_index("hadm_id", drop=False).rename_axis(None)
    episodes["end_time"] = first.groupby("hadm_id")["end_time"].max()
    for product in PRODUCTS:
        units = first["units"].where(first["product"] == product, 0.0)
        # An amount in an unknown unit makes the whole unknown: a sum without it would be too low.
        unknown = units.isna().groupby(first["hadm_id"]).any()
        episodes[f"units_{product}"] = units.groupby(first["hadm_id"]).sum().mask(unknown)
    subject, admitted = episodes["subject_id"].astype(str), episodes["hadm_id"].astype(str)
    episodes["patient_id"] = subject + "-" + admitted
    return episodes.reset_index(drop=True)


def with_course(episodes: pd.DataFrame, measurements: pd.DataFrame) -> pd.DataFrame:
    """Add laboratory values before and after, and the KDIGO label (doi:10.1038/kisup.2012.1).

    All hours count from the START of the first product; a sample of that very minute is "before".

    Args:
        episodes: as ``first_episodes`` returns them.
        measurements: patient_id, hours_from_start, parameter, value, at least over ``WINDOWS_H``.

    Returns:
        ``episodes`` with creatinine_first_mg_dl (of the 24 h before), creatinine_before_mg_dl
        (baseline: last of the 7 days before), creatinine_max_48h_mg_dl and creatinine_max_7d_mg_dl
        (highest after 0 to 48 h, 0 to 7 days), haemoglobin_before_g_dl (last of the 24 h before),
        haemoglobin_after_g_dl (first in the 24 h after the end of the last product, and within 7
        days of the first), aki_48h (rise of 0.3 mg/dL or more within 48 h), aki_7d (1.5 times the
        baseline or more within 7 days), aki (either). A label is missing (NA) where the creatinine
        that decides it was not measured. Urine output and dialysis after the transfusion do not
        enter the label.
    """
    indexed = episodes.set_index("patient_id", drop=False).rename_axis(None)
    ordered = measurements.sort_values("hours_from_start", kind="stable")
    creatinine = ordered[ordered["parameter"] == "creatinine_mg_dl"]
    baseline = _within(creatinine, -BASELINE_H, 0.0).groupby("patient_id")["value"].last()
    after = creatinine[creatinine["hours_from_start"] > 0]
    first = _within(creatinine, *INPUT_WINDOW_H).groupby("patient_id")["value"].first()
    max_48h = _within(after, 0.0, RISE_WITHIN_H).groupby("patient_id")["value"].max()
    max_7d = _within(after, 0.0, RATIO_WITHIN_H).groupby("patient_id")["value"].max()
    indexed["creatinine_first_mg_dl"] = first
    indexed["creatinine_before_mg_dl"] = baseline
    indexed["creatinine_max_48h_mg_dl"] = max_48h
    indexed["creatinine_max_7d_mg_dl"] = max_7d

    haemoglobin = ordered[ordered["parameter"] == "haemoglobin_g_dl"]
    hb_before = _within(haemoglobin, -INPUT_H, 0.0).groupby("patient_id")["value"].last()
    duration_h = _hours(indexed["end_time"] - indexed["start_time"])
    since_end = haemoglobin["hours_from_start"] - haemoglobin["patient_id"].map(duration_h)
    hb_after = haemoglobin[(since_end > 0) & (since_end <= INPUT_H)]
    indexed["haemoglobin_before_g_dl"] = hb_before
    indexed["haemoglobin_after_g_dl"] = hb_after.groupby("patient_id")["value"].first()

    before = indexed["creatinine_before_mg_dl"]
    # Values carry one or two decimals: without rounding 1.2 - 0.9 would fall short of 0.3.
    rise = (indexed["creatinine_max_48h_mg_dl"] - before).round(6)
    excess = (indexed["creatinine_max_7d_mg_dl"] - kdigo.RATIO * before).round(6)
    indexed["aki_48h"] = (rise >= kdigo.RISE_MG_DL).astype("boolean").mask(rise.isna())
    indexed["aki_7d"] = (excess >= 0).astype("boolean").mask(excess.isna())
    indexed["aki"] = indexed["aki_48h"] | indexed["aki_7d"]
    return indexed.reset_index(drop=True)


def build_cohort(
    source: str, admissions: pd.DataFrame, episodes: pd.DataFrame, measurements: pd.DataFrame
) -> TransfusionCohort:
    """Put the cohort together from what a reader found.

    Args:
        source: name of the data set.
        admissions: subject_id, hadm_id of every admission.
        episodes: as ``first_episodes`` returns them, with age_years, icu_type (1 to 4 or NaN),
            icu_hours_before and dialysis_before (bool) added.
        measurements: patient_id, hours_from_start, parameter, value, within ``WINDOWS_H``
            (parameters not named there: ``INPUT_WINDOW_H``).
    """
    labelled = with_course(episodes, measurements)
    charted = measurements[measurements["parameter"] == "weight_kg"].sort_values("hours_from_start")
    last_charted = charted.groupby("patient_id")["value"].last()
    labelled["weight_kg"] = labelled["weight_kg"].fillna(labelled["patient_id"].map(last_charted))
    labelled["exclusion"] = _exclusion(labelled)
    return TransfusionCohort(
        source=source,
        n_admissions=int(admissions["hadm_id"].nunique()),
        n_patients=int(admissions["subject_id"].nunique()),
        episodes=labelled,
        series=_series(labelled, measurements),
    )


def attrition(cohort: TransfusionCohort) -> pd.DataFrame:
    """Count who is left: step, admissions, patients. Indented rows count within the step above."""
    left = cohort.episodes
    rows = [
        ("all admissions", cohort.n_admissions, cohort.n_patients),
        ("red cells, plasma or platelets in the ICU record", *_count(left)),
        ("  of these, red cells in the first episode", *_count(left[left["units_red_cells"] != 0])),
    ]
    for reason, step in EXCLUSIONS.items():
        left = left[left["exclusion"] != reason]
        rows.append((step, *_count(left)))
    for column, label in (("aki_48h", "48 h"), ("aki_7d", "7 days"), ("aki", "either")):
        rows.append((f"  AKI ({label})", *_count(left[left[column].fillna(value=False)])))
    return pd.DataFrame(rows, columns=["step", "admissions", "patients"])


def _exclusion(episodes: pd.DataFrame) -> pd.Series:
    baseline = episodes["creatinine_before_mg_dl"]
    conditions = [
        episodes["age_years"] < ADULT_YEARS,
        episodes["dialysis_before"],
        baseline.isna(),
        # The first of 24 h is the one the model refuses, the last is the baseline of the label.
        (baseline >= kdigo.TOO_HIGH_MG_DL) | (episodes["creatinine_first_mg_dl"] >= kdigo.TOO_HIGH_MG_DL),
        episodes["creatinine_max_48h_mg_dl"].isna(),
    ]
    reason = np.select([condition.to_numpy(dtype=bool) for condition in conditions], [*EXCLUSIONS], "")
    return pd.Series(reason, index=episodes.index, dtype=object)


def _series(episodes: pd.DataFrame, measurements: pd.DataFrame) -> pd.DataFrame:
    inputs = _within(measurements, *INPUT_WINDOW_H)
    inputs = inputs[inputs["parameter"] != "weight_kg"]
    timed = inputs.assign(time_h=inputs["hours_from_start"] + INPUT_H)
    static = episodes.melt(
        id_vars="patient_id",
        value_vars=["age_years", "weight_kg", "icu_type"],
        var_name="parameter",
        value_name="value",
    ).assign(time_h=0.0)
    columns = ["patient_id", "time_h", "parameter", "value"]
    both = pd.concat([static[columns], timed[columns]], ignore_index=True).dropna(subset="value")
    both["value"] = both["value"].astype(np.float64)
    return both.sort_values(["patient_id", "time_h"], kind="stable", ignore_index=True)


def _within(measurements: pd.DataFrame, from_h: float, to_h: float) -> pd.DataFrame:
    return measurements[measurements["hours_from_start"].between(from_h, to_h)]


def _hours(duration: pd.Series) -> pd.Series:
    hours: pd.Series = duration.dt.total_seconds() / 3600
    return hours


def _count(episodes: pd.DataFrame) -> tuple[int, int]:
    return len(episodes), int(episodes["subject_id"].nunique())
