"""From predictions on patients held out to metrics with intervals: over patients, means over the repeats."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from qcore.evidence.calibration import reliability
from qcore.evidence.evaluation import ReliabilityPoint
from qcore.evidence.metrics import Score, estimate, expected_calibration_error, paired_difference
from qcore.tasks.hemoglobin.anemia import limits_g_dl
from qcore.tasks.hemoglobin.evaluation import AUC, MAE, RMSE, Coverage, HemoglobinEvaluation, NoiseEffect, Subgroup
from qcore.tasks.hemoglobin.facts import NOMINAL_COVERAGE
from qcore.tasks.hemoglobin.features import AGE, FEMALE
from qcore.tasks.hemoglobin.network import HYBRID
from qcore.training.hemoglobin.nested import N_FOLDS, HeldOut

Array = NDArray[np.float64]

AGE_BANDS_YEARS = (0, 50, 65, 200)
DIGITS = 4


def mae(truth: Array, predicted: Array) -> float:
    """Mean absolute error of predictions ``(n, n_repeats)``, mean of the repeats."""
    return float(np.mean(np.abs(predicted - truth[:, None])))


def rmse(truth: Array, predicted: Array) -> float:
    """Root mean square error of predictions ``(n, n_repeats)``, mean of the repeats."""
    return float(np.mean(np.sqrt(np.mean((predicted - truth[:, None]) ** 2, axis=0))))


def auc(event: Array, score: Array) -> float:
    """Area under the ROC curve of scores ``(n, n_repeats)``, mean of the repeats; by ranks (Mann and Whitney 1947).

    A resample may hold events alone or none: then nothing is told apart, which is 0.5.
    """
    n_events = int(event.sum())
    n_others = len(event) - n_events
    if not n_events or not n_others:
        return 0.5
    ranks = rankdata(score, axis=0)[event == 1].sum(axis=0)
    return float(np.mean((ranks - n_events * (n_events + 1) / 2) / (n_events * n_others)))


def bias(truth: Array, predicted: Array) -> float:
    """Mean of prediction less truth."""
    return float(np.mean(predicted - truth[:, None]))


def share(held: Array, _same: Array) -> float:
    """Return the mean of what is 0 or 1."""
    return float(np.mean(held))


def brier(event: Array, probability: Array) -> float:
    """Mean square error of probabilities ``(n, n_repeats)``."""
    return float(np.mean((probability - event[:, None]) ** 2))


def evaluation(
    x: Array,
    y: Array,
    held_out: Mapping[str, Sequence[HeldOut]],
    noise: list[NoiseEffect],
    seconds: float,
    data: str,
) -> HemoglobinEvaluation:
    """Measure all models on the patients that each of their repeats held out.

    Args:
        x: ``(n, 11)`` inputs with their units.
        y: ``(n,)`` g/dL.
        held_out: repeats of every model, the same divisions for each; that of the hybrid among them.
        noise: what noise does to the final model.
        seconds: that it took.
        data: what it was measured on, in sentences.
    """
    female = x[:, FEMALE]
    limits = limits_g_dl(female)
    event = (y < limits).astype(np.float64)
    predicted = {name: np.stack([one.hemoglobin_g_dl for one in runs], axis=1) for name, runs in held_out.items()}
    margins = {name: limits[:, None] - values for name, values in predicted.items()}
    chances = {name: np.stack([one.probability for one in runs], axis=1) for name, runs in held_out.items()}
    asked: dict[str, tuple[Score, Array, Mapping[str, Array]]] = {
        MAE: (mae, y, predicted),
        RMSE: (rmse, y, predicted),
        AUC: (auc, event, margins),
    }
    hybrid = held_out[HYBRID]
    reach = np.stack([one.half_width_g_dl for one in hybrid], axis=1)
    return HemoglobinEvaluation(
        data=data,
        n=len(y),
        events=int(event.sum()),
        n_folds=N_FOLDS,
        n_repeats=len(hybrid),
        models={
            name: {metric: estimate(score, truth, of[name]) for metric, (score, truth, of) in asked.items()}
            for name in predicted
        },
        differences={
            name: {
                metric: paired_difference(score, truth, of[HYBRID], of[name])
                for metric, (score, truth, of) in asked.items()
            }
            for name in predicted
            if name != HYBRID
        },
        calibration={
            name: {
                "brier": estimate(brier, event, chances[name]),
                "ece": estimate(expected_calibration_error, event, chances[name][:, 0]),
            }
            for name in predicted
        },
        reliability=[ReliabilityPoint(*point) for point in reliability(event, chances[HYBRID][:, 0], bins=5)],
        nominal_coverage=NOMINAL_COVERAGE,
        coverage=_coverage(y, predicted[HYBRID], reach, female),
        subgroups=_subgroups(x, y, event, predicted[HYBRID]),
        noise=noise,
        chosen={
            name: dict(Counter(str(setting) for one in runs for setting in one.settings))
            for name, runs in held_out.items()
        },
        seconds=round(seconds, 1),
    )


def _coverage(y: Array, predicted: Array, reach: Array, female: Array) -> list[Coverage]:
    held = (np.abs(predicted - y[:, None]) <= reach).astype(np.float64)
    groups = {"all": np.ones(len(y), bool), "women": female == 1, "men": female == 0}
    return [
        Coverage(group, int(of.sum()), estimate(share, held[of], held[of]), round(float(np.mean(reach[of])), DIGITS))
        for group, of in groups.items()
    ]


def _subgroups(x: Array, y: Array, event: Array, predicted: Array) -> list[Subgroup]:
    female, age = x[:, FEMALE] == 1, x[:, AGE]
    groups = {"women": female, "men": ~female}
    for low, high in pairwise(AGE_BANDS_YEARS):
        name = f"under {high} years" if not low else f"{low} years or more" if high == AGE_BANDS_YEARS[-1] else ""
        groups[name or f"{low} to {high - 1} years"] = (age >= low) & (age < high)
    return [
        Subgroup(
            name,
            int(of.sum()),
            int(event[of].sum()),
            estimate(mae, y[of], predicted[of]),
            estimate(bias, y[of], predicted[of]),
        )
        for name, of in groups.items()
    ]
