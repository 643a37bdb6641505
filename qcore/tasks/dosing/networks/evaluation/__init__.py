"""How far the networks and the models beside them were off on people they had not seen, as kept with the models."""
