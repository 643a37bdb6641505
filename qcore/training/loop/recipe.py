"""How a model is trained: the one recipe of every network on images, volumes, tables and series."""

from dataclasses import dataclass
from enum import StrEnum

from qcore.arguments import check_kind, check_number, check_whole, member_of
from qcore.training.loop.augmentation import Augmentation


class RateSchedule(StrEnum):
    """How the learning rate goes over the steps of a training."""

    ONE_CYCLE = "one cycle"
    COSINE = "warm-up and cosine"


@dataclass(frozen=True)
class Sparsity:
    """How a small model on a table is kept sparse, so that its trained numbers can be counted.

    Attributes:
        feature_l1: penalty on the absolute entries of the matrix that reads the features.
        readout_l2: penalty on the squared weights of the read-out; keeps the model from sharpening what it has only
            seen a few times.
        feature_noise_sd: Gaussian noise added to the features at every step, in standard deviations.
        n_parameters: trained numbers that are left after pruning.
        restarts: how often to begin again from other initial weights; the best fit is kept.
    """

    feature_l1: float
    readout_l2: float
    feature_noise_sd: float
    n_parameters: int
    restarts: int

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be.

        Raises:
            InvalidArgument: the message names the attribute and its range.
        """
        for name in ("feature_l1", "readout_l2", "feature_noise_sd"):
            check_number(name, getattr(self, name), 0)
        check_whole("n_parameters", self.n_parameters, 1)
        check_whole("restarts", self.restarts, 1)


@dataclass(frozen=True)
class Recipe:
    """How a network is trained: for how long, in which steps, and what keeps it from learning by heart.

    Attributes:
        epochs: passes over the training cases; 0 of a model that no loop trains, and every loop refuses it.
        batch: number of cases per step.
        learning_rate: highest rate of the schedule.
        weight_decay: of matrices and filters; biases, scales and rotation angles are left out.
        label_smoothing: share of a yes/no outcome that is taken back to even odds.
        mixup: parameter of the beta distribution by which pairs of cases are mixed (arXiv:1710.09412); 0 for none.
        schedule: how the learning rate goes over the steps; a text of that name is taken too.
        augmentation: of training images; None changes nothing.
        sparsity: of a small model on a table; None prunes nothing.
    """

    epochs: int
    batch: int = 64
    learning_rate: float = 3e-3
    weight_decay: float = 1e-2
    label_smoothing: float = 0.0
    mixup: float = 0.0
    schedule: RateSchedule = RateSchedule.ONE_CYCLE
    augmentation: Augmentation | None = None
    sparsity: Sparsity | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be, before anything is trained by them.

        Raises:
            InvalidArgument: the message names the attribute and its range.
        """
        check_whole("epochs", self.epochs, 0)
        check_whole("batch", self.batch, 1)
        check_number("learning_rate", self.learning_rate, above=0)
        check_number("weight_decay", self.weight_decay, 0)
        check_number("label_smoothing", self.label_smoothing, 0, 1)
        check_number("mixup", self.mixup, 0)
        object.__setattr__(self, "schedule", member_of("schedule", self.schedule, RateSchedule))
        for name, kind in (("augmentation", Augmentation), ("sparsity", Sparsity)):
            value = getattr(self, name)
            if value is not None:
                check_kind(name, value, kind, f"of type {kind.__name__}, or None")
