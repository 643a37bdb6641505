"""Training of the learned models of concentration and response, and their errors beside the mechanistic model's."""
