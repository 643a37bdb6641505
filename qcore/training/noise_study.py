"""Which family loses least from noise: each is trained noiselessly, then measured on noisier and noisier devices."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import torch
from pydantic import BaseModel, ConfigDict
from sklearn.metrics import roc_auc_score
from torch import nn

from qcore.backends.registry import backend
from qcore.models.encoded import n_parameters
from qcore.models.families import FAMILIES
from qcore.models.quantum_layer import quantum_layers
from qcore.training.fit_family import fit_family
from qcore.training.network import NetworkRecipe, outputs
from qcore.training.sweep_data import SweepData

NOISELESS = "noisy:fez:0"
"""By the noise engine at scale 0, which gives PennyLane's numbers and is faster."""
DEVICES = ("fez", "torino", "sherbrooke")
SCALES = (1.0, 2.0, 3.0, 5.0)
RECIPE = NetworkRecipe(epochs=20, batch=128, learning_rate=0.02, weight_decay=0.05)
DIGITS = 4


class Noisy(BaseModel):
    """A trained model on one device.

    Attributes:
        device: whose calibration.
        scale: of its noise.
        auroc: on the held-out cases.
        flips: share of them on the other side of the noiseless model's median answer.
    """

    model_config = ConfigDict(frozen=True)

    device: str
    scale: float
    auroc: float
    flips: float


class StudyRow(BaseModel):
    """One trained model.

    Attributes:
        family: of the model.
        seed: of everything drawn.
        qubits, layers: of its circuit.
        parameters: trained numbers.
        noiseless: AUROC on the held-out cases without noise.
        control: AUROC of its classical twin on the same cases.
        noisy: on every device and scale.
    """

    model_config = ConfigDict(frozen=True)

    family: str
    seed: int
    qubits: int
    layers: int
    parameters: int
    noiseless: float
    control: float
    noisy: list[Noisy]


class NoiseStudy(BaseModel):
    """All rows, and on what they rest.

    Attributes:
        data: which cases.
        n_train: cases trained on.
        n_held_out: cases measured on.
        rows: one a family and seed.
    """

    model_config = ConfigDict(frozen=True)

    data: str
    n_train: int
    n_held_out: int
    rows: list[StudyRow]

    def change(self, family: str, device: str, scale: float) -> float:
        """Return by how much noise changes the AUROC of a family, mean over seeds; below 0 where it falls."""
        rows = [row for row in self.rows if row.family == family]
        return float(np.mean([_at(row, device, scale).auroc - row.noiseless for row in rows]))


def _at(row: StudyRow, device: str, scale: float) -> Noisy:
    return next(point for point in row.noisy if (point.device, point.scale) == (device, scale))


def study(
    name: str,
    data: SweepData,
    families: Iterable[str],
    seeds: Sequence[int],
    on_progress: Callable[[str], object] = lambda _: None,
    recipe: NetworkRecipe = RECIPE,
) -> NoiseStudy:
    """Train and measure.

    Args:
        name: of the data.
        data: cases for training and held out.
        families: which ones; a family that does not take such cases is passed over.
        seeds: one training each.
        on_progress: is told what is being trained.
        recipe: of the training.
    """
    rows = []
    for family in families:
        if data.shape.kind not in FAMILIES[family].kinds:
            continue
        for seed in seeds:
            on_progress(f"{family}, seed {seed}")
            rows.append(_row(family, data, seed, recipe))
    return NoiseStudy(data=name, n_train=len(data.x), n_held_out=len(data.held_x), rows=rows)


def _row(name: str, data: SweepData, seed: int, recipe: NetworkRecipe) -> StudyRow:
    family = FAMILIES[name]
    n_qubits, n_layers = family.size
    trained: list[nn.Module] = []
    for build in (family.build, family.control):
        torch.manual_seed(seed)
        model = build(data.shape, n_qubits, n_layers)
        fit_family(family, model, data.x, data.y, recipe, backend(NOISELESS), seed)
        trained.append(model)
    hybrid, control = trained
    exact = _answers(hybrid, data, NOISELESS)
    return StudyRow(
        family=name,
        seed=seed,
        qubits=quantum_layers(hybrid)[0].circuit.n_qubits,
        layers=n_layers,
        parameters=n_parameters(hybrid),
        noiseless=_auroc(data, exact),
        control=_auroc(data, _answers(control, data, NOISELESS)),
        noisy=[
            _noisy(data, exact, _answers(hybrid, data, f"noisy:{device}:{scale:g}"), device, scale)
            for device in DEVICES
            for scale in SCALES
        ],
    )


def _answers(model: nn.Module, data: SweepData, where: str) -> torch.Tensor:
    return outputs(model, data.held_x, backend(where))[:, 0]


def _auroc(data: SweepData, logits: torch.Tensor) -> float:
    return round(float(roc_auc_score(data.held_y.numpy(), logits.numpy())), DIGITS)


def _noisy(data: SweepData, exact: torch.Tensor, logits: torch.Tensor, device: str, scale: float) -> Noisy:
    threshold = exact.median()
    flips = float(((logits > threshold) != (exact > threshold)).double().mean())
    return Noisy(device=device, scale=scale, auroc=_auroc(data, logits), flips=round(flips, DIGITS))
