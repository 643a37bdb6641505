"""The training loops of all networks."""
