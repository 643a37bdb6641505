"""From an electrocardiogram to its beats, waves and measurements."""
