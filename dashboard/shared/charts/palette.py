"""Colours with a meaning. Each has at least 3:1 contrast on the light and on the dark background (WCAG 1.4.11)."""

from typing import Any

import streamlit as st

RAISES = "#b9540b"
LOWERS = "#3b82d0"
BRAND = "#0b7a70"
NEUTRAL = "#7b8894"
BAND = "rgba(123, 136, 148, 0.22)"
ALERT_BAND = "rgba(185, 84, 11, 0.14)"
ERRORS = (BRAND, "#a37b00", "#c2362b")
"""From a small error by a typical one to a large one."""
GHOST: dict[str, Any] = {
    "symbol": "diamond",
    "size": 12,
    "color": "#ffffff",
    "line": {"color": "#26333d", "width": 2},
}
"""An open diamond: what an answer is compared with. White with a dark rim shows on bars and on both backgrounds."""


def ink() -> str:
    """Return the colour of text in an image: AA contrast in the theme the user has chosen."""
    return "#dfe7ed" if st.context.theme.type == "dark" else "#26333d"
