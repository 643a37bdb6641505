"""A model under one noise: one point of the noise curve of a card."""

from pydantic import BaseModel, ConfigDict


class NoisePoint(BaseModel):
    """The hybrid under one noise.

    Attributes:
        device: name of the processor whose calibration is simulated.
        scale: of the noise; 0 is none.
        mitigation: error mitigation, "none" or "read-out".
        auroc: on the test set.
        accuracy: on the test set, at even odds.
        flips: share of decisions that differ from the noiseless ones.
    """

    model_config = ConfigDict(frozen=True)

    device: str
    scale: float
    mitigation: str
    auroc: float
    accuracy: float
    flips: float
