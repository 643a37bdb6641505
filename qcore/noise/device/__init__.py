"""A processor as its calibration describes it."""
