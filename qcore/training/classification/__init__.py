"""Training every family on the classification questions, measuring it beside its controls, writing its card."""
