"""Backends, made once a process and shared by all sessions; never patients."""

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.libraries import wait_for_processors
from dashboard.shared.execution.noise_in_use import NOISELESS
from qcore.backends.protocol import Backend
from qcore.backends.registry import backend

if TYPE_CHECKING:
    from qcore.backends.ibm import IbmBackend

CALIBRATION_KEPT = "10m"
"""After this a processor is asked for its calibration again."""


@st.cache_resource(show_spinner="Reaching the processor", max_entries=16, ttl=CALIBRATION_KEPT)
def hardware(name: str) -> "IbmBackend":
    """Return an IBM processor or its rehearsal by its specification, e.g. ``ibm:fez``.

    Raises:
        HardwareUnavailable: it cannot be reached; the message says why, or how to connect.
    """
    wait_for_processors()
    from qcore.backends.ibm import IbmBackend

    reached = backend(name)
    if not isinstance(reached, IbmBackend):
        raise TypeError(f"{name} is no processor")
    return reached


@st.cache_resource(show_spinner=False, max_entries=64)
def backend_by_name(name: str) -> Backend:
    """Return a backend by its specification, e.g. ``noisy:fez:3``."""
    if name != NOISELESS:
        wait_for_processors()
    return backend(name)
