"""The line that stands on every page."""

import streamlit as st


def research_notice() -> None:
    """Say, quietly and always in the same place, that this is research software."""
    st.caption(":material/science: Research only, not for clinical use.")
