"""One patient whose levels were measured, or somebody typical."""
