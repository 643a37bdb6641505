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
