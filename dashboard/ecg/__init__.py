"""The ECG page."""
