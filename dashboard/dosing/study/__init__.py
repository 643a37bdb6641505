"""The study behind a dose: chosen or uploaded, fitted, checked and shown."""
