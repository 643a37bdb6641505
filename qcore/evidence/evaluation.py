"""What an evaluation of a model found: the content of evaluation.json, of the card and of the evidence on a page."""

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from qcore.evidence.circuit_quality import CircuitQuality
from qcore.evidence.decision import OperatingPoint
from qcore.evidence.metrics import Estimate
from qcore.evidence.noise_point import NoisePoint


class ReliabilityPoint(NamedTuple):
    """One bin of a reliability curve."""

    predicted: float
    observed: float
    n: int


class Subgroup(BaseModel):
    """How a model does in one group of patients; rates are shares of patients."""

    model_config = ConfigDict(frozen=True)

    attribute: str
    group: str
    n: int
    events: int
    observed: float
    predicted: float
    auroc: Estimate | None


class IntervalCheck(BaseModel):
    """Whether the conformal band holds what it promises.

    Attributes:
        nominal_coverage: what is promised.
        coverage: share of groups of test patients whose observed share lies in the band.
        n_groups: how many groups the test patients make; the precision of the coverage.
        highest_group: mean risk of the group with the highest; above it nothing was checked.
    """

    model_config = ConfigDict(frozen=True)

    nominal_coverage: float
    coverage: float
    n_groups: int
    highest_group: float


class ExternalCheck(BaseModel):
    """How the model behaves on patients of another kind: a check, never a result."""

    model_config = ConfigDict(frozen=True)

    name: str
    note: str
    n: int
    events: int
    predicted: float
    metrics: dict[str, Estimate]
    imputed_inputs: tuple[str, ...]


class Evaluation(BaseModel):
    """A model and its controls on one test set."""

    model_config = ConfigDict(frozen=True)

    task: str
    model: str
    backend: str
    split: str
    n: int
    base_rate: float
    metrics: dict[str, Estimate]
    controls: dict[str, dict[str, Estimate]]
    auroc_difference: dict[str, Estimate]
    operating_point: OperatingPoint
    interval: IntervalCheck
    reliability: dict[str, list[ReliabilityPoint]]
    subgroups: list[Subgroup]
    attrition: dict[str, int]
    external: list[ExternalCheck] = []
    noise: list[NoisePoint] = []
    circuit: CircuitQuality | None = None
