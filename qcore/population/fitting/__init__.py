"""Fitting a population model to a study, and finding its structure."""
