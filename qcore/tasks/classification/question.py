"""The questions: what is shown and asked, and which families answer."""

from collections.abc import Mapping
from dataclasses import dataclass

from qcore.errors import InvalidValue
from qcore.models.families import FAMILIES, Family, Kind, Shape
from qcore.tasks.aki.course import new_course_encoder
from qcore.tasks.aki.model import new_encoder

RESNET18 = "ResNet-18 (MedMNIST v2, doi:10.1038/s41597-022-01721-8)"
MEDMNIST_LIMITS = (
    "MedMNIST carries no sex, age or site: there is no subgroup table. Images are 28 pixels wide, which no radiologist "
    "would read."
)


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        name: short identifier.
        title: for people.
        dataset: file of MedMNIST without its ending, or ``physionet2012``.
        positive: what yes means.
        negative: what no means.
        shapes: what a model can be given: a table or a series of the same patients, an image, a volume.
        released: family whose model bears the question's name; empty where the page has a model of its own.
        splits: a sentence on what trained, calibrated and tested.
        limits: what the data do not tell.
        positive_label: label in the file that counts as yes.
        mirrored: True where an image and its mirror image show the same; both are then looked at.
        sensitivity: share of events that the threshold is to find; None where the threshold is even odds.
        bar: AUROC and accuracy that the best hybrid was asked to reach; None where nothing was asked.
        published: what others report on the same test split: who, AUROC, accuracy.
    """

    name: str
    title: str
    dataset: str
    positive: str
    negative: str
    shapes: tuple[Shape, ...]
    released: str
    splits: str
    limits: str
    positive_label: int = 1
    mirrored: bool = False
    sensitivity: float | None = None
    bar: tuple[float, float] | None = None
    published: tuple[tuple[str, float, float], ...] = ()


@dataclass(frozen=True)
class Entry:
    """A family that answers a question.

    Attributes:
        question: which one.
        family: its name.
        n_qubits: of its circuit.
        n_layers: of its circuit.
    """

    question: Question
    family: str
    n_qubits: int
    n_layers: int

    @property
    def name(self) -> str:
        """Name of its folder and card: ``breast`` for the released family, else such as ``breast-hqcnn``."""
        return self.question.name if self.is_released else f"{self.question.name}-{self.family}"

    @property
    def is_released(self) -> bool:
        """Whether it is the one that bears the question's name."""
        return self.family == self.question.released

    @property
    def shape(self) -> Shape:
        """What it is given."""
        return next(shape for shape in self.question.shapes if shape.kind in self.definition.kinds)

    @property
    def definition(self) -> Family:
        """What its family is."""
        return FAMILIES[self.family]


def entry(question: str, family: str = "") -> Entry:
    """Return a family at its usual size for a question, the released one where none is named.

    Raises:
        InvalidValue: there is no such question or family, or the family does not take such cases.
    """
    if question not in QUESTIONS:
        raise InvalidValue(f"There is no question '{question}'. Choose from {', '.join(QUESTIONS)}.")
    asked = QUESTIONS[question]
    takers = [name for name, each in FAMILIES.items() if any(shape.kind in each.kinds for shape in asked.shapes)]
    family = family or asked.released
    if not family:
        raise InvalidValue(f"Say which family is to answer '{question}': --family {' or '.join(takers)}.")
    if family not in takers:
        raise InvalidValue(f"'{question}' is answered by the families {', '.join(takers)}, not by '{family}'.")
    return Entry(asked, family, *FAMILIES[family].size)


def entries() -> list[Entry]:
    """Return every family for every question."""
    return [
        entry(name, family)
        for name, question in QUESTIONS.items()
        for family, each in FAMILIES.items()
        if any(shape.kind in each.kinds for shape in question.shapes)
    ]


def _medmnist(dataset: str) -> str:
    return (
        f"Trained on the official training split ({dataset}, MedMNIST v2, CC BY 4.0), calibrated on the validation "
        "split. The test split took no part."
    )


QUESTIONS: Mapping[str, Question] = {
    question.name: question
    for question in (
        Question(
            name="aki",
            title="AKI in the next 24 hours (PhysioNet 2012)",
            dataset="physionet2012",
            positive="AKI",
            negative="no AKI",
            shapes=(
                Shape(Kind.TABLE, new_encoder().n_features),
                Shape(Kind.SERIES, new_course_encoder().n_features),
            ),
            released="",
            splits=(
                "Trained on three quarters of set-a (PhysioNet 2012, ODC-By 1.0), calibrated and its threshold chosen "
                "on the other quarter, gradient boosting too. Set-b took no part."
            ),
            limits=(
                "One hospital, adults in intensive care, transfusions not recorded. The model of the page is another: "
                "its card is `assets/models/aki/card.md`. The features are its features, and were chosen by people who "
                "had seen figures of earlier models on set-b; how noise is undone was settled by looking at decisions, "
                "not outcomes, of set-b. That model and its gradient boosting trained on all of "
                "set-a, so that their figures are a little higher."
            ),
            sensitivity=0.75,
        ),
        Question(
            name="breast",
            title="Breast ultrasound (BreastMNIST, 28 x 28)",
            dataset="breastmnist",
            positive_label=0,
            positive="malignant",
            negative="normal or benign",
            mirrored=True,
            shapes=(Shape(Kind.IMAGE, 1, widths=(16, 32, 64), dropout=0.3),),
            released="resistant",
            splits=_medmnist("breastmnist"),
            limits=MEDMNIST_LIMITS,
            bar=(0.92, 0.89),
            published=(
                (RESNET18, 0.901, 0.863),
                ("HQCNN, as claimed (arXiv:2509.14277, reported withdrawn)", 0.900, 0.872),
                ("Digital-analog quanvolution, 9 qubits (Phys. Rev. Research 6, L042060)", 0.926, 0.897),
            ),
        ),
        Question(
            name="pneumonia",
            title="Chest X-ray of children (PneumoniaMNIST, 28 x 28)",
            dataset="pneumoniamnist",
            positive="pneumonia",
            negative="normal",
            shapes=(Shape(Kind.IMAGE, 1, widths=(16, 32, 64), dropout=0.3),),
            released="resistant",
            splits=_medmnist("pneumoniamnist"),
            limits=MEDMNIST_LIMITS,
            bar=(0.97, 0.90),
            published=((RESNET18, 0.944, 0.854),),
        ),
        Question(
            name="adrenal",
            title="Shape of the adrenal gland in CT (AdrenalMNIST3D, 28 x 28 x 28)",
            dataset="adrenalmnist3d",
            positive="hyperplasia",
            negative="normal",
            shapes=(Shape(Kind.VOLUME, 1, widths=(12, 24, 48), dropout=0.3),),
            released="resistant",
            splits=_medmnist("adrenalmnist3d"),
            limits=MEDMNIST_LIMITS,
            bar=(0.86, 0.80),
            published=((f"{RESNET18}, 3D", 0.827, 0.721),),
        ),
    )
}
