"""The blood products of MIMIC: which item is which, and the charted rows of both ICU systems."""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from qcore.tasks.aki.inputs import BY_NAME
from qcore.training.cohorts.mimic_tables import read_table
from qcore.training.cohorts.transfusion import ML_PER_UNIT

# Left out: cell saver and autologous blood (the patient's own), whole blood and cryoprecipitate
# (none of the three products).
METAVISION_BEDSIDE: Mapping[int, str] = MappingProxyType(
    {
        225168: "red_cells",  # Packed Red Blood Cells
        220996: "red_cells",  # Packed Red Cells
        220970: "plasma",  # Fresh Frozen Plasma
        225170: "platelets",  # Platelets
    }
)
METAVISION_ON_ARRIVAL: Mapping[int, str] = MappingProxyType(
    {
        226368: "red_cells",  # OR Packed RBC Intake
        227070: "red_cells",  # PACU Packed RBC Intake
        226367: "plasma",  # OR FFP Intake
        227072: "plasma",  # PACU FFP Intake
        226369: "platelets",  # OR Platelet Intake
        227071: "platelets",  # PACU Platelet Intake
    }
)
CAREVUE_BEDSIDE: Mapping[int, str] = MappingProxyType(
    {
        30001: "red_cells",  # Packed RBC's
        30004: "red_cells",  # Washed PRBC's
        30179: "red_cells",  # PRBC's
        30005: "plasma",  # Fresh Frozen Plasma
        30180: "plasma",  # Fresh Froz Plasma
        44044: "plasma",  # FFP Drip
        44172: "plasma",  # FFP GTT
        30006: "platelets",  # Platelets
    }
)
CAREVUE_ON_ARRIVAL: Mapping[int, str] = MappingProxyType(
    {
        30104: "red_cells",  # OR Packed RBC's
        42186: "red_cells",  # Pre admit PRBC
        42239: "red_cells",  # CC7 PRBC
        42324: "red_cells",  # er prbc
        42588: "red_cells",  # VICU PRBC
        42740: "red_cells",  # prbc in er
        43010: "red_cells",  # packed cells pacu
        46124: "red_cells",  # er in prbc
        46407: "red_cells",  # ED PRBC
        46612: "red_cells",  # E.R. prbc
        30103: "plasma",  # OR FFP
        42185: "plasma",  # Pre admit FFP
        42323: "plasma",  # er ffp
        43009: "plasma",  # ffp pacu
        44236: "plasma",  # E.R. FFP
        44819: "plasma",  # FFP ON FARR 2
        45669: "plasma",  # ED FFP
        46122: "plasma",  # ER in FFP
        46410: "plasma",  # angio FFP
        46418: "plasma",  # ER ffp
        46530: "plasma",  # Floor FFP
        46684: "plasma",  # ER FFP
        30105: "platelets",  # OR Platelets
    }
)

_ML = {"ml": 1.0, "l": 1000.0}
_COUNTED = frozenset({"unit", "units", "bag", "bags"})
_COLUMNS = [
    *("subject_id", "hadm_id", "stay_id", "start_time", "end_time"),
    *("product", "units", "weight_kg", "charted_on_arrival"),
]


def metavision_products(path: Path, stay: str) -> pd.DataFrame:
    """Read inputevents (MIMIC-IV) or inputevents_mv (MIMIC-III).

    Rows that were rewritten are dropped (the corrected row stands beside them), and so are amounts
    of zero.

    Args:
        path: file of the table, .csv or .csv.gz.
        stay: name of its ICU stay column.

    Returns:
        The products as ``transfusion.first_episodes`` wants them; weight_kg is the patient weight
        that the pump system works with.
    """
    columns = ["subject_id", "hadm_id", stay, "starttime", "endtime", "itemid", "amount"]
    columns += ["amountuom", "patientweight", "statusdescription"]
    items = {**METAVISION_BEDSIDE, **METAVISION_ON_ARRIVAL}
    rows = read_table(path, columns, {"itemid": items})
    rows = rows[rows["statusdescription"] != "Rewritten"]
    renamed = {"starttime": "start_time", "endtime": "end_time", "patientweight": "weight_kg"}
    rows = rows.rename(columns={stay: "stay_id", **renamed})
    # The system stores 0 or 1 where nobody entered a weight.
    accepted = rows["weight_kg"].between(*BY_NAME["weight_kg"].accepted)
    rows["weight_kg"] = rows["weight_kg"].where(accepted)
    return _products(rows, items, METAVISION_ON_ARRIVAL)


def carevue_products(path: Path) -> pd.DataFrame:
    """Read inputevents_cv (MIMIC-III), where a bag can be charted hour by hour.

    Returns the same as ``metavision_products``. The table has a time of charting only, so end_time
    equals start_time, and no weight.
    """
    columns = ["subject_id", "hadm_id", "icustay_id", "charttime", "itemid", "amount", "amountuom"]
    items = {**CAREVUE_BEDSIDE, **CAREVUE_ON_ARRIVAL}
    rows = read_table(path, columns, {"itemid": items})
    rows = rows.rename(columns={"icustay_id": "stay_id", "charttime": "start_time"})
    rows = rows.assign(end_time=rows["start_time"], weight_kg=np.nan)
    return _products(rows, items, CAREVUE_ON_ARRIVAL)


def _products(rows: pd.DataFrame, items: Mapping[int, str], on_arrival: Mapping[int, str]) -> pd.DataFrame:
    given = rows[rows["amount"] > 0].dropna(subset=["hadm_id", "start_time"])
    product = given["itemid"].map(dict(items))
    unit = given["amountuom"].astype("string").str.strip().str.lower()
    ml_per_unit = product.map(dict(ML_PER_UNIT))
    units = given["amount"] * unit.map(_ML).astype("float64") / ml_per_unit
    return given.assign(
        hadm_id=given["hadm_id"].astype("int64"),
        stay_id=given["stay_id"].astype("Int64"),
        product=product,
        units=units.mask(unit.isin(_COUNTED), given["amount"]),
        charted_on_arrival=given["itemid"].isin(on_arrival),
    )[_COLUMNS].reset_index(drop=True)
