"""The imaging questions: what is shown, what is asked, and which hybrid answers."""

from collections.abc import Mapping
from dataclasses import dataclass

from qcore.models.families import Kind, Shape


@dataclass(frozen=True)
class ImagingTask:
    """One question.

    Attributes:
        name: short identifier, also of the model card.
        title: for people.
        dataset: file of MedMNIST without its ending.
        positive_label: label in the file that counts as yes.
        positive: what yes means.
        negative: what no means.
        mirrored: True where an image and its mirror image show the same; both are then looked at.
        shape: what a model is given.
        family: of the hybrid.
        n_qubits: of its circuit.
        n_layers: of its circuit.
    """

    name: str
    title: str
    dataset: str
    positive_label: int
    positive: str
    negative: str
    mirrored: bool
    shape: Shape
    family: str
    n_qubits: int
    n_layers: int


TASKS: Mapping[str, ImagingTask] = {
    task.name: task
    for task in (
        ImagingTask(
            name="breast",
            title="Breast ultrasound (BreastMNIST, 28 x 28)",
            dataset="breastmnist",
            positive_label=0,
            positive="malignant",
            negative="normal or benign",
            mirrored=True,
            shape=Shape(Kind.IMAGE, 1, widths=(16, 32, 64), dropout=0.3),
            family="resistant",
            n_qubits=2,
            n_layers=2,
        ),
        ImagingTask(
            name="pneumonia",
            title="Chest X-ray of children (PneumoniaMNIST, 28 x 28)",
            dataset="pneumoniamnist",
            positive_label=1,
            positive="pneumonia",
            negative="normal",
            mirrored=False,
            shape=Shape(Kind.IMAGE, 1, widths=(16, 32, 64), dropout=0.3),
            family="resistant",
            n_qubits=2,
            n_layers=2,
        ),
        ImagingTask(
            name="adrenal",
            title="Shape of the adrenal gland in CT (AdrenalMNIST3D, 28 x 28 x 28)",
            dataset="adrenalmnist3d",
            positive_label=1,
            positive="hyperplasia",
            negative="normal",
            mirrored=False,
            shape=Shape(Kind.VOLUME, 1, widths=(12, 24, 48), dropout=0.3),
            family="resistant",
            n_qubits=2,
            n_layers=2,
        ),
    )
}
