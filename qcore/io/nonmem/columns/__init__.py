"""Which column of a PK/PD data file is what."""
