"""What an evaluation of a model found: the content of evaluation.json, of the card and of the evidence on a page.

One type for every question of classification, however many labels it has. What is measured label by label stands in
`LabelEvidence`, what holds for the model as a whole in `Evaluation`. The first label's evidence of a yes/no question is
reached by `Evaluation.only`.
"""

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict

from qcore.evidence.circuit_quality import CircuitQuality
from qcore.evidence.decision import OperatingPoint
from qcore.evidence.kinds import KindsEvidence
from qcore.evidence.macro import MacroEvidence
from qcore.evidence.metrics import Estimate
from qcore.evidence.noise_point import NoisePoint
from qcore.evidence.sources import SourcesEvidence


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
        nominal_coverage: share of cases that the band promises to cover.
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


class Ablation(BaseModel):
    """The hybrid trained without a part of its circuit; several labels by their mean.

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
    """Hybrid and twin trained on parts of the training set, each seed on a part of its own; labels by their mean.

    Attributes:
        n: number of training cases.
        hybrid: AUROC on the test set, mean of the seeds.
        control: mean AUROC of the twin.
        difference: AUROC of the hybrid minus that of the twin, with its interval.
        draws: hybrid minus twin of each seed.
    """

    model_config = ConfigDict(frozen=True)

    n: int
    hybrid: float
    control: float
    difference: Estimate
    draws: list[float]


class Localisation(BaseModel):
    """Whether a method that says where a model looks points at what was outlined by hand.

    Attributes:
        method: name of the method.
        n: number of cases with an outline.
        pointing: share of them in which the highest place of the map lies inside the outline (pointing game).
        overlap: share of the map that lies inside, mean over the cases.
        inside: share of the whole image that the outlines cover, which chance alone would reach.
        in_head: share of the map that lies inside the head, mean over the cases; None where it was not measured.
    """

    model_config = ConfigDict(frozen=True)

    method: str
    n: int
    pointing: Estimate
    overlap: Estimate
    inside: float
    in_head: Estimate | None = None


class WithoutBackground(BaseModel):
    """The hybrid on test cases all of whose background is black: what it reads there does not help it.

    Attributes:
        accuracy: share of the cases that are given the right kind.
        auroc: of how the first label, which is "nothing there", is told from all others.
        changed: share of the cases that are given another kind than with their background.
    """

    model_config = ConfigDict(frozen=True)

    accuracy: Estimate
    auroc: Estimate
    changed: float


class Refused(BaseModel):
    """How many pictures of one sort are refused because they look like nothing that trained the model.

    Attributes:
        what: part of the body and modality.
        is_brain_mri: whether none of them should be refused; else all of them should.
        n: number of the pictures.
        share: of them that is refused.
    """

    model_config = ConfigDict(frozen=True)

    what: str
    is_brain_mri: bool
    n: int
    share: Estimate


class LabelEvidence(BaseModel):
    """How well one label is told on the test set.

    Attributes:
        base_rate: share of the cases with it.
        metrics: of the hybrid: its members averaged. Of exclusive kinds they are those of this one against all others.
        members: of the hybrid, one a seed.
        controls: the same metrics of the classical models.
        differences: hybrid minus each control, on the same cases, by metric and model.
        reliability: points of the reliability curve of each model.
        operating_point: what the decisions do.
        interval: whether the conformal band holds, where there is one.
        set_coverage: share of the cases with the label whose conformal set holds it, where there is one.
        absent_coverage: share of the cases without the label whose set says that it may not hold, where there is one.
        subgroups: how the hybrid does in groups of patients, where the data know any.
        external: on patients of another kind.
        noise: the hybrid under device noise.
        retrained_noise: the hybrid trained once more, see `Evaluation.retrained_on`, under device noise.
    """

    model_config = ConfigDict(frozen=True)

    base_rate: float
    metrics: dict[str, Estimate]
    members: list[dict[str, float]]
    controls: dict[str, dict[str, Estimate]]
    differences: dict[str, dict[str, Estimate]]
    reliability: dict[str, list[ReliabilityPoint]]
    operating_point: OperatingPoint
    interval: IntervalCheck | None = None
    set_coverage: float | None = None
    absent_coverage: float | None = None
    subgroups: list[Subgroup] = []
    external: list[ExternalCheck] = []
    noise: list[NoisePoint] = []
    retrained_noise: list[NoisePoint] = []


class Evaluation(BaseModel):
    """A hybrid and its classical controls on one test set.

    Attributes:
        task: name of the entry, which is that of its card.
        model: family and circuit of the hybrid.
        weights: digest of the trained numbers that were measured.
        trained_on: backends on which the hybrid was trained, in turns.
        backend: where its circuit ran.
        split: name of the part of the data that is measured.
        n: number of these cases.
        n_people: of how many people they are, where some have several cases and are resampled whole; None where not.
        labels: what was found, label by label.
        kinds: what was found of all labels together, where exactly one of them holds.
        macro: the mean AUROC over some of them, where any number may hold and the literature reports that mean.
        parameters: trained numbers of each model, all members together; of trees, their nodes.
        training_seconds: of each model, all members together.
        attrition: how many patients were left after each step of their selection.
        localisation: of images with an outline: whether explanations point at it.
        without_background: of images, the hybrid where what lies outside the head is black.
        refused: of images, how often pictures that trained nothing are refused by their looks.
        circuit: what the hybrid's circuit could do before training.
        ablations: what the circuit contributes.
        learning: hybrid against twin as training data shrink.
        retrained_on: where the hybrid was trained once more: without noise if it had seen any, else on noisy devices.
        sources: of cases from several collections, whether the model knows the outcome or the collection.
    """

    model_config = ConfigDict(frozen=True)

    task: str
    model: str
    weights: str
    trained_on: tuple[str, ...]
    backend: str
    split: str
    n: int
    n_people: int | None = None
    labels: dict[str, LabelEvidence]
    kinds: KindsEvidence | None = None
    macro: MacroEvidence | None = None
    parameters: dict[str, int]
    training_seconds: dict[str, float]
    attrition: dict[str, int] = {}
    localisation: list[Localisation] = []
    without_background: WithoutBackground | None = None
    refused: list[Refused] = []
    circuit: CircuitQuality | None = None
    ablations: list[Ablation] = []
    learning: list[LearningPoint] = []
    retrained_on: tuple[str, ...] = ()
    sources: SourcesEvidence | None = None

    @property
    def only(self) -> LabelEvidence:
        """The evidence of a yes/no question.

        Raises:
            ValueError: there are several labels.
        """
        (evidence,) = self.labels.values()
        return evidence

    def with_only(self, **changes: object) -> "Evaluation":
        """Return it with other evidence of its only label."""
        (label,) = self.labels
        return self.model_copy(update={"labels": {label: self.only.model_copy(update=changes)}})
