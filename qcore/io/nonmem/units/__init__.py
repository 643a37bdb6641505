"""Units of a PK/PD data file, wherever it states them."""
