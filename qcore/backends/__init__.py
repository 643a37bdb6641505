"""Where a circuit runs."""
