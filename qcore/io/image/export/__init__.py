"""What leaves the page: a picture, DICOM objects and a page on paper, all of which say that they are for research."""

RESEARCH = "Research only, not for clinical use. Model attention, not a lesion outline."
"""Burnt into every picture."""
