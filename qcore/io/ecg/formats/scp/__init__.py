"""SCP-ECG files. Source: EN 1064 / ISO 11073-91064."""
