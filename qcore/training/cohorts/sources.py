"""Which cohort trains, which tests and which only checks the AKI models, and how each is described to the reader."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from qcore.backends.protocol import Backend
from qcore.evidence.evaluation import ExternalCheck
from qcore.tasks.aki.features import FIRST_DAY_H, first_day_inputs
from qcore.tasks.aki.model import AkiModel
from qcore.tasks.aki.urine import DAY, LAST
from qcore.training.aki.evaluate import external_check
from qcore.training.cohorts import mimic_iii, mimic_iv
from qcore.training.cohorts.cohort import Cohort
from qcore.training.cohorts.physionet2012 import read_cohort
from qcore.training.cohorts.transfusion import TransfusionCohort, attrition

URINE = [DAY, LAST]


@dataclass(frozen=True)
class TrainingSet:
    """A cohort to train on.

    Attributes:
        cohort: the patients with inputs and outcomes.
        population: one sentence on who they are.
    """

    cohort: Cohort
    population: str


def physionet_training_set(data: Path) -> TrainingSet:
    """Return set-a of PhysioNet 2012 from the data folder."""
    cohort = read_cohort("a", data)
    population = (
        f"{len(cohort.outcome):,} adults in four kinds of intensive care unit of one US hospital (PhysioNet 2012, "
        "set-a), creatinine measured on both days, the first below 3.5 mg/dL. Transfusions are not recorded there."
    )
    return TrainingSet(cohort, population)


def physionet_test_set(data: Path) -> Cohort:
    """Return set-b of PhysioNet 2012, for testing only."""
    return read_cohort("b", data)


def transfusion_training_set(directory: Path) -> TrainingSet:
    """Return the transfused admissions of a copy of MIMIC-IV.

    Raises:
        UnreadableInput: a table is missing or broken.
    """
    cohort = transfused(mimic_iv.transfusion_cohort(directory))
    population = (
        f"{len(cohort.outcome):,} admissions with red cells, plasma or platelets (MIMIC-IV), creatinine before and "
        "within 48 h after, the last before below 3.5 mg/dL. The day before the transfusion stands for the first day."
    )
    return TrainingSet(cohort, population)


def transfused(source: TransfusionCohort) -> Cohort:
    """Turn transfusion episodes into a cohort: inputs from the 24 h before, KDIGO label after.

    Urine charted for less than 24 h in the ICU is not comparable with a full day: it counts as not measured.
    """
    episodes = source.eligible.set_index("patient_id")
    inputs = first_day_inputs(source.series).reindex(episodes.index)
    part_of_day = ~(episodes["icu_hours_before"] >= FIRST_DAY_H)
    inputs.loc[part_of_day, URINE] = np.nan
    steps = attrition(source)
    return Cohort(
        name=source.source,
        inputs=inputs,
        outcome=episodes["aki"].astype(int),
        attributes=pd.DataFrame({"sex": "unknown", "age_years": inputs["age_years"], "icu_type": inputs["icu_type"]}),
        attrition=dict(zip(steps["step"].str.strip(), steps["admissions"].astype(int), strict=True)),
        groups=episodes["subject_id"],
    )


def external_checks(model: AkiModel, data: Path, backend: Backend) -> list[ExternalCheck]:
    """Show how the model behaves on the transfused patients of the two MIMIC demos, where they are there."""
    sources = (
        (
            "mimic_iv_demo_2.2",
            mimic_iv.transfusion_cohort,
            "Demo of 100 patients of the hospital of the training data.",
        ),
        (
            "mimic_iii_demo_1.4",
            mimic_iii.transfusion_cohort,
            "Demo of 100 patients, all of whom died: no fair population. Same hospital and years as the training data.",
        ),
    )
    return [
        external_check(model, transfused(build(data / "aki" / folder)), backend, note)
        for folder, build, note in sources
        if (data / "aki" / folder).is_dir()
    ]
