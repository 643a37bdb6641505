"""The doses of a PK/PD data file: how much, how often, which way in."""
