"""What the MIMIC item numbers mean: laboratory and charted values, urine, dialysis, ICU names.

MIMIC-III and MIMIC-IV share the laboratory numbers and those of the MetaVision system (220000 and
up). The choice follows d_items, d_labitems and the concepts of MIMIC-Code
(doi:10.1093/jamia/ocx084).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from qcore.units import Unit


@dataclass(frozen=True)
class Item:
    """The parameter an item number measures, and the unit its values are stored in."""

    parameter: str
    unit: Unit


def _items(parameter: str, *numbers: int, unit: Unit | None = None) -> dict[int, Item]:
    return {number: Item(parameter, unit or Unit("as stored")) for number in numbers}


_FAHRENHEIT = Unit("°F", 5 / 9, -160 / 9)
_POUND = Unit("lb", 0.45359237)
_TAKEN_AWAY = Unit("mL, taken away", -1.0)

# Blood-gas machines calculate haematocrit from conductivity and bicarbonate from pH: both are left
# out. Their haemoglobin is measured (co-oximetry), and in theatre it is the only one.
LABS: Mapping[int, Item] = MappingProxyType(
    {
        **_items("creatinine_mg_dl", 50912, 52546),  # Creatinine
        **_items("bun_mg_dl", 51006, 52647),  # Urea Nitrogen
        **_items("bicarbonate_mmol_l", 50882),  # Bicarbonate (mEq/L = mmol/L)
        **_items("haemoglobin_g_dl", 51222, 50811),  # Hemoglobin (haematology, blood gas)
        **_items("haematocrit_percent", 51221),  # Hematocrit
    }
)

URINE_METAVISION: Mapping[int, Item] = MappingProxyType(
    {
        **_items(
            "urine_ml",
            *(226557, 226558),  # R and L Ureteral Stent
            *(226559, 226560, 226561),  # Foley, Void, Condom Cath
            *(226563, 226564, 226565),  # Suprapubic, R and L Nephrostomy
            *(226567, 226584),  # Straight Cath, Ileoconduit
            227489,  # GU Irrigant/Urine Volume Out
        ),
        **_items("urine_ml", 227488, unit=_TAKEN_AWAY),  # GU Irrigant Volume In
    }
)

URINE_CAREVUE: Mapping[int, Item] = MappingProxyType(
    _items(
        "urine_ml",
        *(40055, 43175, 40069),  # Urine Out Foley, Urine ., Urine Out Void
        *(40094, 40715, 40473),  # Urine Out Condom Cath, Suprapubic, IleoConduit
        *(40085, 40428, 40405),  # Urine Out Incontinent, Straight Cath, Other
        *(40057, 40056),  # Urine Out Rt and Lt Nephrostomy
        *(40096, 40651),  # Urine Out Ureteral Stent #1 and #2
    )
)

CHART_METAVISION: Mapping[int, Item] = MappingProxyType(
    {
        **_items("map_mmhg", 220052, 220181, 225312),  # Arterial, Non Invasive, ART BP mean
        **_items("temperature_c", 223762),  # Temperature Celsius
        **_items("temperature_c", 223761, unit=_FAHRENHEIT),  # Temperature Fahrenheit
        **_items("gcs_eye", 220739),  # GCS - Eye Opening
        **_items("gcs_verbal", 223900),  # GCS - Verbal Response
        **_items("gcs_motor", 223901),  # GCS - Motor Response
        **_items("weight_kg", 226512, 224639),  # Admission Weight (Kg), Daily Weight
        **_items("weight_kg", 226531, unit=_POUND),  # Admission Weight (lbs.)
    }
)

CHART_CAREVUE: Mapping[int, Item] = MappingProxyType(
    {
        **_items("map_mmhg", 52, 6702, 456, 443),  # Arterial BP Mean (#2), NBP Mean, Manual BP Mean
        **_items("temperature_c", 676),  # Temperature C
        **_items("temperature_c", 678, unit=_FAHRENHEIT),  # Temperature F
        **_items("gcs", 198),  # GCS Total
        **_items("weight_kg", 762, 763, 3693),  # Admit Wt, Daily Weight, Weight Kg
    }
)

GCS_PARTS = ("gcs_eye", "gcs_verbal", "gcs_motor")

# MetaVision procedures: Hemodialysis, Dialysis - CRRT, CVVHD, Peritoneal Dialysis, CVVHDF, SCUF.
DIALYSIS = (225441, 225802, 225803, 225805, 225809, 225955)

# End-stage renal disease, dependence on dialysis: ICD-9 585.6, V45.1, V45.11; ICD-10 N18.6, Z99.2.
# They are chronic states, so they held before the transfusion although coded at discharge.
END_STAGE = frozenset({"5856", "V451", "V4511", "N186", "Z992"})


def icu_type(careunit: str) -> int | None:
    """Map a care unit's name to the ICU type of the model; None where it has none.

    MIMIC-III uses short names (CSRU), MIMIC-IV long ones ("Trauma SICU (TSICU)"). A mixed
    medical/surgical unit counts as medical; a neurological one as surgical.
    """
    name = careunit.upper()
    marks = (
        (2, ("CVICU", "CSRU", "CARDIAC VASCULAR")),
        (1, ("CCU", "CORONARY")),
        (3, ("MICU", "MEDICAL INTENSIVE")),
        (4, ("SICU", "SURGICAL", "TRAUMA", "NEURO")),
    )
    return next((code for code, words in marks if any(word in name for word in words)), None)
