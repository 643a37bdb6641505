"""Patients of an AKI cohort as cases of a question: their twelve inputs, and the groups they are in."""

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from qcore.errors import InvalidValue
from qcore.evidence.conformal import FEWEST_PATIENTS
from qcore.tasks.aki import kdigo
from qcore.tasks.aki.inputs import BY_NAME, ICU_TYPES, INPUT_NAMES
from qcore.training.cohorts.cohort import Cohort

AGE_BANDS_YEARS = (0, 50, 65, 80, 120)
RISEN = "KDIGO rise on day 1 already"


def aki_inputs(cohort: Cohort) -> Tensor:
    """Return the twelve inputs ``(n, 12)`` in canonical units, NaN where missing."""
    return torch.from_numpy(cohort.inputs[list(INPUT_NAMES)].to_numpy(dtype=np.float64, copy=True))


def aki_groups(cohort: Cohort) -> pd.DataFrame:
    """Return sex, age, unit and whether creatinine had risen on the first day already, ``(n, 4)``.

    Args:
        cohort: with the attributes sex, age_years and icu_type.
    """
    age = pd.cut(cohort.attributes["age_years"], list(AGE_BANDS_YEARS), right=False)
    return pd.DataFrame(
        {
            "sex": cohort.attributes["sex"],
            "age": age.map(lambda band: f"{band.left} to {band.right - 1} years", na_action="ignore"),
            "day 1": kdigo.risen_on_day_one(cohort.inputs).map({True: RISEN, False: "no KDIGO rise on day 1"}),
            "unit": cohort.attributes["icu_type"].map(dict(ICU_TYPES)),
        }
    )


def check_trainable(cohort: Cohort) -> None:
    """Refuse a cohort that no model can be trained and calibrated on.

    Raises:
        InvalidValue: too few patients for the conformal band, or an input that nobody in the cohort has.
    """
    if len(cohort.inputs) < FEWEST_PATIENTS:
        raise InvalidValue(
            f"{cohort.name} has {len(cohort.inputs)} eligible patients; training, calibration and the interval need "
            f"{FEWEST_PATIENTS} or more."
        )
    never = [BY_NAME[name].label for name in INPUT_NAMES if cohort.inputs[name].isna().all()]
    if never:
        raise InvalidValue(
            f"Nobody in {cohort.name} has a value for: {', '.join(never)}. Add the tables that hold them "
            "(in MIMIC-IV icu/chartevents) and train again."
        )
