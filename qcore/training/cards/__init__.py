"""What the cards of all models are made of."""
