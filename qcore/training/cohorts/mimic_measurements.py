"""Timed values around transfusion episodes, from MIMIC's laboratory, output and chart tables."""

from collections.abc import Collection, Mapping
from pathlib import Path

import pandas as pd

from qcore.tasks.aki.features import is_accepted
from qcore.training.cohorts import mimic_items, mimic_tables, transfusion


def read_measurements(
    path: Path,
    items: Mapping[int, mimic_items.Item],
    episodes: pd.DataFrame,
    *,
    value: str,
    error_flag: str | None = None,
) -> pd.DataFrame:
    """Read a table of timed values around the episodes: labevents, outputevents or chartevents.

    A value is linked by patient and time, not by admission: samples taken in the emergency ward
    count too, and MIMIC-IV gives those no admission number.

    Args:
        path: file of the table, .csv or .csv.gz.
        items: meaning of the item numbers wanted.
        episodes: one a row, with columns subject_id, patient_id and start_time.
        value: name of its value column.
        error_flag: name of a column that is 1 where the entry was withdrawn.

    Returns:
        patient_id, hours_from_start, parameter, value in the unit of the parameter's name; only the
        windows of ``transfusion.WINDOWS_H``, values outside their accepted range left out.
    """
    columns = ["subject_id", "itemid", "charttime", value] + ([error_flag] if error_flag else [])
    keep: dict[str, Collection[object]] = {
        "subject_id": set(episodes["subject_id"]),
        "itemid": set(items),
    }
    pieces = []
    for piece in mimic_tables.pieces(path, columns, keep):
        valid = piece.dropna(subset=["charttime", value])
        if error_flag:
            valid = valid[valid[error_flag] != 1]
        pieces.append(_around(valid.rename(columns={value: "stored"}), _meaning(items), episodes))
    summed = _add_up(mimic_tables.join(pieces))
    accepted: pd.DataFrame = summed[is_accepted(summed)]
    return accepted.reset_index(drop=True)


def _meaning(items: Mapping[int, mimic_items.Item]) -> pd.DataFrame:
    windows, usual_window = transfusion.WINDOWS_H, transfusion.INPUT_WINDOW_H
    rows = [
        (number, it.parameter, it.unit.factor, it.unit.offset, *windows.get(it.parameter, usual_window))
        for number, it in items.items()
    ]
    return pd.DataFrame(rows, columns=["itemid", "parameter", "factor", "offset", "from_h", "to_h"])


def _around(piece: pd.DataFrame, meaning: pd.DataFrame, episodes: pd.DataFrame) -> pd.DataFrame:
    key = episodes[["subject_id", "patient_id", "start_time"]]
    rows = piece.merge(meaning, on="itemid").merge(key, on="subject_id")
    hours = (rows["charttime"] - rows["start_time"]).dt.total_seconds() / 3600
    rows = rows.assign(hours_from_start=hours, value=rows["stored"] * rows["factor"] + rows["offset"])
    near = rows[hours.between(rows["from_h"], rows["to_h"])]
    return near[["patient_id", "hours_from_start", "parameter", "value"]]


def _add_up(measurements: pd.DataFrame) -> pd.DataFrame:
    """Sum what belongs to one moment: the urine of all catheters, the parts of the coma scale."""
    moment = ["patient_id", "hours_from_start"]
    parameter = measurements["parameter"]
    is_urine = parameter == "urine_ml"
    is_part = parameter.isin(mimic_items.GCS_PARTS)
    urine = measurements[is_urine].groupby(moment, as_index=False)["value"].sum()
    # Irrigation fluid can be charted before it has come back: no urine is negative.
    urine = urine.assign(parameter="urine_ml", value=urine["value"].clip(lower=0.0))
    parts = measurements[is_part].pivot_table(index=moment, columns="parameter", values="value")
    total = parts.reindex(columns=list(mimic_items.GCS_PARTS)).sum(axis=1, skipna=False)
    coma = total.dropna().rename("value").reset_index().assign(parameter="gcs")
    columns = list(measurements.columns)
    single = measurements[~is_urine & ~is_part]
    summed = [table[columns] for table in (urine, coma) if len(table)]
    all_values: pd.DataFrame = pd.concat([single, *summed], ignore_index=True)
    return all_values
