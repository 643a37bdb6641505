"""What an evaluation of a family's model beside its controls found: the content of evaluation.json and of the card."""

from pydantic import BaseModel, ConfigDict

from qcore.evidence.circuit_quality import CircuitQuality
from qcore.evidence.evaluation import ReliabilityPoint, Subgroup
from qcore.evidence.metrics import Estimate
from qcore.evidence.noise_point import NoisePoint


class Ablation(BaseModel):
    """The hybrid trained without a part of its circuit.

    Attributes:
        kind: "frozen" (weights left at random), "unentangled" or "linear" (a linear map in the circuit's place).
        auroc: on the test set.
        difference: AUROC of the whole hybrid minus this.
    """

    model_config = ConfigDict(frozen=True)

    kind: str
    auroc: float
    difference: Estimate


class LearningPoint(BaseModel):
    """Hybrid and twin trained on parts of the training set, each seed on a part of its own.

    Attributes:
        n: training cases.
        hybrid: AUROC on the test set, mean of the seeds.
        control: the twin's.
        difference: hybrid minus twin.
        draws: hybrid minus twin of each seed.
    """

    model_config = ConfigDict(frozen=True)

    n: int
    hybrid: float
    control: float
    difference: Estimate
    draws: list[float]


class FamilyEvaluation(BaseModel):
    """A hybrid, its classical twin and a strong reference on one test set.

    Attributes:
        task: the question.
        model: family and circuit of the hybrid.
        weights: digest of the trained numbers that were measured.
        trained_on: backends on which the hybrid was trained, in turns.
        backend: where its circuit ran.
        split: which cases.
        n: their number.
        base_rate: share with outcome yes.
        metrics: of the hybrid: its members averaged.
        members: of the hybrid, one a seed.
        controls: the same metrics of the others.
        parameters: trained numbers of each model, all members together; of trees, their nodes.
        training_seconds: of each model, all members together.
        differences: hybrid minus each other, on the same cases, by metric and model.
        reliability: of each model.
        subgroups: how the hybrid does in groups of patients, where the data know any.
        noise: the hybrid under device noise.
        retrained_on: where the hybrid was trained once more: without noise if it had seen any, else on noisy devices.
        retrained_noise: that one under device noise.
        circuit: what its circuit could do before training.
        ablations: what the circuit contributes.
        learning: hybrid against twin as training data shrink.
    """

    model_config = ConfigDict(frozen=True)

    task: str
    model: str
    weights: str
    trained_on: tuple[str, ...]
    backend: str
    split: str
    n: int
    base_rate: float
    metrics: dict[str, Estimate]
    members: list[dict[str, float]]
    controls: dict[str, dict[str, Estimate]]
    parameters: dict[str, int]
    training_seconds: dict[str, float]
    differences: dict[str, dict[str, Estimate]]
    reliability: dict[str, list[ReliabilityPoint]]
    subgroups: list[Subgroup] = []
    noise: list[NoisePoint] = []
    retrained_on: tuple[str, ...] = ()
    retrained_noise: list[NoisePoint] = []
    circuit: CircuitQuality | None = None
    ablations: list[Ablation] = []
    learning: list[LearningPoint] = []
