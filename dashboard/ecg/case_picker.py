"""Choose the recording: a made-up one, or a file that a visitor brings."""

import streamlit as st
from qcore.tasks.ecg.synthetic_cases import CASES, synthetic

from dashboard.ecg.case import Case
from dashboard.shared.session_cache import remembered

EXAMPLES_KEPT = 4


def pick_case() -> Case | None:
    """Show the ways to a recording; return the chosen one, None while there is none yet."""
    return _example()


def _example() -> Case:
    key = st.selectbox(
        "Made-up recording",
        list(CASES),
        format_func=lambda key: CASES[key].title,
        key="ecg_example",
        persist_state="session",
        width=420,
    )
    made = remembered("ecg_made", key, lambda: synthetic(key), EXAMPLES_KEPT)
    st.markdown(f"{made.description} :gray-badge[Synthetic: no person stands behind it]")
    return Case(f"example/{key}", made.title, "Synthetic example", made.ecg)
