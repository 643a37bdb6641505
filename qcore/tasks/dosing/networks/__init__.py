"""Learned models of concentration and response: their inputs, what they correct, and the networks."""
