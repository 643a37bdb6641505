"""Does the network know tumours, or where a slice comes from? Collections left out of training, and a probe.

Each kind of slice has its own collections, so a network can learn the collection and be right on every test slice from
the same ones. What holds elsewhere shows where a collection trained nothing (leave one source out), and how easily the
collection is told from what the models read shows what they could have learnt (a probe).
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from qcore.evidence.metrics import estimate
from qcore.evidence.sources import LeftOut, SourceProbe, SourcesEvidence
from qcore.models.images.cells import image_logits
from qcore.tasks.classification.preparation import InCells
from qcore.training.cohorts.brain_mri import Slices, read_slices
from qcore.training.tumor.features import imagenet_weights
from qcore.training.tumor.trunk import Cycle, LinearCells, TrunkRecipe, train_trunk

Array = NDArray[np.float64]
GROUPS = (
    ("kaggle healthy", "kaggle tumours"),
    ("brats", "tcga", "aurora"),
    ("figshare", "ixi", "jlf"),
)
"""Left out together, so that each group holds slices with tumours and without."""
SIDE_PX = 144
SHORT = TrunkRecipe(cycles=(Cycle(400, SIDE_PX, 0, 4e-4),), last_side=SIDE_PX)
"""A shorter training than that of the released features: what it finds is a lower bound."""
MOST_MEASURED = 1200
"""Slices of a group, evenly among all of them."""
DIGITS = 4


def sources_evidence(
    released: InCells, data: Path, checkpoints: Path, tell: Callable[[str, int, int], object]
) -> SourcesEvidence:
    """Train without each of `GROUPS` and measure on it, and probe the released features.

    Args:
        released: the features of the released models.
        data: folder of the public data sets.
        checkpoints: folder of slices that are read and of trainings; one that was stopped goes on from there.
        tell: is told what is being done, steps done and steps in all.

    Raises:
        MissingAsset: data or the weights to begin with are missing.
    """
    parts = {split: read_slices(data, checkpoints, split) for split in ("train", "val", "test")}
    return SourcesEvidence(
        left_out=[_left_out(group, parts, checkpoints, tell) for group in GROUPS],
        probe=_probe(released, parts["train"], parts["val"]),
    )


def _left_out(
    group: tuple[str, ...], parts: dict[str, Slices], checkpoints: Path, tell: Callable[[str, int, int], object]
) -> LeftOut:
    training = parts["train"].part(~np.isin(parts["train"].source, group))
    trained = train_trunk(
        training,
        imagenet_weights(),
        checkpoints / f"tumor-without-{group[0].replace(' ', '-')}.ckpt",
        SHORT,
        lambda done, total, _loss: tell(f"without {', '.join(group)}", done, total),
    )
    elsewhere = [_evenly(slices.part(np.isin(slices.source, group))) for slices in parts.values()]
    outcome = np.concatenate([slices.kind > 0 for slices in elsewhere]).astype(np.float64)
    people = np.concatenate([slices.person for slices in elsewhere])
    scores = np.concatenate([_evidence(trained, slices) for slices in elsewhere])
    return LeftOut(
        collections=group,
        n=len(outcome),
        n_people=len(np.unique(people)),
        base_rate=round(float(outcome.mean()), DIGITS),
        auroc=estimate(roc_auc_score, outcome, scores, people=people),
    )


def _evenly(slices: Slices) -> Slices:
    """Return at most `MOST_MEASURED` slices."""
    chosen = np.zeros(len(slices), dtype=bool)
    chosen[np.linspace(0, len(slices) - 1, min(len(slices), MOST_MEASURED)).astype(int)] = True
    return slices.part(chosen)


@torch.no_grad()
def _evidence(trained: LinearCells, slices: Slices) -> Array:
    """Return the log odds of a tumour in each slice."""
    prepared = InCells(SIDE_PX)
    prepared.features = trained.features
    cells = trained.linear(prepared.eval()(torch.from_numpy(slices.images).float() / 255))
    return np.asarray(torch.logsumexp(image_logits(cells)[:, 1:], dim=1).double().numpy())


def _probe(released: InCells, training: Slices, measured: Slices) -> SourceProbe:
    """Tell the collection of healthy slices from the mean of the features of their cells."""
    healthy = [slices.part(slices.kind == 0) for slices in (training, measured)]
    both = sorted(set(healthy[0].source) & set(healthy[1].source))
    learnt, asked = (slices.part(np.isin(slices.source, both)) for slices in healthy)
    means = [
        released(torch.from_numpy(slices.images).float() / 255).mean((2, 3)).double().numpy()
        for slices in (learnt, asked)
    ]
    probe = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced", max_iter=5000))
    told = probe.fit(means[0], learnt.source).predict(means[1])
    number = {name: float(place) for place, name in enumerate(both)}
    right, given = (np.array([number[name] for name in names]) for names in (asked.source, told))
    return SourceProbe(
        collections=tuple(both),
        n=len(asked),
        accuracy=estimate(_mean_share_right, right, given, people=asked.person),
        chance=round(1 / len(both), DIGITS),
    )


def _mean_share_right(right: Array, given: Array) -> float:
    """Return the share that is told right, mean of the collections that occur: not every resample holds all."""
    return float(np.mean([(given[right == collection] == collection).mean() for collection in np.unique(right)]))
