"""Measure the models of an entry on the test cases of its question, and under device noise."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from qcore.backends.protocol import Backend
from qcore.backends.registry import backend
from qcore.evidence.calibration import reliability
from qcore.evidence.circuit_quality import circuit_quality
from qcore.evidence.conformal import FEWEST_PATIENTS, GROUP_SIZE, NOMINAL_COVERAGE, coverage, groups
from qcore.evidence.conformal_set import set_coverage, yes_or_no_set
from qcore.evidence.decision import decision_quality
from qcore.evidence.evaluation import Evaluation, IntervalCheck, LabelEvidence, ReliabilityPoint, Subgroup
from qcore.evidence.macro import MacroEvidence, macro_evidence
from qcore.evidence.metrics import METRICS, all_metrics, estimate, paired_difference
from qcore.evidence.noise_point import NoisePoint
from qcore.models.circuits import circuit_layers
from qcore.tasks.classification.labels import Labels
from qcore.tasks.classification.model import HYBRID, READS_RAW, Model
from qcore.training.cards.noise_curve import noise_curve
from qcore.training.classification.cases import Cases
from qcore.training.classification.reference import Reference

Array = NDArray[np.float64]
COMPARED = ("auroc", "accuracy")
DIGITS = 4
FEWEST_EVENTS = 10
"""Fewest cases of a subgroup; with fewer, an AUROC says nothing."""


def evaluate(model: Model, cases: Cases, where: Backend, reference: Reference | None = None) -> Evaluation:
    """Return metrics with 95 % intervals of hybrid, twin and references.

    Args:
        model: the trained models of one family, calibrated.
        cases: of the test split.
        where: where the hybrid's circuit runs.
        reference: what a strong classical model says of the same cases, where the model has none of its own.
    """
    entry, facts, labels = model.entry, model.facts, model.entry.question.labels
    # Prepared once: pretrained convolutions take longer than all that comes after them.
    x = model.prepared(HYBRID, cases.x)
    logits = {
        name: model.logits_of_prepared(name, cases.x if name in READS_RAW else x, where) for name in model.members
    }
    probabilities = {name: model.calibrated(name, several.mean(0)) for name, several in logits.items()}
    parameters = {name: len(facts.seeds) * size for name, size in facts.n_parameters.items()}
    seconds = dict(facts.training_seconds)
    if reference is not None:
        probabilities[reference.name] = reference.probabilities
        parameters[reference.name], seconds[reference.name] = reference.n_parameters, reference.training_seconds
    members = [model.calibrated(HYBRID, single) for single in logits[HYBRID]]
    by_label = {}
    for column, label in enumerate(labels.names):
        risks = {name: values[:, column] for name, values in probabilities.items()}
        single = [values[:, column] for values in members]
        given = model.decisions(probabilities[HYBRID])[:, column]
        by_label[label] = _evidence(model, label, cases, cases.outcome[:, column], risks, single, given)
    return Evaluation(
        task=entry.name,
        model=f"{entry.family}, {circuit_layers(model.members[HYBRID][0])[0].circuit.name}",
        weights=model.digest,
        trained_on=facts.trained_on,
        backend=where.name,
        split=cases.name,
        n=len(cases),
        n_people=None if cases.people is None else len(np.unique(cases.people)),
        labels=by_label,
        kinds=labels.kinds(
            cases.outcome,
            probabilities[HYBRID],
            {name: values for name, values in probabilities.items() if name != HYBRID},
            cases.people,
        ),
        macro=_macro(labels, cases, probabilities),
        parameters=parameters,
        training_seconds=seconds,
        attrition=dict(cases.attrition),
    )


def _macro(labels: Labels, cases: Cases, probabilities: dict[str, Array]) -> MacroEvidence | None:
    """Measure the labels together over which a mean AUROC is reported, if there are any."""
    if not labels.averaged:
        return None
    columns = [labels.names.index(name) for name in labels.averaged]
    part = {name: values[:, columns] for name, values in probabilities.items()}
    hybrid = part.pop(HYBRID)
    return macro_evidence(labels.averaged, cases.outcome[:, columns], hybrid, part, cases.people)


def _evidence(
    model: Model,
    label: str,
    cases: Cases,
    outcome: Array,
    risks: dict[str, Array],
    members: list[Array],
    given: NDArray[np.bool_],
) -> LabelEvidence:
    facts, hybrid = model.facts, risks[HYBRID]
    controls = {name: risk for name, risk in risks.items() if name != HYBRID}
    held = _of_sets(model, label, outcome, hybrid)
    return LabelEvidence(
        base_rate=round(float(outcome.mean()), DIGITS),
        metrics=all_metrics(outcome, hybrid, cases.people),
        members=[{name: round(METRICS[name](outcome, risk), DIGITS) for name in COMPARED} for risk in members],
        controls={name: all_metrics(outcome, control, cases.people) for name, control in controls.items()},
        differences={
            metric: {
                name: paired_difference(METRICS[metric], outcome, hybrid, control, people=cases.people)
                for name, control in controls.items()
            }
            for metric in COMPARED
        },
        reliability={
            name: [ReliabilityPoint(*point) for point in reliability(outcome, risk)] for name, risk in risks.items()
        },
        operating_point=decision_quality(outcome, given, facts.thresholds.get(label)),
        interval=_interval_check(hybrid, outcome, facts.half_width.get(label)),
        set_coverage=held[0],
        absent_coverage=held[1],
        subgroups=subgroups(cases.groups, outcome, hybrid),
    )


def _of_sets(model: Model, label: str, outcome: Array, risk: Array) -> tuple[float | None, float | None]:
    """Return how often conformal sets hold the label of cases with it, and its absence of cases without it.

    None where that was not learnt.
    """
    lowest = model.facts.possible_from
    absent = {column.name: column.absent for column in model.entry.question.labels.columns}[label]
    if label not in lowest:
        return None, None
    if absent not in lowest:
        return round(set_coverage(risk, outcome, lowest[label]), DIGITS), None
    yes, no = yes_or_no_set(risk, model.facts.thresholds[label], lowest[label], lowest[absent])
    return round(float(yes[outcome == 1].mean()), DIGITS), round(float(no[outcome == 0].mean()), DIGITS)


def _interval_check(risk: Array, outcome: Array, half_width: float | None) -> IntervalCheck | None:
    if half_width is None or len(outcome) < FEWEST_PATIENTS:
        return None
    return IntervalCheck(
        nominal_coverage=NOMINAL_COVERAGE,
        coverage=round(coverage(risk, outcome, half_width), DIGITS),
        n_groups=len(outcome) // GROUP_SIZE,
        highest_group=round(float(groups(risk, outcome)[0].max()), DIGITS),
    )


def subgroups(attributes: pd.DataFrame, outcome: Array, risk: Array) -> list[Subgroup]:
    """Return AUROC with interval, predicted and observed rate in groups of cases.

    Args:
        attributes: ``(n, ...)`` the group of each case by each attribute, NaN where unknown; none if it is empty.
        outcome: ``(n,)`` 0 or 1.
        risk: ``(n,)`` predicted probability of the label.
    """
    rows = []
    for attribute, values in attributes.items():
        for group in sorted(values.dropna().unique()):
            inside = (values == group).to_numpy()
            events = int(outcome[inside].sum())
            enough = min(events, int(inside.sum()) - events) >= FEWEST_EVENTS
            auroc = METRICS["auroc"]
            rows.append(
                Subgroup(
                    attribute=str(attribute),
                    group=str(group),
                    n=int(inside.sum()),
                    events=events,
                    observed=round(float(outcome[inside].mean()), DIGITS),
                    predicted=round(float(risk[inside].mean()), DIGITS),
                    auroc=estimate(auroc, outcome[inside], risk[inside], resamples=500) if enough else None,
                )
            )
    return rows


def with_noise(evaluation: Evaluation, model: Model, cases: Cases) -> Evaluation:
    """Return the evaluation with the noise curve and the qualities of the circuit added."""
    circuit = circuit_layers(model.members[HYBRID][0])[0].circuit
    return with_evidence(evaluation, "noise", under_noise(model, cases)).model_copy(
        update={"circuit": circuit_quality(circuit)}
    )


def with_evidence(evaluation: Evaluation, name: str, by_label: "dict[str, list[NoisePoint]]") -> Evaluation:
    """Return the evaluation with one field of the evidence of every label replaced."""
    labels = {
        label: evidence.model_copy(update={name: by_label[label]}) for label, evidence in evaluation.labels.items()
    }
    return evaluation.model_copy(update={"labels": labels})


def under_noise(model: Model, cases: Cases) -> dict[str, list[NoisePoint]]:
    """Return the noise curve of the hybrid on cases of the test split, by label."""
    x = model.prepared(HYBRID, cases.x)
    return noise_curve(
        lambda where: model.calibrated(HYBRID, model.logits_of_prepared(HYBRID, x, where).mean(0)),
        model.decisions,
        cases.outcome,
        model.entry.question.labels.names,
    )


def decisions_changed(model: Model, cases: Cases, where: Backend) -> float:
    """Return the share of cases that the hybrid decides otherwise on a backend than noiselessly."""
    noiseless, noisy = (
        model.decisions(model.probabilities(HYBRID, cases.x, runs_on)) for runs_on in (backend("ideal"), where)
    )
    return float((noiseless != noisy).any(axis=1).mean())


STUDIED = ("ablations", "learning", "retrained_on", "sources")


def with_study(evaluation: Evaluation, previous: Evaluation | None) -> Evaluation:
    """Return the evaluation with what was studied of the previous one, if that was of the same weights."""
    if previous is None or previous.weights != evaluation.weights:
        return evaluation
    retrained = {label: evidence.retrained_noise for label, evidence in previous.labels.items()}
    studied = {name: getattr(previous, name) for name in STUDIED}
    return with_evidence(evaluation, "retrained_noise", retrained).model_copy(update=studied)
