"""What an evaluation of a family's model beside its controls found: the content of evaluation.json and of the card."""

from pydantic import BaseModel, ConfigDict

from qcore.evidence.circuit_quality import CircuitQuality
from qcore.evidence.evaluation import ReliabilityPoint
from qcore.evidence.metrics import Estimate


class NoisePoint(BaseModel):
    """The hybrid under one noise.

    Attributes:
        device: whose calibration.
        scale: of the noise; 0 is none.
        mitigation: "none" or "read-out".
        auroc: on the test set.
        accuracy: on the test set.
        flips: share of decisions that differ from the noiseless ones.
    """

    model_config = ConfigDict(frozen=True)

    device: str
    scale: float
    mitigation: str
    auroc: float
    accuracy: float
    flips: float


class FamilyEvaluation(BaseModel):
    """A hybrid, its classical twin and a strong reference on one test set.

    Attributes:
        task: the question.
        model: family, qubits and layers of the hybrid.
        backend: where its circuit ran.
        split: which cases.
        n: their number.
        base_rate: share with outcome yes.
        metrics: of the hybrid: its members averaged.
        members: of the hybrid, one a seed.
        controls: the same metrics of the others.
        differences: hybrid minus each other, on the same cases, by metric and model.
        reliability: of each model.
        noise: the hybrid under device noise.
        circuit: what its circuit could do before training.
    """

    model_config = ConfigDict(frozen=True)

    task: str
    model: str
    backend: str
    split: str
    n: int
    base_rate: float
    metrics: dict[str, Estimate]
    members: list[dict[str, float]]
    controls: dict[str, dict[str, Estimate]]
    differences: dict[str, dict[str, Estimate]]
    reliability: dict[str, list[ReliabilityPoint]]
    noise: list[NoisePoint] = []
    circuit: CircuitQuality | None = None
