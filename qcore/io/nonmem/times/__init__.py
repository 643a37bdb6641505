"""Dates and clock times of a PK/PD data file."""
