"""How good a model is: metrics with intervals, calibration, subgroups, cards."""
