"""One patient whose levels were measured."""
