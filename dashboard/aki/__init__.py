"""The page of AKI risk: a patient in, the risk, why, and what noise does to it."""
