"""How good a model is, beside its controls and against what was observed."""
