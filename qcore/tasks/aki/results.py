"""Risks of many patients as one table: what the page shows and what the download and the command write."""

from collections.abc import Callable

import pandas as pd

from qcore.backends.protocol import Backend
from qcore.tasks.aki.model import AkiModel
from qcore.tasks.classification.model import GRADIENT_BOOSTING

PATIENTS_A_STEP = 4096

RISK = "risk_percent"
LOW = "low_percent"
HIGH = "high_percent"
SHOT_ERROR = "shot_standard_error_percent"
ALERT = "alert"
STRONGEST = "gradient_boosting_percent"
COLUMNS = (RISK, LOW, HIGH, SHOT_ERROR, ALERT, STRONGEST, "threshold_percent", "backend", "model_card", "note")


def results_table(
    model: AkiModel,
    inputs: pd.DataFrame,
    backend: Backend,
    on_progress: Callable[[int, int], object] = lambda _done, _total: None,
    strongest: "pd.Series[float] | None" = None,
) -> pd.DataFrame:
    """Return one row a patient, in the order of the inputs.

    Args:
        model: the trained models of one family, calibrated.
        inputs: ``(n, 12)`` complete and checked, canonical units, indexed by patient_id.
        backend: where the circuit runs.
        on_progress: is told how many patients of how many are done.
        strongest: what this table said, on another backend, of the strongest classical model, which runs on none: not
            computed again.

    Returns:
        Indexed by patient_id: risk, interval and standard error from shots (0 where exact) in percent, alert ("yes"
        or "no"), the strongest classical model's risk in percent, and what ran, so that an exported row explains
        itself.
    """
    parts = []
    for start in range(0, len(inputs), PATIENTS_A_STEP):
        rows = inputs.iloc[start : start + PATIENTS_A_STEP]
        prediction = model.predict(rows, backend)
        part = pd.DataFrame(
            {
                RISK: prediction.value * 100,
                LOW: prediction.low * 100,
                HIGH: prediction.high * 100,
                SHOT_ERROR: prediction.standard_error * 100,
                ALERT: ["yes" if alert else "no" for alert in prediction.decision],
                STRONGEST: model.control_risks(rows)[GRADIENT_BOOSTING] * 100
                if strongest is None
                else strongest.to_numpy()[start : start + PATIENTS_A_STEP],
            },
            index=rows.index,
        ).round(1)
        parts.append(
            part.assign(
                threshold_percent=round(prediction.threshold * 100, 1),
                backend=prediction.provenance.backend,
                model_card=prediction.model_card,
                note="research only, not for clinical use",
            )
        )
        on_progress(min(start + PATIENTS_A_STEP, len(inputs)), len(inputs))
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS), index=pd.Index([], name=inputs.index.name))
    return pd.concat(parts)[list(COLUMNS)]
