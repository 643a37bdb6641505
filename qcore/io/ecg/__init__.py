"""Electrocardiograms: one reader for each format, and all of them return one `Ecg`."""
