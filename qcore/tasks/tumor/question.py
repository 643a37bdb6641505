"""Tumours of the brain as a question of classification: none, or one of three kinds."""

from dataclasses import replace

from qcore.models.families import Kind, Shape
from qcore.models.images.cells import N_FEATURES, STRIDE
from qcore.tasks.classification.labels import Exclusive, Label
from qcore.tasks.classification.model import RESNET
from qcore.tasks.classification.preparation import InCells, Resized
from qcore.tasks.classification.question import Form, Question

NONE, GLIOMA, MENINGIOMA, PITUITARY = "no tumour", "glioma", "meningioma", "pituitary tumour"
LABELS = Exclusive(tuple(map(Label, (NONE, GLIOMA, MENINGIOMA, PITUITARY))))
SIDE_PX = 224
"""Of the image that the network reads."""
N_CELLS = SIDE_PX // STRIDE
"""Along a side."""
SMALL_SIDE_PX = 32
"""Of the image that families read whose convolutions begin from nothing: more pixels would take hours to train."""
CELLS = Form(Shape(Kind.CELLS, N_FEATURES, len(LABELS), dropout=0.2), lambda _dtype: InCells(SIDE_PX))
SMALL = Form(
    Shape(Kind.IMAGE, 1, len(LABELS), widths=(16, 32, 64), dropout=0.3, side=SMALL_SIDE_PX),
    lambda _dtype: Resized(SMALL_SIDE_PX),
)
WHOLE = Form(replace(SMALL.shape, side=SIDE_PX), lambda _dtype: Resized(SIDE_PX), ("hqcnn-full",))

TUMOR = Question(
    name="tumor",
    title="Tumour on MRI of the brain",
    dataset="brain_mri",
    labels=LABELS,
    forms=(CELLS, SMALL, WHOLE),
    released="cells",
    references=(RESNET,),
    referenced="resistant",
    splits=(
        "Trained on 4,000 changed views of about 4,000 slices: the training split of a public collection (most of its "
        "tumours are those of Cheng et al., figshare 1512427, CC BY 4.0), BRATS 2013, a metastasis and a TCGA glioma, "
        "and healthy heads of IXI (CC BY-SA 3.0) and others. Splits are blocks of neighbouring slices, so that no "
        "patient stands on both sides. Calibrated on the validation split; the test split took no part."
    ),
    limits=(
        "Single slices of few collections, most of them contrast-enhanced T1. No tumour but gliomas, meningiomas, "
        "pituitary tumours and one metastasis was seen in training, and of strokes, bleedings, cysts, inflammation and "
        "operations a few slices at most. Age, sex and scanner are not known, so there is no subgroup table."
    ),
)
