"""Load the libraries and models behind the home page, so that the first patient is answered at once."""

import gc
import threading
import time
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.ui.qiskit_thread import load_qiskit

if TYPE_CHECKING:
    from qcore.tasks.aki.model import AkiModel

FIRST_PAINT_S = 1.0
"""The first page comes first: loading would slow it down."""


@st.cache_resource
def warm_up() -> threading.Thread:
    """Start loading in the background, once a process."""
    thread = threading.Thread(target=_load, name="warm-up", daemon=True)
    thread.start()
    return thread


def _load() -> None:
    time.sleep(FIRST_PAINT_S)
    import shap  # noqa: F401 - the explanations' import alone takes two seconds

    from qcore.backends.registry import backend
    from qcore.tasks.aki import store

    model = store.load()
    model.explain(model.reference_patient(), backend("ideal"))
    _load_processors(model)
    _work_ahead()
    # What is loaded for good never needs collecting; scanning it would cost more than a click.
    gc.collect()
    gc.freeze()


def _work_ahead() -> None:
    from dashboard.ui.dosing_warm_up import work_ahead

    work_ahead()


def _load_processors(model: "AkiModel") -> None:
    """Transpile the circuit to every processor: the first choice of one would pay for Qiskit otherwise."""
    load_qiskit()
    from qcore.noise.calibration import load, shipped
    from qcore.noise.compile import isa_circuit
    from qcore.noise.trace import bound_trace

    classifier = model.hybrid.classifier
    traced = bound_trace(classifier.circuit, classifier.weights)
    for device in shipped():
        isa_circuit(traced, load(device))
