"""Measure trained imaging models on the official test split, and the hybrid under device noise."""

from qcore.backends.protocol import Backend
from qcore.evidence.calibration import Platt, reliability
from qcore.evidence.circuit_quality import circuit_quality
from qcore.evidence.evaluation import ReliabilityPoint
from qcore.evidence.family_evaluation import FamilyEvaluation
from qcore.evidence.metrics import METRICS, all_metrics, paired_difference
from qcore.models.quantum_layer import QuantumLayer
from qcore.tasks.imaging.model import HYBRID, ImagingModel
from qcore.training.medmnist import ImageSet
from qcore.training.noise_curve import noise_curve

COMPARED = ("auroc", "accuracy")
EVEN_ODDS = 0.5
DIGITS = 4


def evaluate(model: ImagingModel, images: ImageSet, where: Backend) -> FamilyEvaluation:
    """Return metrics with 95 % intervals of hybrid, twin and reference.

    Args:
        model: the trained models.
        images: of the test split.
        where: where the hybrid's circuit runs.
    """
    task, facts = model.task, model.facts
    outcome = images.y.double().numpy()
    risks = {name: model.probabilities(name, images.x, where) for name in model.members}
    hybrid = risks.pop(HYBRID)
    single = Platt(*facts.platt[HYBRID])
    members = [single.probability(logits) for logits in model.logits(HYBRID, images.x, where)]
    return FamilyEvaluation(
        task=task.name,
        model=f"{task.family} {task.n_qubits} x {task.n_layers}",
        backend=where.name,
        split=f"{task.dataset}, official test split",
        n=len(outcome),
        base_rate=round(float(outcome.mean()), DIGITS),
        metrics=all_metrics(outcome, hybrid),
        members=[{name: round(METRICS[name](outcome, risk), DIGITS) for name in COMPARED} for risk in members],
        controls={name: all_metrics(outcome, other) for name, other in risks.items()},
        differences={
            metric: {name: paired_difference(METRICS[metric], outcome, hybrid, other) for name, other in risks.items()}
            for metric in COMPARED
        },
        reliability={
            name: [ReliabilityPoint(*point) for point in reliability(outcome, risk)]
            for name, risk in {HYBRID: hybrid, **risks}.items()
        },
    )


def with_noise(evaluation: FamilyEvaluation, model: ImagingModel, images: ImageSet) -> FamilyEvaluation:
    """Return the evaluation with the noise curve and the qualities of the circuit added."""
    layer = next(module for module in model.members[HYBRID][0].modules() if isinstance(module, QuantumLayer))
    outcome = images.y.double().numpy()
    points = noise_curve(lambda where: model.probabilities(HYBRID, images.x, where), outcome, EVEN_ODDS)
    return evaluation.model_copy(update={"noise": points, "circuit": circuit_quality(layer.circuit)})


def with_study(evaluation: FamilyEvaluation, previous: FamilyEvaluation | None) -> FamilyEvaluation:
    """Return the evaluation with ablations and learning curve of the previous one, if that was of the same weights."""
    if previous is None or previous.members != evaluation.members:
        return evaluation
    return evaluation.model_copy(update={"ablations": previous.ablations, "learning": previous.learning})
