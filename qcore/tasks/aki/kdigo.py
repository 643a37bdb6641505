"""The criteria of acute kidney injury: their numbers, the words of the outcome, and who meets it already.

Source: KDIGO Clinical Practice Guideline for Acute Kidney Injury 2012, doi:10.1038/kisup.2012.1.
"""

import pandas as pd

RISE_MG_DL = 0.3
"""A rise by this much within 48 h."""
RATIO = 1.5
"""A rise to this multiple of the baseline within 7 days."""
TOO_HIGH_MG_DL = 3.5
"""Patients who begin at or above this have kidney failure already and are left out of every cohort."""
OLIGURIA_H = 6
"""Hours of little urine that meet the urine criterion; urine is an input here and no part of the outcome."""
ROUNDING_MG_DL = 1e-6
"""Creatinine is charted in tenths or hundredths: 1.3 - 1.0 must count as 0.3."""
OUTCOME = (
    "creatinine rises by 0.3 mg/dL (26.5 µmol/L) or more, or to 1.5 times, "
    "from its last value of the first 24 hours (KDIGO)"
)


def risen_on_day_one(inputs: pd.DataFrame) -> pd.Series:
    """Tell who met the KDIGO creatinine criterion within the first 24 hours already, first against last value."""
    first, last = inputs["creatinine_first_mg_dl"], inputs["creatinine_last_mg_dl"]
    rise = last - first >= RISE_MG_DL - ROUNDING_MG_DL
    return rise | (last >= RATIO * first - ROUNDING_MG_DL)
