"""What is said of a person: haemoglobin with its interval, and how probable anaemia is."""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qcore.backends.protocol import Provenance
from qcore.tasks.hemoglobin.anemia import limits_g_dl
from qcore.tasks.hemoglobin.facts import NOMINAL_COVERAGE, Judging
from qcore.tasks.prediction import Prediction

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Answer:
    """What is said of a batch of people.

    Attributes:
        hemoglobin: in g/dL; its interval holds nine people in ten. Its decision is that the value lies below the limit
            of the person's sex, which is why it has no threshold of its own.
        anemia: the calibrated probability of a haemoglobin below that limit; its interval is that of the probability
            over resampled patients, not of the person.
    """

    hemoglobin: Prediction
    anemia: Prediction


def answered(
    hemoglobin_g_dl: Array, error_g_dl: Array, provenance: Provenance, is_female: Array, judging: Judging, card: str
) -> Answer:
    """Return the answer for estimated values.

    Args:
        hemoglobin_g_dl: ``(n,)`` estimated.
        error_g_dl: ``(n,)`` standard error from shots; 0 where exact.
        provenance: what ran.
        is_female: ``(n,)`` 1 for a woman.
        judging: calibration, threshold and widths of intervals.
        card: id of the model's card.
    """
    limits, reach = limits_g_dl(is_female), judging.half_widths_g_dl(is_female)
    margin, calibration = limits - hemoglobin_g_dl, judging.calibration
    probability = calibration.probability(margin)
    low, high = calibration.band(margin)
    estimated = Prediction(
        value=hemoglobin_g_dl,
        standard_error=error_g_dl,
        unit="g/dL",
        low=hemoglobin_g_dl - reach,
        high=hemoglobin_g_dl + reach,
        nominal_coverage=NOMINAL_COVERAGE,
        decision=hemoglobin_g_dl < limits,
        threshold=math.nan,
        population=judging.population,
        model_card=card,
        provenance=provenance,
    )
    anemia = replace(
        estimated,
        value=probability,
        standard_error=calibration.platt.standard_error(margin, error_g_dl),
        unit="probability",
        low=low,
        high=high,
        decision=probability >= judging.threshold,
        threshold=judging.threshold,
    )
    return Answer(estimated, anemia)
