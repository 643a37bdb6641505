"""The shipped haemoglobin model answers on every backend, with intervals, reasons and controls."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from qcore.errors import InvalidValue, MissingAsset
from qcore.tasks.hemoglobin import store
from qcore.tasks.hemoglobin.facts import Calibration
from qcore.tasks.hemoglobin.features import table
from qcore.tasks.hemoglobin.model import AGE_AND_SEX, GRADIENT_BOOSTING, RIDGE, HemoglobinModel
from qcore.tasks.hemoglobin.network import TWIN


@pytest.fixture(scope="module")
def shipped() -> HemoglobinModel:
    return store.load()


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    findings = {
        "q_wave": False,
        "st_elevation": False,
        "st_depression": True,
        "t_inversion": True,
        "lvh": False,
        "poor_r_progression": False,
        "bundle_branch_block": False,
    }
    rows = [
        table(age_years=78, sex="female", systolic_mmhg=150, rate_bpm=95, **findings),
        table(age_years=45, sex="male", systolic_mmhg=120, rate_bpm=70, **dict.fromkeys(findings, False)),
    ]
    return pd.concat(rows, ignore_index=True)


def test_haemoglobin_is_plausible_and_its_interval_that_of_the_sex(
    shipped: HemoglobinModel, people: pd.DataFrame
) -> None:
    answer = shipped.answer(people, "ideal").hemoglobin
    assert answer.unit == "g/dL"
    assert ((answer.value > 11) & (answer.value < 15.5)).all()
    assert answer.value[0] < answer.value[1]
    widths = [shipped.facts.half_width_g_dl[sex] for sex in ("female", "male")]
    assert answer.high - answer.value == pytest.approx(widths)
    assert answer.value - answer.low == pytest.approx(widths)
    assert (answer.standard_error == 0).all()
    assert answer.decision.tolist() == [answer.value[0] < 12, answer.value[1] < 13]


def test_the_probability_lies_in_its_interval_and_decides_by_its_threshold(
    shipped: HemoglobinModel, people: pd.DataFrame
) -> None:
    anemia = shipped.answer(people, "ideal").anemia
    assert (anemia.low < anemia.value).all()
    assert (anemia.value < anemia.high).all()
    assert (anemia.decision == (anemia.value >= shipped.facts.threshold)).all()


def test_noise_is_told_and_shots_scatter_as_they_say(shipped: HemoglobinModel, people: pd.DataFrame) -> None:
    calm = shipped.answer(people, "ideal").hemoglobin
    noisy = shipped.answer(people, "noisy:fez").hemoglobin
    assert noisy.value == pytest.approx(calm.value, abs=0.1)
    assert "Fez" in noisy.provenance.device
    shot = shipped.answer(pd.concat([people] * 40, ignore_index=True), "noisy:fez:shots=1000").hemoglobin
    assert (shot.standard_error > 0).all()
    far = (shot.value - np.tile(noisy.value, 40)) / shot.standard_error
    assert 0.6 < far.std() < 1.5
    assert shot.provenance.shots == 1000


def test_reasons_add_up_to_the_difference_from_the_reference(shipped: HemoglobinModel, people: pd.DataFrame) -> None:
    explanation = shipped.explain(people.iloc[0], "ideal")
    value = shipped.answer(people, "ideal").hemoglobin.value[0]
    assert explanation.base_value + explanation.attributions.sum() == pytest.approx(value)
    assert explanation.names[1] == "Female sex"
    assert explanation.attributions[1] < -0.3
    with pytest.raises(InvalidValue, match="Series"):
        shipped.explain(people, "ideal")  # type: ignore[arg-type]


def test_every_classical_model_answers_too(shipped: HemoglobinModel, people: pd.DataFrame) -> None:
    controls = shipped.controls(people)
    assert set(controls) == {TWIN, GRADIENT_BOOSTING, RIDGE, AGE_AND_SEX}
    start, by_age, by_sex, *others = shipped.facts.linear[AGE_AND_SEX]
    assert not any(others)
    assert controls[AGE_AND_SEX] == pytest.approx([start + 78 * by_age + by_sex, start + 45 * by_age])
    assert all(((values > 11) & (values < 16)).all() for values in controls.values())


def test_the_page_asks_with_one_call(people: pd.DataFrame, shipped: HemoglobinModel) -> None:
    assert store.hemoglobin(people, "ideal").hemoglobin.value == pytest.approx(
        shipped.answer(people, "ideal").hemoglobin.value
    )


def test_a_missing_or_damaged_file_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(store.DIRECTORY, folder)
    (folder / "model.json").write_text("{}", encoding="utf-8")
    with pytest.raises(MissingAsset, match="damaged"):
        store.load(folder)
    shutil.copy(store.DIRECTORY / "model.json", folder)
    (folder / "hybrid-1.safetensors").unlink()
    with pytest.raises(MissingAsset, match="hybrid-1"):
        store.load(folder)


def test_the_band_of_a_probability_grows_with_what_is_unsure(shipped: HemoglobinModel) -> None:
    platt = shipped.facts.calibration.platt
    margin = np.array([-2.0, 0.0, 2.0])
    sure, unsure = (Calibration(platt=platt, covariance=(v, 0.0, v)).band(margin) for v in (1e-6, 0.25))
    assert (sure[1] - sure[0] < 0.01).all()
    assert (unsure[1] - unsure[0] > 0.1).all()
