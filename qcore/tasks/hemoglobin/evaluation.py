"""What cross-validation of the haemoglobin models found: the content of evaluation.json and of the card."""

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from qcore.evidence.evaluation import ReliabilityPoint
from qcore.evidence.metrics import Estimate

MAE, RMSE, AUC = "mae_g_dl", "rmse_g_dl", "anemia_auc"


class Coverage(NamedTuple):
    """How many people an interval holds, and how wide it is."""

    group: str
    n: int
    coverage: Estimate
    half_width_g_dl: float


class Subgroup(NamedTuple):
    """How the hybrid does in one group of patients; bias is estimate less truth."""

    group: str
    n: int
    events: int
    mae_g_dl: Estimate
    bias_g_dl: Estimate


class NoiseEffect(NamedTuple):
    """What the noise of a processor does to the final model's answers on its patients (no shots)."""

    device: str
    scale: float
    mean_change_g_dl: float
    largest_change_g_dl: float
    decisions_changed: float


class HemoglobinEvaluation(BaseModel):
    """What cross-validation found.

    Attributes:
        data: what was measured on, and how, in sentences.
        n, events: patients, and those of them with anaemia.
        n_folds, n_repeats: outer divisions into parts, and how often patients were divided.
        models: metrics of every model on patients held out, mean over the repeats; intervals over patients.
        differences: hybrid minus each other model on the same patients, by model and metric.
        calibration: Brier score of the probability of anaemia and, in the first repeat, its calibration error.
        reliability: of the hybrid's probabilities, first repeat.
        nominal_coverage: that intervals of haemoglobin promise.
        coverage: that they had on patients held out, all and by sex.
        subgroups: of the hybrid by sex and age.
        noise: of the final model.
        chosen: how often the inner cross-validation chose each setting, by model.
        seconds: that all of it took.
    """

    model_config = ConfigDict(frozen=True)

    data: str
    n: int
    events: int
    n_folds: int
    n_repeats: int
    models: dict[str, dict[str, Estimate]]
    differences: dict[str, dict[str, Estimate]]
    calibration: dict[str, dict[str, Estimate]]
    reliability: list[ReliabilityPoint]
    nominal_coverage: float
    coverage: list[Coverage]
    subgroups: list[Subgroup]
    noise: list[NoiseEffect]
    chosen: dict[str, dict[str, int]]
    seconds: float
