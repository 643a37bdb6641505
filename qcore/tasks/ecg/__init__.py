"""Electrocardiograms: what they show of the heart, measured and judged."""
