"""The one selector of where circuits run, in the sidebar of every page that runs one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

from dashboard.shared.execution.ibm_settings import ibm_settings
from dashboard.shared.execution.noise_in_use import NOISELESS
from dashboard.shared.execution.noisy_settings import noisy_settings
from dashboard.shared.resources import backend_by_name
from qcore.backends.protocol import Backend
from qcore.backends.registry import BACKENDS
from qcore.backends.specification import Specification

SETTINGS: Mapping[str, Callable[[], Specification]] = {
    "ideal": lambda: Specification("ideal"),
    "noisy": noisy_settings,
    "ibm": ibm_settings,
}
"""What the sidebar asks for, by kind of backend."""


@dataclass(frozen=True)
class Chosen:
    """Where circuits run.

    Attributes:
        backend: answers while the page is drawn.
        job: of a processor that answers by a job; the backend is then the noiseless one, which answers until the job
            is done and explains afterwards. None where the backend itself was chosen.
    """

    backend: Backend
    job: Specification | None


def backend_selector() -> Chosen:
    """Show where circuits can run, with the settings of each place, and return the choice."""
    with st.sidebar:
        kind = st.selectbox(
            "Where the quantum circuit runs",
            list(SETTINGS),
            format_func=lambda key: BACKENDS[key].label,
            key="backend_kind",
            persist_state="session",
            help="The trained model stays the same; only the place where its circuit runs changes.",
        )
        st.caption(BACKENDS[kind].description)
        specification = SETTINGS[kind]()
    if kind == "ibm":
        return Chosen(backend_by_name(NOISELESS), specification)
    return Chosen(backend_by_name(str(specification)), None)
