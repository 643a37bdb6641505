"""Learned models of concentration and response: features of a dose history, what they correct, and the networks."""
