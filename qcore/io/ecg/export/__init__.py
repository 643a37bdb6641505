"""What leaves the page: an electrocardiogram on paper to scale, which says that it is for research."""

RESEARCH = "Research only, not for clinical use. Model answers are no diagnosis."
"""On every page."""
