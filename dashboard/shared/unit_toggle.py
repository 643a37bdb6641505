"""Conventional or SI units, for the whole page."""

import streamlit as st

from qcore.units import UnitSystem


def unit_toggle() -> UnitSystem:
    """Show the toggle and return the chosen system."""
    choice: UnitSystem = st.segmented_control(
        "Units",
        list(UnitSystem),
        default=UnitSystem.CONVENTIONAL,
        required=True,
        key="units_system",
        persist_state="session",
        label_visibility="collapsed",
        help="Units of laboratory values on this page",
    )
    return choice
