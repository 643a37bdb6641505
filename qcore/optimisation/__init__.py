"""Quadratic optimisation over bits by quantum circuits; knows nothing of medicine."""
