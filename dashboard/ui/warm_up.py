"""Load the libraries and models behind the home page, so that the first patient is answered at once."""

import gc
import threading
import time

import streamlit as st

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
    # What is loaded for good never needs collecting; scanning it would cost more than a click.
    gc.collect()
    gc.freeze()
