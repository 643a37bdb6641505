"""The ECG models and what reads recordings, once a process and shared by all sessions; never patients."""

from threading import Lock

import streamlit as st

from qcore.evidence.evaluation import Evaluation
from qcore.io.ecg.upload import EcgReader
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


@st.cache_resource(show_spinner=False)
def ecg_reader() -> tuple[EcgReader, Lock]:
    """Return the process that parses uploads, and the lock that lets one session use it at a time."""
    return EcgReader(), Lock()
