"""Train every family on the questions, measure it beside its controls, and write its card."""
