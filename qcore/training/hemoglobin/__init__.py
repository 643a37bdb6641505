"""How the haemoglobin models are trained and measured."""
