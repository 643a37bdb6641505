"""How the waveform model is trained on a cohort of recordings with haemoglobin; every step goes on where it stopped."""
