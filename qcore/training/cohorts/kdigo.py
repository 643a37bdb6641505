"""The creatinine criterion of acute kidney injury, shared by all cohorts.

Source: KDIGO Clinical Practice Guideline for Acute Kidney Injury 2012, doi:10.1038/kisup.2012.1.
"""

RISE_MG_DL = 0.3
"""A rise by this much within 48 h."""
RATIO = 1.5
"""A rise to this multiple of the baseline within 7 days."""
TOO_HIGH_MG_DL = 3.5
"""Who begins at or above this has kidney failure already and is left out of every cohort."""
ROUNDING_MG_DL = 1e-6
"""Creatinine is charted in tenths or hundredths: 1.3 - 1.0 must count as 0.3."""
