"""Beats and the waves of each beat."""
