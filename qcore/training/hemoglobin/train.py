"""Train the haemoglobin models on all patients; intervals and calibration come from patients held out."""

import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qcore.evidence.calibration import Platt, fit_platt
from qcore.evidence.decision import operating_point, threshold_for_sensitivity
from qcore.models.encoded import n_parameters
from qcore.models.trees import from_sklearn
from qcore.tasks.hemoglobin.anemia import FEMALE as WOMEN
from qcore.tasks.hemoglobin.anemia import MALE as MEN
from qcore.tasks.hemoglobin.anemia import limits_g_dl
from qcore.tasks.hemoglobin.facts import Calibration, Facts
from qcore.tasks.hemoglobin.features import FEMALE, NAMES
from qcore.tasks.hemoglobin.model import AGE_AND_SEX, GRADIENT_BOOSTING, RIDGE, HemoglobinModel
from qcore.tasks.hemoglobin.network import HYBRID, TWIN
from qcore.training.cohorts.zalizadeh import read_patients
from qcore.training.hemoglobin.candidates import (
    CANDIDATES,
    N_MEMBERS,
    Candidate,
    NetworkSetting,
    age_and_sex,
    boosted,
    fit_member,
    ridge,
)
from qcore.training.hemoglobin.nested import N_FOLDS, N_REPEATS, Inner, choose, divisions, half_widths

Array = NDArray[np.float64]
Tell = Callable[[str, int, int], object]

SEED = 0
SENSITIVITY = 0.8
"""Share of the anaemic that the threshold finds among patients held out."""
RESAMPLES = 500
POPULATION = (
    "303 patients of a heart centre in Tehran, 30 to 86 years old, who were referred for coronary angiography "
    "(Z-Alizadeh Sani data); 81 of them anaemic."
)


def train(data: Path, tell: Tell = lambda _what, _done, _all: None) -> HemoglobinModel:
    """Choose the settings by cross-validation on all patients and train on all of them (about two minutes).

    Args:
        data: folder of the public data sets.
        tell: what is being done, how many steps are done and how many there are.

    Raises:
        MissingAsset: the data are not there.
    """
    patients = read_patients(data)
    x, y = patients.inputs.to_numpy(np.float64), patients.hemoglobin_g_dl
    candidates = {candidate.name: candidate for candidate in CANDIDATES}
    fitted = (HYBRID, TWIN, RIDGE, GRADIENT_BOOSTING)
    chosen: dict[str, Inner] = {}
    seconds: dict[str, float] = {}
    for done, name in enumerate(fitted):
        tell(f"choosing the settings of {name}", done, 2 * len(fitted))
        chosen[name] = choose(candidates[name], x, y, N_FOLDS, SEED)
    settings = {name: chosen[name].setting for name in (HYBRID, TWIN)}
    members, layers, penalties = {}, {}, {}
    for done, (name, setting) in enumerate(settings.items()):
        tell(f"training {name}", len(fitted) + done, 2 * len(fitted))
        if not isinstance(setting, NetworkSetting):
            raise TypeError("a network needs the setting of a network")
        start = time.perf_counter()
        members[name] = [fit_member(name, x, y, setting, SEED + number) for number in range(N_MEMBERS)]
        seconds[name] = round(time.perf_counter() - start, 1)
        layers[name], penalties[name] = setting
    trees = from_sklearn(boosted(x, y, int(str(chosen[GRADIENT_BOOSTING].setting))))
    linear = {RIDGE: ridge(x, y, float(str(chosen[RIDGE].setting))), AGE_AND_SEX: age_and_sex(x, y)}
    tell("calibrating", 2 * len(fitted) - 1, 2 * len(fitted))
    facts = _facts(x, y, _held_out(candidates[HYBRID], x, y, chosen[HYBRID]))
    return HemoglobinModel(
        members,
        trees,
        facts.model_copy(
            update={
                "n_layers": layers,
                "feature_l1": penalties,
                "linear": linear,
                "n_parameters": {
                    **{name: n_parameters(several[0]) for name, several in members.items()},
                    GRADIENT_BOOSTING: trees.n_nodes,
                    **{name: int(np.count_nonzero(numbers)) for name, numbers in linear.items()},
                },
                "training_seconds": seconds,
            }
        ),
    )


def _held_out(candidate: Candidate, x: Array, y: Array, inner: Inner) -> Array:
    """Predict patients held out, ``(n, n_repeats)`` g/dL, by as many members as the final model has."""
    held_out = np.zeros((len(y), N_REPEATS))
    for repeat in range(N_REPEATS):
        for training, test in divisions(x, y, N_FOLDS, SEED + repeat):
            predict = candidate.fit(x[training], y[training], inner.setting, N_MEMBERS, SEED)
            held_out[test, repeat] = predict(x[test])
    return held_out


def _facts(x: Array, y: Array, held_out: Array) -> Facts:
    """Return what patients held out teach; what belongs to the fits themselves is still empty."""
    limits = limits_g_dl(x[:, FEMALE])
    event, margin = (y < limits).astype(np.float64), limits[:, None] - held_out
    calibration = calibrated(margin, event)
    events, probability = np.repeat(event, margin.shape[1]), calibration.probability(margin).reshape(-1)
    threshold = threshold_for_sensitivity(events, probability, SENSITIVITY)
    widths = half_widths(x, held_out - y[:, None])
    return Facts(
        population=POPULATION,
        n_patients=len(y),
        base_rate=float(event.mean()),
        n_layers={},
        feature_l1={},
        seeds=tuple(range(SEED, SEED + N_MEMBERS)),
        calibration=calibration,
        threshold=threshold,
        operating_point=operating_point(events, probability, threshold),
        half_width_g_dl={WOMEN: widths[1.0], MEN: widths[0.0]},
        reference=dict(zip(NAMES, np.median(x, axis=0).tolist(), strict=True)),
        linear={},
        n_parameters={},
        training_seconds={},
        versions={name: version(name) for name in ("torch", "pennylane", "scikit-learn")},
    )


def calibrated(margin_g_dl: Array, event: Array) -> Calibration:
    """Fit the probability of anaemia to patients held out, with its spread over resampled patients.

    Args:
        margin_g_dl: ``(n, n_repeats)`` limit less estimated haemoglobin.
        event: ``(n,)`` 1 where there is anaemia.
    """

    def fitted(rows: NDArray[np.int64]) -> Platt:
        return fit_platt(margin_g_dl[rows].reshape(-1), np.repeat(event[rows], margin_g_dl.shape[1]))

    rng, n = np.random.default_rng(SEED), len(event)
    fits = [fitted(rng.integers(0, n, n)) for _ in range(RESAMPLES)]
    (slope, both), (_, intercept) = np.cov([[fit.slope for fit in fits], [fit.intercept for fit in fits]])
    return Calibration(platt=fitted(np.arange(n)), covariance=(float(slope), float(both), float(intercept)))
