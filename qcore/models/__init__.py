"""Trainable models built on circuits, and the classical controls they are measured against."""
