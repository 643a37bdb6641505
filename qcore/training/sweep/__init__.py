"""Training a grid of models and their controls."""
