"""How the AKI model answers, whatever its weights: shapes, intervals, decisions, explanations, missing values."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch
from toys import random_inputs, random_model

from qcore.backends.protocol import Backend
from qcore.backends.registry import backend
from qcore.evidence.calibration import Platt
from qcore.tasks.aki import model as aki
from qcore.tasks.aki.encoding import FEATURES
from qcore.tasks.aki.examples import examples
from qcore.tasks.aki.inputs import INPUT_NAMES
from qcore.tasks.classification import model as model_of_all
from qcore.tasks.classification.model import HYBRID


def with_facts(model: aki.AkiModel, **changes: object) -> aki.AkiModel:
    return aki.AkiModel(replace(model.trained, facts=model.facts.model_copy(update=changes)))


def test_one_answer_a_patient(model: aki.AkiModel, patients: pd.DataFrame, ideal: Backend) -> None:
    answer = model.predict(patients, ideal)
    for values in (answer.value, answer.low, answer.high, answer.decision):
        assert values.shape == (len(patients),)
    assert ((answer.value > 0) & (answer.value < 1)).all()
    assert np.ptp(answer.value) > 0.01, "random weights tell patients apart"
    assert (answer.unit, answer.model_card) == ("probability", aki.CARD)
    assert answer.population == model.facts.population
    assert answer.provenance.backend == "ideal"


def test_the_interval_brackets_the_risk(model: aki.AkiModel, patients: pd.DataFrame, ideal: Backend) -> None:
    answer = model.predict(patients, ideal)
    assert ((answer.low >= 0) & (answer.low < answer.value)).all()
    assert ((answer.high <= 1) & (answer.high > answer.value)).all()
    assert answer.nominal_coverage == 0.9


def test_a_wider_band_is_passed_on(model: aki.AkiModel, patients: pd.DataFrame, ideal: Backend) -> None:
    wide = with_facts(model, half_width={aki.LABEL: 2 * model.facts.half_width[aki.LABEL]})
    narrow_answer, wide_answer = model.predict(patients, ideal), wide.predict(patients, ideal)
    assert (wide_answer.high > narrow_answer.high).all()
    assert (wide_answer.value == narrow_answer.value).all()


def test_the_decision_is_the_threshold(model: aki.AkiModel, patients: pd.DataFrame, ideal: Backend) -> None:
    risk = model.predict(patients, ideal).value
    for threshold in (float(np.median(risk)), float(risk[3]), 0.0, 1.0):
        moved = with_facts(model, thresholds={aki.LABEL: threshold})
        answer = moved.predict(patients, ideal)
        assert answer.threshold == threshold
        assert (answer.decision == (answer.value >= threshold)).all()
    assert answer.decision.sum() == 0


def test_risks_are_calibrated(model: aki.AkiModel, patients: pd.DataFrame, ideal: Backend) -> None:
    moved = with_facts(model, calibration={name: {aki.LABEL: Platt(0.0, -1.0)} for name in aki.LABELS})
    expected = pytest.approx(1 / (1 + np.e))
    assert moved.predict(patients, ideal).value == expected
    for risk in moved.control_risks(patients).values():
        assert risk == expected


def test_controls_answer_for_the_same_patients(model: aki.AkiModel, patients: pd.DataFrame) -> None:
    risks = model.control_risks(patients)
    assert set(risks) == set(aki.LABELS) - {HYBRID}
    for name, risk in risks.items():
        assert risk.shape == (len(patients),)
        assert ((risk > 0) & (risk < 1)).all(), name


def test_a_patient_does_not_depend_on_the_table(model: aki.AkiModel, patients: pd.DataFrame, ideal: Backend) -> None:
    whole = model.predict(patients, ideal).value
    one = model.predict(patients.iloc[[5]], ideal).value
    shuffled = patients[list(reversed(INPUT_NAMES))].assign(comment="ignored").iloc[::-1]
    assert one == pytest.approx(whole[5:6], abs=1e-12)
    assert model.predict(shuffled, ideal).value[::-1] == pytest.approx(whole, abs=1e-12)


def test_a_large_table_is_run_in_pieces(
    model: aki.AkiModel, patients: pd.DataFrame, ideal: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = model.predict(patients, ideal)
    monkeypatch.setattr(model_of_all, "CASES_A_CALL", 7)
    pieces = model.predict(patients, ideal)
    np.testing.assert_allclose(pieces.value, whole.value, rtol=0, atol=1e-12)
    assert pieces.provenance.seconds > 0


def test_no_patient_is_refused(model: aki.AkiModel, patients: pd.DataFrame, ideal: Backend) -> None:
    with pytest.raises(ValueError, match="at least one case"):
        model.predict(patients.iloc[:0], ideal)


def test_predicting_changes_neither_the_inputs_nor_the_model(
    model: aki.AkiModel, patients: pd.DataFrame, ideal: Backend
) -> None:
    before, first = patients.copy(), model.predict(patients, ideal).value
    model.explain(patients.iloc[0], ideal)
    pd.testing.assert_frame_equal(patients, before)
    assert (model.predict(patients, ideal).value == first).all()
    assert not any(p.grad is not None for p in model.trained.circuit_reader.parameters())


@pytest.mark.parametrize("name", INPUT_NAMES)
def test_a_missing_value_gives_an_answer_all_the_same(
    name: str, model: aki.AkiModel, patients: pd.DataFrame, ideal: Backend
) -> None:
    without = patients.assign(**{name: np.nan})
    assert np.isfinite(model.predict(without, ideal).value).all()
    for risk in model.control_risks(without).values():
        assert np.isfinite(risk).all()


def test_a_missing_value_counts_as_the_training_median(
    model: aki.AkiModel, patients: pd.DataFrame, ideal: Backend
) -> None:
    # An input that stands alone in its feature: the median of a ratio is not the ratio of medians.
    for name in ("age_years", "gcs_max", "icu_type"):
        median = model.reference_patient()[name]
        missing = model.predict(patients.assign(**{name: np.nan}), ideal).value
        np.testing.assert_allclose(missing, model.predict(patients.assign(**{name: median}), ideal).value, atol=1e-12)


def test_the_reference_patient_is_complete_and_in_order(model: aki.AkiModel) -> None:
    reference = model.reference_patient()
    assert tuple(reference.index) == INPUT_NAMES
    assert reference.notna().all()
    assert dict(reference) == model.facts.reference


def test_the_explanation_adds_up_to_the_risk(model: aki.AkiModel, patients: pd.DataFrame, ideal: Backend) -> None:
    for _, patient in patients.iloc[:2].iterrows():
        found = model.explain(patient, ideal)
        risk = model.predict(patient.to_frame().T, ideal).value[0]
        reference = model.predict(model.reference_patient().to_frame().T, ideal).value[0]
        assert found.names == INPUT_NAMES
        assert found.base_value == pytest.approx(reference, abs=1e-10)
        assert found.attributions.sum() == pytest.approx(risk - reference, abs=1e-10)
        assert abs(found.efficiency_residual) < 1e-10
        assert np.abs(found.attributions).max() > 1e-3


def test_an_input_like_the_reference_explains_nothing(model: aki.AkiModel, ideal: Backend) -> None:
    patient = model.reference_patient()
    assert np.abs(model.explain(patient, ideal).attributions).max() < 1e-12
    patient = patient.copy()
    patient["age_years"] = 20.0
    found = pd.Series(model.explain(patient, ideal).attributions, INPUT_NAMES)
    assert found.drop("age_years").abs().max() < 1e-12
    assert abs(found["age_years"]) > 1e-4


def test_the_order_of_a_patients_values_does_not_matter(
    model: aki.AkiModel, patients: pd.DataFrame, ideal: Backend
) -> None:
    patient = patients.iloc[0]
    np.testing.assert_allclose(
        model.explain(patient.iloc[::-1], ideal).attributions, model.explain(patient, ideal).attributions, atol=1e-12
    )


def test_the_gradient_reaches_the_hybrid_through_the_encoder(ideal: Backend, patients: pd.DataFrame) -> None:
    trained = random_model(2).trained
    hybrid = trained.circuit_reader
    hybrid(trained.preparation(torch.from_numpy(patients.to_numpy(copy=True))), ideal).square().mean().backward()
    for name, parameter in hybrid.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


def test_every_example_gets_an_answer(model: aki.AkiModel, ideal: Backend) -> None:
    table = pd.DataFrame([example.inputs for example in examples()])
    risk = model.predict(table, ideal).value
    assert np.isfinite(risk).all()


def test_values_far_outside_give_no_nonsense(model: aki.AkiModel, ideal: Backend) -> None:
    extreme = random_inputs(3, 1)
    extreme.iloc[0, :11] = 1e9
    extreme.iloc[1, :11] = 1e-9
    answer = model.predict(extreme, ideal)
    assert ((answer.value > 0) & (answer.value < 1)).all()


def test_an_exact_answer_has_no_error_bar(model: aki.AkiModel, patients: pd.DataFrame, ideal: Backend) -> None:
    for exact in (ideal, backend("noisy:fez")):
        answer = model.predict(patients, exact)
        assert (answer.standard_error == np.zeros(len(patients))).all()
        assert (model.explain(patients.iloc[0], exact).standard_error == 0).all()


def test_an_answer_from_shots_scatters_as_much_as_it_says(model: aki.AkiModel, patients: pd.DataFrame) -> None:
    exact = model.predict(patients, backend("noisy:fez"))
    z = []
    for seed in range(25):
        answer = model.predict(patients, backend(f"noisy:fez:shots=2000:seed={seed}"))
        assert (answer.standard_error > 0).all()
        z.append((answer.value - exact.value) / answer.standard_error)
    assert np.abs(z).max() < 5
    # To first order only: the curve of the probabilities bends a little over an error bar.
    assert np.std(z) == pytest.approx(1, abs=5 / np.sqrt(2 * np.size(z)) + 0.03)


def test_what_ran_is_told_with_the_answer(model: aki.AkiModel, patients: pd.DataFrame) -> None:
    told = model.predict(patients, backend("noisy:torino:2:shots=500:seed=3:readout")).provenance
    assert (told.backend, told.shots, told.seed) == ("noisy:torino:2:shots=500:seed=3:readout", 500, 3)
    assert told.device == "noise of IBM Torino × 2, simulated"
    assert told.mitigation == "read-out inversion"
    assert told.calibration_time


def test_noise_moves_risks_without_changing_the_model(
    model: aki.AkiModel, patients: pd.DataFrame, ideal: Backend
) -> None:
    noiseless = model.predict(patients, ideal).value
    moved = [np.abs(model.predict(patients, backend(f"noisy:fez:{s}")).value - noiseless).mean() for s in (0, 1, 3, 5)]
    assert moved[0] < 1e-9
    assert (np.diff(moved) > 1e-4).all()


def test_an_explanation_from_shots_adds_up_and_has_error_bars(model: aki.AkiModel, patients: pd.DataFrame) -> None:
    sampled, patient = backend("noisy:fez:shots=1000"), patients.iloc[0]
    found = model.explain(patient, sampled)
    risk = model.predict(patient.to_frame().T, sampled).value[0]
    reference = model.predict(model.reference_patient().to_frame().T, sampled).value[0]
    assert found.attributions.sum() == pytest.approx(risk - reference, abs=1e-10)
    exact = model.explain(patient, backend("noisy:fez"))
    assert (np.abs(found.attributions - exact.attributions) < 5 * found.standard_error + 1e-12).all()


def test_an_input_the_model_ignores_has_no_error_bar(patients: pd.DataFrame) -> None:
    model = random_model(3)
    place = [feature.column for feature in FEATURES].index("age_years")
    with torch.no_grad():  # the feature, and its distance from typical
        model.trained.circuit_reader.angles.weight[:, [place, len(FEATURES) + place]] = 0.0
    found = model.explain(patients.iloc[0], backend("noisy:fez:shots=1000"))
    error = pd.Series(found.standard_error, INPUT_NAMES)
    assert error["age_years"] == 0
    assert found.attributions[INPUT_NAMES.index("age_years")] == pytest.approx(0, abs=1e-12)
    assert (error.drop("age_years") > 0).sum() >= 9
