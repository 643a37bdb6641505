"""What training leaves beside the weights of a model."""

from pydantic import BaseModel, ConfigDict

from qcore.evidence.calibration import Platt
from qcore.evidence.decision import OperatingPoint


class Facts(BaseModel):
    """What training leaves beside the weights (model.json); probabilities, by label where a label decides.

    Attributes:
        population: whom or what the models were trained on, one sentence; empty where the question says it.
        n_cases: that trained and calibrated; 0 where nobody counted.
        base_rate: share of these with each label.
        seeds: seed of each member of every model.
        calibration: by model and label, fitted on cases held out for it.
        thresholds: probability from which a label is given; none of exclusive kinds.
        operating_point: what that does on the cases held out, where it was measured.
        half_width: of the conformal band, where there were enough cases to learn it.
        possible_from: probability from which a label belongs to the conformal set of a case, where that was learnt;
            that a label does not hold, too, under the name that the label has for it.
        reference: what every column of a table is in the reference case, which explanations start from.
        n_parameters: of one member of each model; of trees, their nodes.
        training_seconds: of all members of each model.
        validation_auroc: of each model on the cases held out, mean of the labels.
        trained_on: backends on which the hybrid was trained, in turns.
        epochs: passes over the training cases; 0 for a family that is not trained so.
        versions: of the libraries that trained it.
    """

    model_config = ConfigDict(frozen=True)

    population: str = ""
    n_cases: int = 0
    base_rate: dict[str, float] = {}
    seeds: tuple[int, ...]
    calibration: dict[str, dict[str, Platt]]
    thresholds: dict[str, float]
    operating_point: dict[str, OperatingPoint] = {}
    half_width: dict[str, float] = {}
    possible_from: dict[str, float] = {}
    reference: dict[str, float] = {}
    n_parameters: dict[str, int]
    training_seconds: dict[str, float]
    validation_auroc: dict[str, float]
    trained_on: tuple[str, ...]
    epochs: int
    versions: dict[str, str]
