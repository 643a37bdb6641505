"""What is known to be broken where a dose is asked for: it stands above the dose, or there is none."""
