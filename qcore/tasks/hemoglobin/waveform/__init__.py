"""Haemoglobin from the waveform itself; weights are trained by whoever has access to MIMIC-IV-ECG."""
