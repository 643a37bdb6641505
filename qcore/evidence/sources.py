"""Whether a model knows the outcome or the collection that a case comes from."""

from pydantic import BaseModel, ConfigDict

from qcore.evidence.metrics import Estimate


class LeftOut(BaseModel):
    """How a model does on collections none of whose cases trained it.

    Attributes:
        collections: their names.
        n: cases of them that are measured.
        n_people: whose they are.
        base_rate: share of them with the outcome.
        auroc: of the outcome.
    """

    model_config = ConfigDict(frozen=True)

    collections: tuple[str, ...]
    n: int
    n_people: int
    base_rate: float
    auroc: Estimate


class SourceProbe(BaseModel):
    """How well a linear model tells the collection from what the hybrid reads, among cases with the same outcome.

    Attributes:
        collections: that are told apart.
        n: cases that are measured; others trained the probe.
        accuracy: mean, over the collections, of the share of their cases that is told right.
        chance: what guessing would reach.
    """

    model_config = ConfigDict(frozen=True)

    collections: tuple[str, ...]
    n: int
    accuracy: Estimate
    chance: float


class SourcesEvidence(BaseModel):
    """What was found about the collections of a question.

    Attributes:
        left_out: one entry for each group of collections that was left out.
        probe: see there.
    """

    model_config = ConfigDict(frozen=True)

    left_out: list[LeftOut]
    probe: SourceProbe
