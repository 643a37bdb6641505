"""Doses of the first weeks: a larger first dose, or a schedule searched for by a quantum optimiser."""
