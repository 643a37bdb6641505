"""The one selector of where circuits run, in the sidebar of every page that runs one."""

import streamlit as st

from dashboard.ui.resources import backend_by_name
from qcore.backends.protocol import Backend
from qcore.backends.registry import BACKENDS


def backend_selector() -> Backend:
    """Show the backends that exist and return the chosen one."""
    with st.sidebar:
        name = st.selectbox(
            "Where the quantum circuit runs",
            list(BACKENDS),
            format_func=lambda key: BACKENDS[key].label,
            key="backend_name",
            persist_state="session",
        )
        st.caption(BACKENDS[name].description)
    return backend_by_name(name)
