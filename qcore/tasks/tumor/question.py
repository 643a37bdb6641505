"""Tumours of the brain as a question of classification: none, or one of three kinds."""

from qcore.tasks.classification.labels import Exclusive, Label

NONE, GLIOMA, MENINGIOMA, PITUITARY = "no tumour", "glioma", "meningioma", "pituitary tumour"
LABELS = Exclusive(tuple(map(Label, (NONE, GLIOMA, MENINGIOMA, PITUITARY))))
