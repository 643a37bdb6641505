"""Arm electrodes that were probably put on the wrong arms."""

import numpy as np

from qcore.io.ecg.record import Ecg
from qcore.tasks.ecg.electrical_axes import areas_uv_ms
from qcore.tasks.ecg.intervals import GlobalWaves
from qcore.tasks.ecg.median_beat import MedianBeat

OPPOSED = -0.5
"""Correlation of QRS in I and in V6 below which the two look the opposite way; they look nearly the same way."""


def swapped_arms(leads: tuple[str, ...], beat: MedianBeat, found: GlobalWaves) -> str:
    """Return a sentence where lead I is upside down and V6 is not, else an empty one.

    With the arms exchanged I is turned over, II and III change places, aVR and aVL too, and the chest leads stay as
    they are. An axis far to the right turns QRS in I over, but not P; in dextrocardia P is turned over as well, but V6
    then has hardly any QRS left (Kors and van Herpen 2001 compare I with V6).

    Args:
        leads: names of the rows of `beat`.
        beat: the median beat.
        found: its waves.
    """
    if "I" not in leads or "V6" not in leads or not np.isfinite(found.onset_ms["QRS"]):
        return ""
    i, v6 = leads.index("I"), leads.index("V6")
    first, last = beat.sample(found.onset_ms["QRS"]), beat.sample(found.offset_ms["QRS"])
    likeness = np.corrcoef(beat.uv[i, first : last + 1], beat.uv[v6, first : last + 1])[0, 1]
    upside_down = likeness < OPPOSED and areas_uv_ms(beat, found, "QRS")[i] < 0
    p_seen = bool(np.isfinite(found.onset_ms["P"]))
    if upside_down and (not p_seen or areas_uv_ms(beat, found, "P")[i] < 0):
        return (
            "Lead I is upside down and V6 is not: the electrodes of the two arms may be swapped. If they are, I and "
            "aVR look the wrong way and II and III stand in each other's place; record again with the arms exchanged."
        )
    return ""


def with_arms_exchanged(ecg: Ecg) -> Ecg:
    """Return what the same heart gives with the arm electrodes exchanged: it also undoes an exchange."""
    from dataclasses import replace

    other = {"II": "III", "III": "II", "aVR": "aVL", "aVL": "aVR"}
    uv = np.stack([-ecg[lead] if lead == "I" else ecg[other.get(lead, lead)] for lead in ecg.leads])
    return replace(ecg, uv=uv)
