"""The AKI models, loaded once a process and shared by all sessions; never patients."""

import streamlit as st

from dashboard.shared.evidence.comparison import Measured
from dashboard.shared.execution.job import JobTask
from qcore.evidence.evaluation import Evaluation
from qcore.tasks.aki.model import CARD, LABELS, AkiModel, load, load_evaluation
from qcore.tasks.prediction import Prediction


@st.cache_resource(show_spinner="Loading the model")
def aki_model() -> AkiModel:
    """Return the trained AKI models."""
    import torch

    # Requests of several people share the cores; threads inside one small circuit only get in each other's way.
    torch.set_num_threads(1)
    return load()


@st.cache_resource(show_spinner=False)
def aki_evaluation() -> Evaluation:
    """Return what the test set said about the AKI models."""
    return load_evaluation()


def aki_measured(evaluation: Evaluation) -> Measured:
    """Return what was measured, with the names the page uses."""
    return Measured(evaluation.only, evaluation.n, evaluation.split, LABELS)


def aki_job(model: AkiModel) -> JobTask[Prediction]:
    """Return what the page sends to processors."""
    return JobTask(
        "aki",
        CARD,
        model.circuit,
        model.weights,
        model.read,
        stays="no laboratory value and no name leaves",
        measured=lambda _: "The risk below is what was measured; explanation and what-if are noiseless.",
    )
