"""Conventional or SI units, for the whole page."""

import streamlit as st

from qcore.units import UnitSystem


def unit_toggle() -> UnitSystem:
    """Show the toggle, right-aligned, and return the chosen system."""
    with st.container(horizontal=True, horizontal_alignment="right"):
        choice: UnitSystem = st.segmented_control(
            "Units", list(UnitSystem), default=UnitSystem.CONVENTIONAL, required=True, key="units_system"
        )
    return choice
