"""What is loaded once a process and shared by all sessions: models and evidence, never patients."""

import streamlit as st

from qcore.backends.protocol import Backend
from qcore.backends.registry import backend
from qcore.evidence.evaluation import Evaluation
from qcore.tasks.aki import store
from qcore.tasks.aki.model import AkiModel


@st.cache_resource(show_spinner="Loading the model")
def aki_model() -> AkiModel:
    """Return the trained AKI models."""
    import torch

    # Requests of several people share the cores; threads inside one small circuit only get in each other's way.
    torch.set_num_threads(1)
    return store.load()


@st.cache_resource(show_spinner=False)
def aki_evaluation() -> Evaluation:
    """Return what the test set said about the AKI models."""
    return store.load_evaluation()


@st.cache_resource(show_spinner=False, max_entries=8)
def backend_by_name(name: str) -> Backend:
    """Return a backend."""
    return backend(name)
