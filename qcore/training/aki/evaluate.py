"""Check the AKI models on patients of another kind."""

import numpy as np

from qcore.backends.protocol import Backend
from qcore.evidence.evaluation import ExternalCheck
from qcore.evidence.metrics import METRICS, estimate
from qcore.tasks.aki.inputs import BY_NAME
from qcore.tasks.aki.model import AkiModel
from qcore.training.cohorts.cohort import Cohort

DIGITS = 4


def external_check(model: AkiModel, cohort: Cohort, backend: Backend, note: str) -> ExternalCheck:
    """Report how the model behaves on patients of another kind; an input nobody measured takes the training median.

    Args:
        model: the trained models of one family, calibrated.
        cohort: patients of another hospital or kind, with their outcomes.
        backend: where the circuit runs.
        note: what makes them different, for the reader.
    """
    outcome = cohort.outcome.to_numpy(dtype=np.float64)
    risk = model.predict(cohort.inputs, backend).value
    never = cohort.inputs.columns[cohort.inputs.isna().all()]
    return ExternalCheck(
        name=cohort.name,
        note=note,
        n=len(outcome),
        events=int(outcome.sum()),
        predicted=round(float(risk.mean()), DIGITS),
        metrics={name: estimate(METRICS[name], outcome, risk) for name in ("auroc", "brier")},
        imputed_inputs=tuple(BY_NAME[name].label for name in never),
    )
