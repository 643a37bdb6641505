"""The population model of the dosing page: fitted once, kept with a card."""
