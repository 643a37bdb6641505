"""What is to be known about the answer for a patient of a long file: dialysis, values before the stay, a transfer."""

import numpy as np
import pandas as pd

from qcore.tasks.aki.features import FIRST_DAY_H, SERIES_COLUMNS, SERIES_PARAMETERS, TAKEN, first_day_inputs
from qcore.tasks.aki.inputs import format_value
from qcore.tasks.aki.kdigo import OLIGURIA_H
from qcore.tasks.aki.reading.dialysis import remark, was_given
from qcore.tasks.aki.reading.long.deciding import DECIDING, in_first_day, is_one_of
from qcore.tasks.aki.reading.long.facts import DIALYSIS
from qcore.tasks.aki.reading.long.measurements import Measurements

_SUMMED = "urine_ml"


def remarks(measured: Measurements, inputs: pd.DataFrame) -> dict[int, tuple[str, ...]]:
    """Return the sentences of each patient, by its position.

    Args:
        measured: the rows of the file.
        inputs: indexed by position, taken from the first 24 hours.
    """
    sentences_of: dict[int, list[str]] = {}
    pairs = (
        *_dialysis(measured),
        *_before(measured, inputs),
        *_transfers(measured),
        *_urine_ends_early(measured),
        *_single_creatinine(measured),
    )
    for patient, sentence in pairs:
        sentences_of.setdefault(patient, []).append(sentence)
    return {patient: tuple(dict.fromkeys(sentences)) for patient, sentences in sentences_of.items()}


def outside_the_day(measured: Measurements) -> list[str]:
    """Say how many values of the inputs lie before and after the hours that are used."""
    time_h = measured.time_h[is_one_of(measured.name, DECIDING) & ~np.isnan(measured.number)]
    before, after = int((time_h < 0.0).sum()), int((time_h > FIRST_DAY_H).sum())
    parts = [f"{count:,} {word}" for count, word in ((before, "before 0 h"), (after, "after 24 h")) if count]
    if not parts:
        return []
    return [f"Only the first 24 hours of the stay count. Values not used: {' and '.join(parts)}."]


def _dialysis(measured: Measurements) -> list[tuple[int, str]]:
    rows = np.flatnonzero(measured.fact == DIALYSIS)
    values, static = measured.rows["value"].to_numpy(), measured.rows["static"].to_numpy(dtype=bool)
    rows = rows[[was_given(values[row], empty=not static[row]) for row in rows.tolist()]]
    first: dict[int, float] = {}
    for row in rows.tolist():
        patient, time_h = int(measured.patient[row]), float(measured.time_h[row])
        known = first.get(patient, np.nan)
        first[patient] = time_h if np.isnan(known) else float(np.fmin(known, time_h))
    return [(patient, remark(time_h)) for patient, time_h in first.items()]


def _before(measured: Measurements, inputs: pd.DataFrame) -> list[tuple[int, str]]:
    """Say where a value before the stay would have been taken, had it been a little later."""
    early = measured.used & (measured.time_h < 0.0) & (measured.name != _SUMMED)
    concerned = np.zeros(len(measured.ids), dtype=bool)
    concerned[measured.patient[early]] = True
    rows = np.flatnonzero(measured.used & concerned[measured.patient])
    if not len(rows):
        return []
    moved = pd.DataFrame(
        dict(
            zip(
                SERIES_COLUMNS,
                (measured.patient[rows], measured.time_h[rows], measured.name[rows], measured.number[rows]),
                strict=True,
            )
        )
    ).sort_values("time_h", kind="stable")
    moved = moved[(moved["parameter"] != _SUMMED) | (moved["time_h"] >= 0.0)]
    would_be = first_day_inputs(moved.assign(time_h=moved["time_h"].clip(lower=0.0)))
    rows = np.flatnonzero(early)
    charted = pd.DataFrame({"row": rows, "patient": measured.patient[rows], "number": measured.number[rows]})
    charted = charted.assign(time_h=measured.time_h[rows], parameter=measured.name[rows]).sort_values("time_h")
    sentences = []
    for name, (parameter, how) in TAKEN.items():
        of_parameter = charted[charted["parameter"] == parameter]
        taken, now = of_parameter["patient"].map(would_be[name]), of_parameter["patient"].map(inputs[name])
        of_parameter = of_parameter[(of_parameter["number"] == taken) & (taken != now)].drop_duplicates("patient")
        numbers, used = of_parameter["row"].to_numpy(dtype=np.int64), now[of_parameter.index].to_numpy(dtype=np.float64)
        sentences += [
            (int(measured.patient[row]), _not_used(measured, row, how, value))
            for row, value in zip(numbers.tolist(), used.tolist(), strict=True)
        ]
    return sentences


def _not_used(measured: Measurements, row: int, how: str, used: float) -> str:
    item = SERIES_PARAMETERS[measured.name[row]]
    instead = "" if np.isnan(used) else f"; the {_HOW[how]} value used is {format_value(item, used)}"
    at = f"{round(float(measured.time_h[row]), 1):g} h"
    value = format_value(item, measured.number[row])
    return f"{item.label} {value} at {at} was before the stay and is not used{instead}."


_HOW = {"first": "first", "last": "last", "max": "highest", "min": "lowest"}


def _urine_ends_early(measured: Measurements) -> list[tuple[int, str]]:
    """Say where the last six charted hours of urine are not those at the end of the day."""
    rows = np.flatnonzero((measured.name == _SUMMED) & measured.used & in_first_day(measured.time_h))
    until = pd.Series(measured.time_h[rows]).groupby(measured.patient[rows]).max()
    early = until[until < FIRST_DAY_H - OLIGURIA_H]
    return [
        (patient, f"Urine is charted until {round(hour, 1):g} h only, and is taken to go on as it flowed until then.")
        for patient, hour in zip(early.index.tolist(), early.tolist(), strict=True)
    ]


def _single_creatinine(measured: Measurements) -> list[tuple[int, str]]:
    rows = np.flatnonzero((measured.name == "creatinine_mg_dl") & measured.used & in_first_day(measured.time_h))
    charted = pd.Series(measured.time_h[rows]).groupby(measured.patient[rows])
    hours = charted.min()[charted.min() == charted.max()]
    return [
        (patient, f"Only one creatinine is charted, at {round(hour, 1):g} h: it counts as the first and the last.")
        for patient, hour in zip(hours.index.tolist(), hours.tolist(), strict=True)
    ]


def _transfers(measured: Measurements) -> list[tuple[int, str]]:
    rows = np.flatnonzero((measured.name == "icu_type") & measured.used & in_first_day(measured.time_h))
    units = pd.DataFrame(
        {"patient": measured.patient[rows], "time_h": measured.time_h[rows], "type": measured.number[rows]}
    )
    units = units.sort_values("time_h", kind="stable").drop_duplicates(["patient", "type"])
    moved = units[units["patient"].duplicated(keep=False)]
    item = SERIES_PARAMETERS["icu_type"]
    types: dict[int, list[str]] = {}
    for patient, code in zip(moved["patient"].tolist(), moved["type"].tolist(), strict=True):
        types.setdefault(patient, []).append(format_value(item, code))
    return [
        (patient, f"Moved in the first day: {', then '.join(names)}. The first unit is used.")
        for patient, names in types.items()
    ]
