"""A drug: its file, its limits, and what its doses are to reach."""
