"""Tumours on MR images of the brain: is there one, of which kind, and in which cells of the image."""
