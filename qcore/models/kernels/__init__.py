"""Quantum kernels, the classical kernel beside them, and the heads that read them."""
