"""Measure trained AKI models on patients they have never seen, and say how the hybrid compares."""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qcore.backends.protocol import Backend
from qcore.evidence.calibration import reliability
from qcore.evidence.circuit_quality import circuit_quality
from qcore.evidence.conformal import GROUP_SIZE, coverage, groups
from qcore.evidence.decision import operating_point
from qcore.evidence.evaluation import Evaluation, ExternalCheck, IntervalCheck, ReliabilityPoint, Subgroup
from qcore.evidence.metrics import METRICS, all_metrics, estimate, paired_difference
from qcore.tasks.aki import kdigo
from qcore.tasks.aki.inputs import BY_NAME, ICU_TYPES
from qcore.tasks.aki.model import CARD, CIRCUIT, HYBRID, AkiModel
from qcore.training.cards.noise_curve import noise_curve
from qcore.training.cohorts.cohort import Cohort

Array = NDArray[np.float64]

MIN_EVENTS_A_SUBGROUP = 10
"""Below this an AUROC says nothing."""
AGE_BANDS_YEARS = (0, 50, 65, 80, 120)
DIGITS = 4
RISEN = "KDIGO rise on day 1 already"


def evaluate(model: AkiModel, cohort: Cohort, backend: Backend) -> Evaluation:
    """Return metrics with 95 % intervals of the hybrid and its controls.

    Args:
        model: the trained models.
        cohort: patients with outcome that took no part in training.
        backend: where the circuit runs.
    """
    outcome = cohort.outcome.to_numpy(dtype=np.float64)
    prediction = model.predict(cohort.inputs, backend)
    risk = prediction.value
    controls = model.control_risks(cohort.inputs)
    return Evaluation(
        task=CARD,
        model=HYBRID,
        backend=prediction.provenance.backend,
        split=cohort.name,
        n=len(outcome),
        base_rate=round(float(outcome.mean()), DIGITS),
        metrics=all_metrics(outcome, risk),
        controls={name: all_metrics(outcome, other) for name, other in controls.items()},
        auroc_difference={
            name: paired_difference(METRICS["auroc"], outcome, risk, other) for name, other in controls.items()
        },
        operating_point=operating_point(outcome, risk, prediction.threshold),
        interval=IntervalCheck(
            nominal_coverage=prediction.nominal_coverage,
            coverage=round(coverage(risk, outcome, model.facts.half_width), DIGITS),
            n_groups=len(outcome) // GROUP_SIZE,
            highest_group=round(float(groups(risk, outcome)[0].max()), DIGITS),
        ),
        reliability={
            name: [ReliabilityPoint(*point) for point in reliability(outcome, values)]
            for name, values in {HYBRID: risk, **controls}.items()
        },
        subgroups=subgroups(cohort, risk),
        attrition=cohort.attrition,
    )


def with_noise(evaluation: Evaluation, model: AkiModel, cohort: Cohort) -> Evaluation:
    """Return the evaluation with the noise curve and the qualities of the circuit added."""
    points = noise_curve(
        lambda where: model.predict(cohort.inputs, where).value,
        cohort.outcome.to_numpy(dtype=np.float64),
        model.facts.operating_point.threshold,
    )
    return evaluation.model_copy(update={"noise": points, "circuit": circuit_quality(CIRCUIT)})


def subgroups(cohort: Cohort, risk: Array) -> list[Subgroup]:
    """Return AUROC with interval, predicted and observed rate by sex, age and unit.

    Args:
        cohort: with the attributes sex, age_years and icu_type.
        risk: ``(n,)`` predicted probability.
    """
    age = pd.cut(cohort.attributes["age_years"], list(AGE_BANDS_YEARS), right=False)
    columns = {
        "sex": cohort.attributes["sex"],
        "age": age.map(lambda band: f"{band.left} to {band.right - 1} years", na_action="ignore"),
        "day 1": kdigo.risen_on_day_one(cohort.inputs).map({True: RISEN, False: "no KDIGO rise on day 1"}),
        "unit": cohort.attributes["icu_type"].map(dict(ICU_TYPES)),
    }
    outcome = cohort.outcome.to_numpy(dtype=np.float64)
    rows = []
    for attribute, values in columns.items():
        for group in sorted(values.dropna().unique()):
            inside = (values == group).to_numpy()
            events = int(outcome[inside].sum())
            enough = min(events, int(inside.sum()) - events) >= MIN_EVENTS_A_SUBGROUP
            auroc = METRICS["auroc"]
            rows.append(
                Subgroup(
                    attribute=attribute,
                    group=str(group),
                    n=int(inside.sum()),
                    events=events,
                    observed=round(float(outcome[inside].mean()), DIGITS),
                    predicted=round(float(risk[inside].mean()), DIGITS),
                    auroc=estimate(auroc, outcome[inside], risk[inside], resamples=500) if enough else None,
                )
            )
    return rows


def external_check(model: AkiModel, cohort: Cohort, backend: Backend, note: str) -> ExternalCheck:
    """Report how the model behaves on patients of another kind; an input nobody measured takes the training median.

    Args:
        model: the trained models.
        cohort: the other patients.
        backend: where the circuit runs.
        note: what makes them different, for the reader.
    """
    outcome = cohort.outcome.to_numpy(dtype=np.float64)
    risk = model.predict(cohort.inputs, backend).value
    metrics: dict[str, Any] = {name: estimate(METRICS[name], outcome, risk) for name in ("auroc", "brier")}
    never = cohort.inputs.columns[cohort.inputs.isna().all()]
    return ExternalCheck(
        name=cohort.name,
        note=note,
        n=len(outcome),
        events=int(outcome.sum()),
        predicted=round(float(risk.mean()), DIGITS),
        metrics=metrics,
        imputed_inputs=tuple(BY_NAME[name].label for name in never),
    )
