"""Learned models asked for doses."""
