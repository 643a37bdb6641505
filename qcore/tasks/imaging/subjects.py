"""What an image may show beside a brain: by which files, trained on whom, and what it must be like."""

from collections.abc import Mapping
from dataclasses import dataclass

from qcore.tasks.classification.medmnist import ADRENAL, BREAST, PNEUMONIA
from qcore.tasks.classification.question import Question


@dataclass(frozen=True)
class Subject:
    """What an image shows, and the question that is asked of it.

    Attributes:
        question: the question of the image benchmarks.
        title: what a person calls such an image.
        named: the same inside a sentence.
        asked: what is told from what else, the end of "probability of ...".
        modalities: DICOM's codes of how such images are made.
        parts: parts of words by which files name the part of the body.
        part_needed: whether a file that names no part of the body may be something else all the same.
        needs: what must be brought, a sentence.
        population: whom the model was trained on and which kind of image, a sentence.
        sees: what becomes of the image before the model sees it, a sentence.
        test_cases: what the cases of the test set are called.
    """

    question: Question
    title: str
    named: str
    asked: str
    modalities: frozenset[str]
    parts: tuple[str, ...]
    part_needed: bool
    needs: str
    population: str
    sees: str
    test_cases: str


SUBJECTS: Mapping[str, Subject] = {
    subject.question.name: subject
    for subject in (
        Subject(
            question=BREAST,
            title="Breast ultrasound",
            named="an ultrasound image of the breast",
            asked="a malignant finding",
            modalities=frozenset({"US"}),
            parts=("BREAST", "MAMMA", "BRUST"),
            part_needed=False,
            needs="Bring one grey-scale (B-mode) still image, cropped to the ultrasound itself.",
            population=(
                "546 ultrasound images of women in one hospital in Cairo (BUSI, by way of BreastMNIST), about one in "
                "four malignant."
            ),
            sees="The model sees the whole image at 28 x 28 pixels.",
            test_cases="images",
        ),
        Subject(
            question=PNEUMONIA,
            title="Chest X-ray",
            named="a chest X-ray",
            asked="pneumonia",
            modalities=frozenset({"CR", "DX"}),
            parts=("CHEST", "THORAX", "LUNG"),
            part_needed=True,
            needs="Bring one frontal chest X-ray, bones bright.",
            population=(
                "4,708 frontal chest X-rays of children of one to five years in one hospital in Guangzhou (by way of "
                "PneumoniaMNIST), three in four with pneumonia. It knows no adults."
            ),
            sees="The model sees the middle of the image, a square of its short side, at 28 x 28 pixels.",
            test_cases="images",
        ),
        Subject(
            question=ADRENAL,
            title="Adrenal gland on CT",
            named="a segmented adrenal gland",
            asked="hyperplasia of the gland",
            modalities=frozenset({"CT", "SEG"}),
            parts=("ABDOMEN", "ADRENAL", "KIDNEY"),
            part_needed=True,
            needs=(
                "Bring the segmented gland as NIfTI: a cube of 28 or 64 voxels a side, 64 mm wide, the gland in the "
                "middle, first axis from side to side. The model judges the shape of the gland and cannot read a CT."
            ),
            population=(
                "1,188 segmented glands of patients of one hospital in Shanghai (AdrenalMNIST3D), about one in five "
                "with hyperplasia."
            ),
            sees="The model sees the shape of the gland in 28 x 28 x 28 voxels, and no grey values.",
            test_cases="glands",
        ),
    )
}
"""By the name of the question."""
