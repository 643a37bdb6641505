"""Measure a trained family on the test cases of its question beside its controls, and under device noise."""

from qcore.backends.protocol import Backend
from qcore.backends.registry import backend
from qcore.evidence.calibration import Platt, reliability
from qcore.evidence.circuit_quality import circuit_quality
from qcore.evidence.evaluation import ReliabilityPoint
from qcore.evidence.family_evaluation import FamilyEvaluation
from qcore.evidence.metrics import METRICS, all_metrics, paired_difference
from qcore.evidence.noise_point import NoisePoint
from qcore.models.quantum_layer import quantum_layers
from qcore.tasks.classification.model import HYBRID, FamilyModel
from qcore.training.aki.evaluate import subgroups
from qcore.training.cards.noise_curve import noise_curve
from qcore.training.classification.cases import Cases
from qcore.training.classification.reference import Reference

COMPARED = ("auroc", "accuracy")
DIGITS = 4


def evaluate(model: FamilyModel, cases: Cases, where: Backend, reference: Reference | None = None) -> FamilyEvaluation:
    """Return metrics with 95 % intervals of hybrid, twin and reference.

    Args:
        model: the trained models.
        cases: of the test split.
        where: where the hybrid's circuit runs.
        reference: what a strong classical model says of the same cases, where the model has none of its own.
    """
    entry, facts = model.entry, model.facts
    outcome = cases.y.double().numpy()
    risks = {name: model.probabilities(name, cases.x, where) for name in model.members}
    parameters = {name: len(facts.seeds) * size for name, size in facts.n_parameters.items()}
    seconds = dict(facts.training_seconds)
    if reference is not None:
        risks[reference.name] = reference.probability
        parameters[reference.name], seconds[reference.name] = reference.n_parameters, reference.training_seconds
    hybrid = risks.pop(HYBRID)
    single = Platt(*facts.platt[HYBRID])
    members = [single.probability(logits) for logits in model.logits(HYBRID, cases.x, where)]
    return FamilyEvaluation(
        task=entry.name,
        model=f"{entry.family}, {quantum_layers(model.members[HYBRID][0])[0].circuit.name}",
        weights=model.digest,
        trained_on=facts.trained_on,
        backend=where.name,
        split=f"{entry.question.dataset}, {'official test split' if cases.cohort is None else 'set-b'}",
        n=len(outcome),
        base_rate=round(float(outcome.mean()), DIGITS),
        metrics=all_metrics(outcome, hybrid),
        members=[{name: round(METRICS[name](outcome, risk), DIGITS) for name in COMPARED} for risk in members],
        controls={name: all_metrics(outcome, other) for name, other in risks.items()},
        parameters=parameters,
        training_seconds=seconds,
        differences={
            metric: {name: paired_difference(METRICS[metric], outcome, hybrid, other) for name, other in risks.items()}
            for metric in COMPARED
        },
        reliability={
            name: [ReliabilityPoint(*point) for point in reliability(outcome, risk)]
            for name, risk in {HYBRID: hybrid, **risks}.items()
        },
        subgroups=[] if cases.cohort is None else subgroups(cases.cohort, hybrid),
    )


def with_noise(evaluation: FamilyEvaluation, model: FamilyModel, cases: Cases) -> FamilyEvaluation:
    """Return the evaluation with the noise curve and the qualities of the circuit added."""
    circuit = quantum_layers(model.members[HYBRID][0])[0].circuit
    return evaluation.model_copy(update={"noise": under_noise(model, cases), "circuit": circuit_quality(circuit)})


def under_noise(model: FamilyModel, cases: Cases) -> list[NoisePoint]:
    """Return the noise curve of the hybrid on cases of the test split."""
    outcome = cases.y.double().numpy()
    return noise_curve(lambda where: model.probabilities(HYBRID, cases.x, where), outcome, model.facts.threshold)


def decisions_changed(model: FamilyModel, cases: Cases, where: Backend) -> float:
    """Return the share of cases that the hybrid decides otherwise on a backend than noiselessly."""
    noiseless, found = (
        model.probabilities(HYBRID, cases.x, place) >= model.facts.threshold for place in (backend("ideal"), where)
    )
    return float((noiseless != found).mean())


STUDIED = ("ablations", "learning", "retrained_on", "retrained_noise")


def with_study(evaluation: FamilyEvaluation, previous: FamilyEvaluation | None) -> FamilyEvaluation:
    """Return the evaluation with what was studied of the previous one, if that was of the same weights."""
    if previous is None or previous.weights != evaluation.weights:
        return evaluation
    return evaluation.model_copy(update={name: getattr(previous, name) for name in STUDIED})
