"""Nested cross-validation: nobody is estimated by a model that knew him, and what ships is what was measured."""

from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from qcore.tasks.hemoglobin import store
from qcore.tasks.hemoglobin.evaluation import AUC, MAE, RMSE
from qcore.tasks.hemoglobin.model import AGE_AND_SEX, IN_A_SENTENCE, MEAN, RIDGE
from qcore.tasks.hemoglobin.network import HYBRID, TWIN
from qcore.training.cohorts.zalizadeh import Patients, read_patients
from qcore.training.hemoglobin.candidates import CANDIDATES, Array, Candidate, NetworkSetting, Predict, fit_member
from qcore.training.hemoglobin.card import card, verdict
from qcore.training.hemoglobin.evaluate import under_noise
from qcore.training.hemoglobin.measure import auc, evaluation
from qcore.training.hemoglobin.nested import N_FOLDS, N_REPEATS, choose, cross_validate, divisions, half_widths

BY_NAME = {candidate.name: candidate for candidate in CANDIDATES}


@pytest.fixture(scope="module")
def patients(data: Path) -> Patients:
    return read_patients(data)


def made_up(n: int = 120) -> tuple[Array, Array]:
    rng = np.random.default_rng(0)
    x = np.column_stack([rng.uniform(30, 80, n), rng.integers(0, 2, n), rng.standard_normal((n, 9))])
    return x, 14 - 1.3 * x[:, 1] + rng.normal(0, 1, n)


def test_the_patients_are_read_as_they_are(patients: Patients) -> None:
    assert patients.inputs.shape == (303, 11)
    first = patients.inputs.iloc[0]
    assert (first["age_years"], first["female"], first["systolic_mmhg"], first["rate_bpm"]) == (53, 0, 110, 80)
    assert (first["st_depression"], first["t_inversion"], first["q_wave"]) == (1, 1, 0)
    assert patients.hemoglobin_g_dl[0] == 15.6
    assert patients.inputs["female"].sum() == 127
    assert patients.inputs["bundle_branch_block"].sum() == 21


def test_a_model_that_learns_by_heart_gains_nothing() -> None:
    x, y = made_up()

    def fit(known: Array, outcome: Array, _setting: object, _members: int, _seed: int) -> Predict:
        by_heart = {row.tobytes(): value for row, value in zip(known, outcome, strict=True)}
        return lambda rows: np.array([by_heart.get(row.tobytes(), 0.0) for row in rows])

    assert (cross_validate(Candidate("by heart", (None,), fit), x, y, 0).hemoglobin_g_dl == 0).all()


def test_folds_are_alike_and_hold_everybody_once() -> None:
    x, y = made_up()
    tests = [test for _, test in divisions(x, y, 5, 0)]
    assert sorted(np.concatenate(tests)) == list(range(len(y)))
    assert np.ptp([x[test, 1].mean() for test in tests]) < 0.1


def test_the_setting_with_the_least_error_is_chosen() -> None:
    x, y = made_up()
    shifted = Candidate("shifted", (5.0, 0.0, -5.0), lambda _x, y, at, _n, _s: lambda r: np.full(len(r), y.mean() + at))
    assert choose(shifted, x, y, 3, 0).setting == 0.0


def test_the_interval_covers_what_it_promises() -> None:
    x, y = made_up(400)
    widths = half_widths(x, (y - y.mean())[:, None])
    for sex in (0.0, 1.0):
        covered = np.mean(np.abs(y - y.mean())[x[:, 1] == sex] <= widths[sex])
        assert 0.9 <= covered < 0.93
    assert half_widths(x[x[:, 1] == 0], np.ones((int((x[:, 1] == 0).sum()), 1)))[1.0] == 1.0


def test_the_auc_is_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(1)
    event, scores = rng.integers(0, 2, 80).astype(float), rng.integers(0, 9, (80, 3)).astype(float)
    expected = np.mean([roc_auc_score(event, column) for column in scores.T])
    assert auc(event, scores) == pytest.approx(expected)
    assert auc(np.ones(5), scores[:5]) == 0.5


