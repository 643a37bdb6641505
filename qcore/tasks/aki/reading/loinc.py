"""LOINC codes of what is charted on the first day, with the units that belong to each code.

A code says whether an amount is a mass or a number of molecules: creatinine is 2160-0 in mg/dL and 14682-9 in µmol/L.
Only codes of serum, plasma and blood are here; creatinine in urine (2161-8) is something else. Codes and names: LOINC,
https://loinc.org (Regenstrief Institute).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from qcore.tasks.aki.reading.folding import folded
from qcore.tasks.aki.reading.vocabulary import QUANTITIES, Quantity

_CODE = re.compile(r"(?:(?:urn:oid:)?[\w./:-]*loinc[\w./-]*\s*[:|/#^]?\s*)?([0-9]{1,5}-[0-9])(?:\^.*)?", re.IGNORECASE)
_QUANTITIES: Mapping[str, Quantity] = {quantity.name: quantity for quantity in QUANTITIES}


@dataclass(frozen=True)
class Coded:
    """What a code stands for.

    Attributes:
        quantity: what is measured, with those units alone that belong to the code.
        qualifier: ``total`` where it is an amount of 24 hours, else empty.
    """

    quantity: Quantity
    qualifier: str = ""


def _codes(name: str, units: str, codes: Mapping[str, str], qualifier: str = "") -> dict[str, tuple[str, Coded]]:
    """Return each code with its long name and its meaning."""
    quantity = _QUANTITIES[name]
    allowed = {symbol: quantity.units[symbol] for symbol in units.split("|")}
    return {
        code: (
            text,
            Coded(
                replace(quantity, units=allowed, unit_required=False, label=f"{quantity.label}, LOINC {code}"),
                qualifier,
            ),
        )
        for code, text in codes.items()
    }


_TABLE: Mapping[str, tuple[str, Coded]] = {
    **_codes(
        "creatinine",
        "mg/dL",
        {
            "2160-0": "Creatinine [Mass/volume] in Serum or Plasma",
            "38483-4": "Creatinine [Mass/volume] in Blood",
            "21232-4": "Creatinine [Mass/volume] in Arterial blood",
        },
    ),
    **_codes(
        "creatinine",
        "µmol/L",
        {
            "14682-9": "Creatinine [Moles/volume] in Serum or Plasma",
            "59826-8": "Creatinine [Moles/volume] in Blood",
            "77140-2": "Creatinine [Moles/volume] in Serum, Plasma or Blood",
        },
    ),
    **_codes(
        "BUN",
        "mg/dL",
        {
            "3094-0": "Urea nitrogen [Mass/volume] in Serum or Plasma",
            "6299-2": "Urea nitrogen [Mass/volume] in Blood",
        },
    ),
    **_codes(
        "BUN",
        "mmol/L",
        {
            "14937-7": "Urea nitrogen [Moles/volume] in Serum or Plasma",
            "59570-2": "Urea nitrogen [Moles/volume] in Blood",
        },
    ),
    **_codes("urea", "mmol/L", {"22664-7": "Urea [Moles/volume] in Serum or Plasma"}),
    **_codes("urea", "mg/dL", {"3091-6": "Urea [Mass/volume] in Serum or Plasma"}),
    **_codes(
        "bicarbonate",
        "mmol/L|mEq/L",
        {
            "1963-8": "Bicarbonate [Moles/volume] in Serum or Plasma",
            "1959-6": "Bicarbonate [Moles/volume] in Blood",
            "1960-4": "Bicarbonate [Moles/volume] in Arterial blood",
            "14627-4": "Bicarbonate [Moles/volume] in Venous blood",
            # What chemistry panels report as bicarbonate.
            "2028-9": "Carbon dioxide, total [Moles/volume] in Serum or Plasma",
        },
    ),
    **_codes(
        "MAP",
        "mmHg|kPa",
        {
            "8478-0": "Mean blood pressure",
            "76214-6": "Invasive Mean blood pressure",
            "76536-2": "Mean blood pressure by Noninvasive",
        },
    ),
    **_codes("GCS", "points", {"9269-2": "Glasgow coma score total"}),
    **_codes(
        "temperature",
        "°C|°F",
        {
            "8310-5": "Body temperature",
            "8329-5": "Body temperature - Core",
            "8331-1": "Oral temperature",
            "8332-9": "Rectal temperature",
            "8328-7": "Axillary temperature",
            "8333-7": "Tympanic membrane temperature",
            "8334-5": "Body temperature - Urinary bladder",
        },
    ),
    **_codes(
        "weight",
        "kg|lb",
        {
            "29463-7": "Body weight",
            "3141-9": "Body weight Measured",
            "3142-7": "Body weight Stated",
            "8335-2": "Body weight Estimated",
        },
    ),
    **_codes("age", "years", {"30525-0": "Age", "21612-7": "Age - Reported", "29553-5": "Age calculated"}),
    **_codes("urine", "mL|L", {"9187-6": "Urine output"}),
    **_codes("urine", "mL|L", {"9192-6": "Urine output 24 hour"}, qualifier="total"),
    **_codes(
        "haematocrit",
        "%|L/L",
        {
            "4544-3": "Hematocrit [Volume Fraction] of Blood by Automated count",
            "20570-8": "Hematocrit [Volume Fraction] of Blood",
            "4545-0": "Hematocrit [Volume Fraction] of Blood by Centrifugation",
        },
    ),
    **_codes("haemoglobin", "g/dL|g/L", {"718-7": "Hemoglobin [Mass/volume] in Blood"}),
    **_codes("haemoglobin", "mmol/L", {"59260-0": "Hemoglobin [Moles/volume] in Blood"}),
}
# Long names that say what is measured in what; the others ("Age") are ordinary words.
_BY_NAME: Mapping[str, Coded] = {folded(name): coded for name, coded in _TABLE.values() if "[" in name}


def code_in(text: str) -> str:
    """Return the code in ``2160-0``, ``LOINC:2160-0`` or ``2160-0^Creatinine^LN``, empty if it is something else."""
    match = _CODE.fullmatch(text.strip())
    return match.group(1) if match else ""


def coded(text: str) -> Coded | None:
    """Return what a code or its long name stands for, None if it is neither or not known here."""
    code = code_in(text)
    if code:
        return _TABLE[code][1] if code in _TABLE else None
    return _BY_NAME.get(folded(text))
