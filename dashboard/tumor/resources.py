"""The tumour models and what reads images, once a process and shared by all sessions; never patients."""

from threading import Lock

import streamlit as st

from qcore.evidence.evaluation import Evaluation
from qcore.io.image.isolated import ImageReader
from qcore.tasks.classification import store
from qcore.tasks.classification.model import Model
from qcore.tasks.tumor.answer import ENTRY, load
from qcore.tasks.tumor.families import other_families


@st.cache_resource(show_spinner="Loading the model")
def tumor_model() -> Model:
    """Return the trained tumour models."""
    return load()


@st.cache_resource(show_spinner=False)
def tumor_evaluation() -> Evaluation:
    """Return what the test set said about them."""
    return store.load_evaluation(ENTRY)


@st.cache_resource(show_spinner=False)
def trained_families() -> list[tuple[Model, Evaluation]]:
    """Return the trained models of all other families, and what the test set said about each."""
    return [(store.load(entry), store.load_evaluation(entry)) for entry in other_families()]


@st.cache_resource(show_spinner=False)
def image_reader() -> tuple[ImageReader, Lock]:
    """Return the process that parses uploads, and the lock that lets one session use it at a time."""
    return ImageReader(), Lock()
