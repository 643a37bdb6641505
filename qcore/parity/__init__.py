"""Do all backends agree? Random circuits, run everywhere, compared with tools that others wrote."""
