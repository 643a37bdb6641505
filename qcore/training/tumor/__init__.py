"""Training of the tumour model: what a cell looks like is learnt once, the circuits that read it after that."""
