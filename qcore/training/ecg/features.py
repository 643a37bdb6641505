"""The features of the stretches, learnt: what prepares the recordings of all models of the ECG question."""

from collections.abc import Callable
from pathlib import Path

from qcore.io.ecg.leads import INDEPENDENT
from qcore.tasks.classification.preparation import InStretches
from qcore.tasks.ecg.question import N_TRUNKS, WIDTHS
from qcore.training.cohorts.ptbxl import read_ptbxl
from qcore.training.ecg.trunk import TrunkRecipe, train_trunk


def learnt_stretches(data: Path, checkpoints: Path, tell: Callable[[str, int, int], object]) -> InStretches:
    """Learn the features from the training recordings, or read them where they are learnt.

    Args:
        data: folder of the public data sets.
        checkpoints: folder of the training so far.
        tell: is told what is being done, steps done and steps in all.

    Raises:
        MissingAsset: the data are missing.
    """
    recordings, prepared = read_ptbxl(data, "train"), InStretches(len(INDEPENDENT), WIDTHS, N_TRUNKS)
    for seed in range(N_TRUNKS):

        def told(done: int, total: int, loss: float, seed: int = seed) -> None:
            tell(f"features {seed + 1} of {N_TRUNKS}, loss {loss:.3f}", done, total)

        checkpoint = checkpoints / f"ecg-features-{seed}.ckpt"
        prepared.trunks[seed] = train_trunk(recordings, seed, checkpoint, TrunkRecipe(), told).trunk
    return prepared.eval()
