"""Training and measuring the AKI model."""
