"""The ECG models and what reads recordings, once a process and shared by all sessions; never patients."""

import streamlit as st

from qcore.evidence.evaluation import Evaluation
from qcore.tasks.classification import store
from qcore.tasks.classification.model import Model
from qcore.tasks.ecg.answer import ENTRY, load


@st.cache_resource(show_spinner="Loading the model")
def ecg_model() -> Model:
    """Return the trained models."""
    return load()


@st.cache_resource(show_spinner=False)
def ecg_evaluation() -> Evaluation:
    """Return what the test set said about them."""
    return store.load_evaluation(ENTRY)
