"""Haemoglobin estimated from what an electrocardiogram shows: in g/dL, with the probability of anaemia."""
