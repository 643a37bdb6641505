"""Load the libraries and models behind the home page, so that the first patient is answered at once."""

import gc
import threading

import streamlit as st


@st.cache_resource
def warm_up() -> threading.Thread:
    """Start loading in the background, once a process."""
    thread = threading.Thread(target=_load, name="warm-up", daemon=True)
    thread.start()
    return thread


def _load() -> None:
    import shap  # noqa: F401 - the explanations' import alone takes two seconds

    from qcore.backends.registry import backend
    from qcore.tasks.aki import store

    model = store.load()
    model.explain(model.reference_patient(), backend("ideal"))
    # What is loaded for good never needs collecting; scanning it would cost more than a click.
    gc.collect()
    gc.freeze()
