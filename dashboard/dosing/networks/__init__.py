"""What the learned networks say beside the population model."""
