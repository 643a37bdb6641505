"""Tumours on MRI of the brain: a series, the answer to it, and where the model looks."""
