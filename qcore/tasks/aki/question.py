"""Acute kidney injury as a question of classification: its label, its two forms, and how the data were split."""

from qcore.models.families import Kind, Shape
from qcore.tasks.aki.course import new_course_encoder
from qcore.tasks.aki.encoding import new_encoder
from qcore.tasks.classification.labels import yes_or_no
from qcore.tasks.classification.model import GRADIENT_BOOSTING, LOGISTIC_REGRESSION
from qcore.tasks.classification.preparation import Encoded
from qcore.tasks.classification.question import Form, Question

AKI = Question(
    name="aki",
    title="AKI in the next 24 hours (PhysioNet 2012)",
    dataset="physionet2012",
    labels=yes_or_no("AKI", "no AKI", sensitivity=0.75),
    forms=(
        Form(
            Shape(Kind.TABLE, new_encoder().n_features, n_numeric=new_encoder().n_numeric),
            lambda dtype: Encoded(new_encoder(), dtype),
        ),
        Form(Shape(Kind.SERIES, new_course_encoder().n_features), lambda dtype: Encoded(new_course_encoder(), dtype)),
    ),
    released="sparse",
    references=(GRADIENT_BOOSTING, LOGISTIC_REGRESSION),
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
)
