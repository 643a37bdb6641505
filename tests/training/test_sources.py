"""Which patients train, test and check the AKI models."""

from pathlib import Path

import numpy as np
import pytest

from qcore.backends.protocol import Backend
from qcore.tasks.aki.features import FIRST_DAY_H
from qcore.tasks.aki.inputs import INPUT_NAMES
from qcore.tasks.aki.model import AkiModel
from qcore.training.cohorts import mimic_iii, mimic_iv
from qcore.training.cohorts.cohort import Cohort
from qcore.training.cohorts.sources import (
    URINE,
    external_checks,
    physionet_test_set,
    physionet_training_set,
    transfused,
)
from qcore.training.cohorts.transfusion import TransfusionCohort


@pytest.fixture(scope="module", params=["mimic_iv_demo_2.2", "mimic_iii_demo_1.4"])
def demo(request: pytest.FixtureRequest, data: Path) -> TransfusionCohort:
    reader = mimic_iv if "iv_" in request.param else mimic_iii
    return reader.transfusion_cohort(data / "aki" / request.param)


def test_transfused_patients_become_a_cohort(demo: TransfusionCohort) -> None:
    cohort, episodes = transfused(demo), demo.eligible.set_index("patient_id")
    assert tuple(cohort.inputs.columns) == INPUT_NAMES
    assert cohort.inputs.index.equals(episodes.index)
    assert (cohort.outcome == episodes["aki"].astype(int)).all()
    assert len(cohort.outcome) in cohort.attrition.values()
    assert cohort.groups is not None
    assert cohort.groups.nunique() <= len(cohort.outcome)
    assert (cohort.groups == episodes["subject_id"]).all()


def test_part_of_a_day_of_urine_counts_as_none(demo: TransfusionCohort) -> None:
    hours = demo.eligible.set_index("patient_id")["icu_hours_before"]
    urine = transfused(demo).inputs[URINE]
    assert urine[~(hours >= FIRST_DAY_H)].isna().all(axis=None)
    assert urine[hours >= FIRST_DAY_H].notna().any(axis=None)


@pytest.mark.slow
def test_both_demos_are_checked_where_they_are_there(
    model: AkiModel, ideal: Backend, data: Path, tmp_path: Path
) -> None:
    found = external_checks(model, data, ideal)
    assert len(found) == 2
    for check in found:
        assert 0 < check.events < check.n < 60
        assert np.isfinite(check.predicted)
        assert check.note.endswith(".")
    assert external_checks(model, tmp_path, ideal) == []


def test_the_training_set_is_a_and_the_test_set_is_b(set_a: Cohort, set_b: Cohort, data: Path) -> None:
    source = physionet_training_set(data)
    assert source.cohort.inputs.equals(set_a.inputs)
    assert f"{len(set_a.outcome):,}" in source.population
    assert physionet_test_set(data).inputs.equals(set_b.inputs)
