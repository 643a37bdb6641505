"""Colours with a meaning. Each has at least 3:1 contrast on the light and on the dark background (WCAG 1.4.11)."""

RAISES = "#c9600f"
LOWERS = "#3b82d0"
BRAND = "#0f8f83"
NEUTRAL = "#7b8894"
BAND = "rgba(123, 136, 148, 0.22)"
BRAND_BAND = "rgba(15, 143, 131, 0.28)"
ALERT_BAND = "rgba(201, 96, 15, 0.14)"
