"""The page of doses: what dose, how often, for whom."""
