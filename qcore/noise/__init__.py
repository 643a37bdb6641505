"""Calibrated device noise as exact linear maps: fast, batched, differentiable."""
