"""The diagnoses of an electrocardiogram as a question of classification: six labels, any number of which may hold."""

from qcore.io.ecg.band import RATE_HZ
from qcore.io.ecg.leads import INDEPENDENT
from qcore.models.families import Kind, Shape
from qcore.tasks.classification.labels import Independent, Label
from qcore.tasks.classification.model import RESNET_1D
from qcore.tasks.classification.preparation import InStretches
from qcore.tasks.classification.question import Form, Question

SECONDS = 10.0
N_SAMPLES = round(RATE_HZ * SECONDS)
WIDTHS = (32, 48, 64, 96, 128)
N_TRUNKS = 3
NORM, MI, STTC, CD, HYP, AF = "NORM", "MI", "STTC", "CD", "HYP", "AF"
IN_WORDS = {
    NORM: "normal ECG",
    MI: "myocardial infarction",
    STTC: "ST or T change",
    CD: "conduction disturbance",
    HYP: "hypertrophy",
    AF: "atrial fibrillation",
}
SUPERCLASSES = (NORM, MI, STTC, CD, HYP)
"""Of PTB-XL: a mean over these is what its literature reports."""
LABELS = Independent(
    tuple(Label(name, "abnormal ECG" if name == NORM else f"no {words}") for name, words in IN_WORDS.items()),
    averaged=SUPERCLASSES,
)
SIGNAL = Form(
    Shape(Kind.SIGNAL, N_TRUNKS * WIDTHS[-1], len(LABELS), dropout=0.3),
    lambda _dtype: InStretches(len(INDEPENDENT), WIDTHS, N_TRUNKS),
)

ECG = Question(
    name="ecg",
    title="Diagnoses from a 12-lead ECG",
    dataset="ptbxl",
    labels=LABELS,
    forms=(SIGNAL,),
    released="resistant",
    references=(RESNET_1D,),
    splits=(
        "Trained on folds 1 to 8 of 7,611 records of PTB-XL 1.0.3 (CC BY 4.0), calibrated on fold 9, tested on fold "
        "10; no patient stands in two of them."
    ),
    limits=(
        "One country, devices of one maker, the years 1989 to 1996. The records are no random sample of PTB-XL: "
        "conduction disturbances, infarctions and atrial fibrillation are more frequent here than there, and "
        "much more frequent than among people of whom an ECG is taken, so that probabilities are too high elsewhere."
    ),
)
