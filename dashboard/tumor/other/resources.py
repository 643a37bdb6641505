"""The other image models, once a process and shared by all sessions; never patients."""

import streamlit as st

from dashboard.shared.evidence.comparison import Measured
from qcore.evidence.evaluation import Evaluation
from qcore.tasks.classification import store
from qcore.tasks.classification.model import TITLES, Model
from qcore.tasks.imaging.answer import load
from qcore.tasks.imaging.subjects import SUBJECTS


@st.cache_resource(show_spinner="Loading the model", max_entries=len(SUBJECTS))
def other_model(name: str) -> Model:
    """Return the trained models of a question, by its name."""
    return load(name)


@st.cache_resource(show_spinner=False, max_entries=len(SUBJECTS))
def other_evaluation(name: str) -> Evaluation:
    """Return what the test set said about them."""
    return store.load_evaluation(other_model(name).entry)


def other_measured(name: str) -> Measured:
    """Return what was measured, with the names the page uses."""
    evaluation, subject = other_evaluation(name), SUBJECTS[name]
    titles = {**TITLES, "hybrid": "Hybrid model"}
    return Measured(evaluation.only, evaluation.n, evaluation.split, titles, subject.test_cases)
