"""One row a measurement: from the cells of such a file to the inputs of each patient, and why somebody has none."""
