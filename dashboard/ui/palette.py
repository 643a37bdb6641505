"""Colours with a meaning. Each has at least 3:1 contrast on the light and on the dark background (WCAG 1.4.11)."""

import streamlit as st

RAISES = "#b9540b"
LOWERS = "#3b82d0"
BRAND = "#0b7a70"
NEUTRAL = "#7b8894"
BAND = "rgba(123, 136, 148, 0.22)"
ALERT_BAND = "rgba(185, 84, 11, 0.14)"


def ink() -> str:
    """Return the colour of text in an image: AA contrast in the theme the user has chosen."""
    return "#dfe7ed" if st.context.theme.type == "dark" else "#26333d"
