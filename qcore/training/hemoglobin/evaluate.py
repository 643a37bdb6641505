"""Measure the haemoglobin models: nested cross-validation of all of them, and the final one under noise."""

import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from qcore.backends.registry import backend
from qcore.tasks.hemoglobin.anemia import limits_g_dl
from qcore.tasks.hemoglobin.evaluation import HemoglobinEvaluation, NoiseEffect
from qcore.tasks.hemoglobin.features import FEMALE
from qcore.tasks.hemoglobin.model import HemoglobinModel
from qcore.training.cohorts.zalizadeh import read_patients
from qcore.training.hemoglobin.candidates import CANDIDATES
from qcore.training.hemoglobin.measure import evaluation
from qcore.training.hemoglobin.nested import N_FOLDS, N_INNER_FOLDS, N_REPEATS, HeldOut, cross_validate
from qcore.training.hemoglobin.train import Tell

Array = NDArray[np.float64]

DEVICES, SCALES = ("fez", "torino", "sherbrooke"), (1.0, 3.0)
DATA = (
    "Each patient is a row (doi:10.24432/C5Q31T, CC BY 4.0), and is estimated by models "
    f"that were tuned, trained and calibrated without him: {N_REPEATS} times divided into {N_FOLDS} parts, settings "
    f"chosen by {N_INNER_FOLDS} more parts within the others. Intervals are over resampled patients; what another "
    "training would change is not in them."
)


def evaluate(
    model: HemoglobinModel, data: Path, tell: Tell = lambda _what, _done, _all: None, n_repeats: int = N_REPEATS
) -> HemoglobinEvaluation:
    """Measure all models (about eight minutes on one core).

    Args:
        model: the final one, of which the effect of noise is told.
        data: folder of the public data sets.
        tell: what is being done, how many steps are done and how many there are.
        n_repeats: how often patients are divided.

    Raises:
        MissingAsset: the data are not there.
    """
    patients, start = read_patients(data), time.perf_counter()
    x, y = patients.inputs.to_numpy(np.float64), patients.hemoglobin_g_dl
    held_out: dict[str, list[HeldOut]] = {}
    steps = len(CANDIDATES) * n_repeats
    for candidate in CANDIDATES:
        for repeat in range(n_repeats):
            done = len(held_out) * n_repeats + repeat
            tell(f"cross-validating {candidate.name}", done, steps)
            held_out.setdefault(candidate.name, []).append(cross_validate(candidate, x, y, repeat))
    tell("resampling patients", steps, steps)
    seconds = time.perf_counter() - start
    return evaluation(x, y, held_out, under_noise(model, x), seconds, DATA)


def under_noise(model: HemoglobinModel, x: Array) -> list[NoiseEffect]:
    """Compare the answers of the final model under noise with the noiseless ones, for patients ``(n, 11)``."""
    limits = limits_g_dl(x[:, FEMALE])
    calm = model.estimates(x, "ideal")[0]
    calibration, threshold = model.facts.calibration, model.facts.threshold

    def decided(estimates: Array) -> NDArray[np.bool_]:
        return np.asarray(calibration.probability(limits - estimates) >= threshold)

    effects = []
    for device in DEVICES:
        for scale in SCALES:
            noisy = model.estimates(x, backend(f"noisy:{device}:{scale:g}"))[0]
            change = np.abs(noisy - calm)
            flips = float(np.mean(decided(noisy) != decided(calm)))
            effects.append(
                NoiseEffect(
                    device, scale, round(float(change.mean()), 4), round(float(change.max()), 4), round(flips, 4)
                )
            )
    return effects