def test_the_figures_of_linear_models_are_recomputed(patients: Patients) -> None:
    x, y = patients.inputs.to_numpy(np.float64), patients.hemoglobin_g_dl
    names = (AGE_AND_SEX, RIDGE, MEAN)
    runs = {name: [cross_validate(BY_NAME[name], x, y, repeat) for repeat in range(N_REPEATS)] for name in names}
    again = evaluation(x, y, {HYBRID: runs[AGE_AND_SEX], **runs}, [], 0.0, "")
    kept = store.load_evaluation()
    for name in names:
        assert again.models[name] == kept.models[name]
    assert (kept.n, kept.events, kept.n_folds, kept.n_repeats) == (303, 81, N_FOLDS, N_REPEATS)


def test_the_card_is_that_of_the_weights_and_figures_and_claims_no_more() -> None:
    kept = store.load_evaluation()
    text = (store.DIRECTORY / store.CARD_FILE).read_text(encoding="utf-8")
    assert text == card(store.load(), kept)
    assert verdict(kept) in text.split("\n\n")[1]
    difference = kept.differences[AGE_AND_SEX]
    not_better = difference[MAE].high >= 0 and difference[RMSE].high >= 0 and difference[AUC].low <= 0
    assert not_better == ("no better than age and sex alone" in IN_A_SENTENCE)
    assert "cannot replace a blood count" in verdict(kept)


def test_the_verdict_follows_the_figures() -> None:
    kept = store.load_evaluation()
    better = kept.models[HYBRID][MAE].__class__(-0.2, -0.3, -0.1)
    changed = kept.model_copy(update={"differences": {**kept.differences, AGE_AND_SEX: dict.fromkeys(METRICS, better)}})
    assert "is better than these in MAE, g/dL and RMSE, g/dL and is worse in AUC" in verdict(changed)


METRICS = (MAE, RMSE, AUC)


def test_coverage_on_patients_held_out_is_near_the_nominal_one() -> None:
    kept = store.load_evaluation()
    everybody = kept.coverage[0]
    assert everybody.coverage.low <= kept.nominal_coverage <= everybody.coverage.high


@pytest.mark.slow
def test_the_figures_of_the_networks_are_recomputed_in_one_repeat(patients: Patients) -> None:
    x, y = patients.inputs.to_numpy(np.float64), patients.hemoglobin_g_dl
    kept = store.load_evaluation()
    for name in (HYBRID, TWIN):
        once = evaluation(x, y, {HYBRID: [cross_validate(BY_NAME[name], x, y, 0)]}, [], 0.0, "")
        # One repeat of several: the division into folds moves it less than this.
        assert once.models[HYBRID][MAE].value == pytest.approx(kept.models[name][MAE].value, abs=0.03)
        assert once.models[HYBRID][AUC].value == pytest.approx(kept.models[name][AUC].value, abs=0.06)


@pytest.mark.slow
def test_training_again_gives_the_shipped_weights(patients: Patients) -> None:
    x, y = patients.inputs.to_numpy(np.float64), patients.hemoglobin_g_dl
    model = store.load()
    for name in (HYBRID, TWIN):
        setting = NetworkSetting(model.facts.n_layers[name], model.facts.feature_l1[name])
        again = fit_member(name, x, y, setting, model.facts.seeds[0])
        for key, value in again.state_dict().items():
            assert value.numpy() == pytest.approx(model.members[name][0].state_dict()[key].numpy(), abs=1e-6), key


@pytest.mark.slow
def test_the_effect_of_noise_is_recomputed(patients: Patients) -> None:
    kept = store.load_evaluation().noise
    for again, before in zip(under_noise(store.load(), patients.inputs.to_numpy(np.float64)), kept, strict=True):
        assert again[:2] == before[:2]
        assert again[2:] == pytest.approx(before[2:], abs=1e-3)
