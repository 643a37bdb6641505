"""The names of leads: many spellings in, one name out; and the leads that follow from others."""

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

LIMB = ("I", "II", "III", "aVR", "aVL", "aVF")
CHEST = ("V1", "V2", "V3", "V4", "V5", "V6")
STANDARD = (*LIMB, *CHEST)
"""The twelve, in the usual order."""
INDEPENDENT = ("I", "II", *CHEST)
"""Those of the twelve that do not follow from others."""
CABRERA = ("aVL", "I", "-aVR", "II", "aVF", "III", *CHEST)
"""The order by axis, in which aVR is turned over."""
_BY_SPELLING = {name.upper(): name for name in STANDARD}
_AROUND = re.compile(
    r"^(?:MDC[ _]ECG[ _]LEAD[ _]|ECG[ _]LEAD[ _]|(?:ECG|EKG|LEAD|ABLEITUNG|DERIVATION|CHANNEL)[ _:.-]*)+"
)


def lead_name(text: str) -> str:
    """Return the standard name of a lead that a file spells in some way, else the text without blanks around it.

    ``I``, ``Lead I``, ``ECG I``, ``MDC_ECG_LEAD_I`` and ``I`` padded with NUL are one lead.
    """
    bare = text.replace("\0", "").strip()
    return _BY_SPELLING.get(_AROUND.sub("", bare.upper()).strip(), bare)


def sorted_leads(leads: Sequence[str], order: Sequence[str] = STANDARD) -> tuple[str, ...]:
    """Return the same leads in an order; those that it does not name come last, as they stood."""
    place = {name: number for number, name in enumerate(order)}
    return tuple(sorted(leads, key=lambda name: place.get(name, len(place))))


def derived(i: NDArray[np.floating], ii: NDArray[np.floating]) -> dict[str, NDArray[np.floating]]:
    """Return the four limb leads that follow from I and II (Einthoven 1912, Goldberger 1942), in the unit of these."""
    return {"III": ii - i, "aVR": -(i + ii) / 2, "aVL": i - ii / 2, "aVF": ii - i / 2}


_SCP = {
    1: "I", 2: "II", 3: "V1", 4: "V2", 5: "V3", 6: "V4", 7: "V5", 8: "V6", 9: "V7", 10: "V2R", 11: "V3R", 12: "V4R",
    13: "V5R", 14: "V6R", 15: "V7R", 16: "X", 17: "Y", 18: "Z", 19: "CC5", 20: "CM5", 61: "III", 62: "aVR", 63: "aVL",
    64: "aVF", 65: "-aVR", 66: "V8", 67: "V9", 68: "V8R", 69: "V9R",
}  # fmt: skip


def scp_lead(number: int) -> str:
    """Return the name of a lead by its number in SCP-ECG (EN 1064), which DICOM and ISO 11073 share."""
    return _SCP.get(number, f"lead {number}")
