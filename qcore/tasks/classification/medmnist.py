"""The image benchmarks: three yes/no questions of MedMNIST v2 (doi:10.1038/s41597-022-01721-8)."""

from qcore.models.families import Kind, Shape
from qcore.tasks.classification.labels import yes_or_no
from qcore.tasks.classification.model import RESNET
from qcore.tasks.classification.preparation import Standardised
from qcore.tasks.classification.question import Form, Question

RESNET18 = "ResNet-18 (MedMNIST v2, doi:10.1038/s41597-022-01721-8)"
LIMITS = (
    "MedMNIST carries no sex, age or site: there is no subgroup table. Images are 28 pixels wide, which no radiologist "
    "would read."
)
IMAGE = Form(Shape(Kind.IMAGE, 1, widths=(16, 32, 64), dropout=0.3, side=28), lambda _dtype: Standardised())
VOLUME = Form(Shape(Kind.VOLUME, 1, widths=(12, 24, 48), dropout=0.3, side=28), lambda _dtype: Standardised())


def _splits(dataset: str) -> str:
    return (
        f"Trained on the official training split ({dataset}, MedMNIST v2, CC BY 4.0), calibrated on the validation "
        "split. The test split took no part."
    )


BREAST = Question(
    name="breast",
    title="Breast ultrasound (BreastMNIST, 28 x 28)",
    dataset="breastmnist",
    labels=yes_or_no("malignant", "normal or benign"),
    forms=(IMAGE,),
    released="resistant",
    references=(RESNET,),
    splits=_splits("breastmnist"),
    limits=LIMITS,
    mirrored=True,
    bar=(0.92, 0.89),
    published=(
        (RESNET18, 0.901, 0.863),
        ("HQCNN, as claimed (arXiv:2509.14277, reported withdrawn)", 0.900, 0.872),
        ("Digital-analog quanvolution, 9 qubits (Phys. Rev. Research 6, L042060)", 0.926, 0.897),
    ),
)
PNEUMONIA = Question(
    name="pneumonia",
    title="Chest X-ray of children (PneumoniaMNIST, 28 x 28)",
    dataset="pneumoniamnist",
    labels=yes_or_no("pneumonia", "normal"),
    forms=(IMAGE,),
    released="resistant",
    references=(RESNET,),
    splits=_splits("pneumoniamnist"),
    limits=LIMITS,
    bar=(0.97, 0.90),
    published=((RESNET18, 0.944, 0.854),),
)
ADRENAL = Question(
    name="adrenal",
    title="Shape of the adrenal gland in CT (AdrenalMNIST3D, 28 x 28 x 28)",
    dataset="adrenalmnist3d",
    labels=yes_or_no("hyperplasia", "normal"),
    forms=(VOLUME,),
    released="resistant",
    references=(RESNET,),
    splits=_splits("adrenalmnist3d"),
    limits=LIMITS,
    bar=(0.86, 0.80),
    published=((f"{RESNET18}, 3D", 0.827, 0.721),),
)
