"""What is usual in adults at rest, and who says so."""

from dataclasses import dataclass


@dataclass(frozen=True)
class NormalRange:
    """Limits of what is usual; None where there is no limit on a side.

    Attributes:
        low: smallest usual value.
        high: largest.
        source: where they are from.
    """

    low: float | None
    high: float | None
    source: str

    def judged(self, value: float) -> str:
        """Return ``low``, ``high`` or ``normal``."""
        if self.low is not None and value < self.low:
            return "low"
        return "high" if self.high is not None and value > self.high else "normal"


AHA_CONDUCTION = "Surawicz 2009, AHA/ACCF/HRS part III, doi 10.1161/CIRCULATIONAHA.108.191095"
AHA_QT = "Rautaharju 2009, AHA/ACCF/HRS part IV, doi 10.1161/CIRCULATIONAHA.108.191096"
INFARCTION = "Thygesen 2018, fourth universal definition of myocardial infarction, doi 10.1161/CIR.0000000000000617"
SHORT_TERM_HRV = "Nunan 2010, doi 10.1111/j.1540-8159.2010.02841.x; range of the means of 44 studies, five minutes"

RATE_BPM = NormalRange(60, 100, "by convention; 50 to 60 beats per minute are frequent in the healthy")
PR_MS = NormalRange(120, 200, AHA_CONDUCTION)
QRS_MS = NormalRange(None, 110, AHA_CONDUCTION)
QRS_AXIS_DEG = NormalRange(-30, 90, AHA_CONDUCTION)
P_AXIS_DEG = NormalRange(0, 75, "by convention, for beats that come from the sinus node")
SDNN_MS = NormalRange(32, 93, SHORT_TERM_HRV)
RMSSD_MS = NormalRange(19, 75, SHORT_TERM_HRV)


def qtc_ms(sex: str) -> NormalRange:
    """Return the range of QTc; 450 ms is the limit of men, and 460 that of women and of people of unknown sex."""
    return NormalRange(390, 450 if sex == "male" else 460, AHA_QT)


def st_mv(lead: str, age_years: float | None, sex: str) -> NormalRange:
    """Return the range of ST, which the definition gives for the J point; V2 and V3 depend on age and sex.

    Where these are unknown, the lowest limit that any adult has.
    """
    high = 0.1
    if lead in ("V2", "V3"):
        high = 0.15
        if sex == "male" and age_years is not None:
            high = 0.25 if age_years < 40 else 0.2
    return NormalRange(-0.05, high, INFARCTION)
