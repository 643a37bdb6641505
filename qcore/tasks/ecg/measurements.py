"""The measured table: every number with its unit and normal range, or the reason why it could not be measured."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qcore.io.ecg.leads import LIMB
from qcore.tasks.ecg import normal_ranges
from qcore.tasks.ecg.delineation.waves import Kind
from qcore.tasks.ecg.electrical_axes import areas_uv_ms, axis_deg, level_uv
from qcore.tasks.ecg.intervals import GlobalWaves
from qcore.tasks.ecg.median_beat import MedianBeat
from qcore.tasks.ecg.normal_ranges import NormalRange
from qcore.tasks.ecg.rhythm import Rhythm

NO_BEATS = "no beats found"
NO_WAVES: dict[Kind, str] = {"P": "no P waves found", "QRS": "no QRS complexes found", "T": "no T waves found"}
UNSTEADY_PR_MS = 30.0
"""In PTB-XL sinus rhythm however irregular stays below it, and in atrial fibrillation hardly any P is found at all."""
RMSSD_FROM_S = 30.0
SDNN_FROM_S = 120.0
"""Shorter recordings do not give these reliably (Munoz 2015, doi 10.1371/journal.pone.0138921)."""
FAST_BPM = 120.0
"""Above it, ST is measured 60 and not 80 ms after the J point: 80 ms would lie in the T wave."""
BAZETT_BPM = (60.0, 100.0)
"""Bazett's correction fits these rates; outside them it is too large or too small, and Fridericia's is shown first."""


@dataclass(frozen=True)
class Measurement:
    """One number of the table.

    Attributes:
        name: for people.
        value: in `unit`; None where it could not be measured.
        unit: such as ``ms``.
        reason: in words why there is no value; empty where there is one.
        normal: what is usual, where a source says so.
    """

    name: str
    value: float | None
    unit: str
    reason: str = ""
    normal: NormalRange | None = None


def measured(name: str, value: float | None, unit: str, reason: str, normal: NormalRange | None = None) -> Measurement:
    """Return a number, or the reason where it is None or no number."""
    if value is None or not np.isfinite(value):
        return Measurement(name, None, unit, reason, normal)
    return Measurement(name, float(value), unit, "", normal)


def rate(rhythm: Rhythm) -> Measurement:
    """Return the mean ventricular rate."""
    rr = rhythm.rr_s[np.isfinite(rhythm.rr_s)]
    value = 60 / float(rr.mean()) if len(rr) else None
    reason = "fewer than two beats follow each other without a gap"
    return measured("Heart rate", value, "beats/min", reason, normal_ranges.RATE_BPM)


def variability(rhythm: Rhythm) -> dict[str, Measurement]:
    """Return SDNN and RMSSD of the normal beats, where the recording is long enough."""
    rr_ms = 1000 * rhythm.normal_rr_s
    there = rr_ms[np.isfinite(rr_ms)]
    seconds = float(there.sum() / 1000)
    steps = np.diff(rr_ms)
    steps = steps[np.isfinite(steps)]
    sdnn = float(there.std(ddof=1)) if seconds >= SDNN_FROM_S else None
    rmssd = float(np.sqrt((steps**2).mean())) if seconds >= RMSSD_FROM_S and len(steps) else None
    short = f"{seconds:.0f} s of normal beats; it takes {{:.0f}}"
    return {
        "sdnn_ms": measured("SDNN", sdnn, "ms", short.format(SDNN_FROM_S), normal_ranges.SDNN_MS),
        "rmssd_ms": measured("RMSSD", rmssd, "ms", short.format(RMSSD_FROM_S), normal_ranges.RMSSD_MS),
    }


def no_p_reason(found: GlobalWaves, rhythm: Rhythm) -> str:
    """Return why PR is not measurable; empty where it is.

    In atrial fibrillation there are no P waves; where fibrillatory waves were taken for some, they have no steady
    relation to QRS and the rhythm is irregular.
    """
    irregular = rhythm.regular is False
    if not np.isfinite(found.onset_ms["P"]):
        return "no P waves found" + (", and the rhythm is irregular, as in atrial fibrillation" if irregular else "")
    if irregular and found.pr_spread_ms > UNSTEADY_PR_MS:
        return "no steady P waves, and the rhythm is irregular, as in atrial fibrillation"
    return ""


def durations(found: GlobalWaves, rhythm: Rhythm, sex: str) -> dict[str, Measurement]:
    """Return PR, QRS, QT and QT corrected for the rate by Bazett 1920 and Fridericia 1920."""
    onset, offset = found.onset_ms, found.offset_ms
    no_qrs = "" if np.isfinite(onset["QRS"]) else NO_WAVES["QRS"]
    no_p = no_qrs or no_p_reason(found, rhythm)
    no_t = no_qrs or NO_WAVES["T"]
    qt = offset["T"] - onset["QRS"]
    rr_s = float(np.nanmean(rhythm.rr_s)) if np.isfinite(rhythm.rr_s).any() else np.nan
    no_rate = no_t if not np.isfinite(qt) else "no rate to correct it for"
    normal = normal_ranges.qtc_ms(sex)
    return {
        "pr_ms": measured("PR", None if no_p else onset["QRS"] - onset["P"], "ms", no_p, normal_ranges.PR_MS),
        "qrs_ms": measured("QRS", offset["QRS"] - onset["QRS"], "ms", no_qrs, normal_ranges.QRS_MS),
        "qt_ms": measured("QT", qt, "ms", no_t),
        "qtc_bazett_ms": measured("QTc (Bazett)", qt / np.sqrt(rr_s), "ms", no_rate, normal),
        "qtc_fridericia_ms": measured("QTc (Fridericia)", qt / np.cbrt(rr_s), "ms", no_rate, normal),
    }


def first_qtc(rate_bpm: float | None) -> str:
    """Return the key of the correction that fits the rate: the one to show first."""
    fits = rate_bpm is not None and BAZETT_BPM[0] <= rate_bpm <= BAZETT_BPM[1]
    return "qtc_bazett_ms" if fits else "qtc_fridericia_ms"


def axes(leads: tuple[str, ...], beat: MedianBeat, found: GlobalWaves, no_p: str) -> dict[str, Measurement]:
    """Return the frontal axes of P, QRS and T."""
    normal: dict[Kind, NormalRange | None] = {
        "P": normal_ranges.P_AXIS_DEG, "QRS": normal_ranges.QRS_AXIS_DEG, "T": None,
    }  # fmt: skip
    table = {}
    for kind, usual in normal.items():
        value, reason = None, ""
        if "I" not in leads or not {"II", "III", "aVF"} & set(leads):
            reason = "it takes I and another limb lead"
        elif not np.isfinite(found.onset_ms[kind]) or not np.isfinite(found.onset_ms["QRS"]):
            reason = NO_WAVES[kind]
        elif kind == "P" and no_p:
            reason = no_p
        else:
            areas = dict(zip(leads, areas_uv_ms(beat, found, kind).tolist(), strict=True))
            value = axis_deg({lead: area for lead, area in areas.items() if lead in LIMB}, kind)
            reason = "indeterminate: the wave is too small in the limb leads"
        table[f"{kind.lower()}_axis_deg"] = measured(f"{kind} axis", value, "°", reason, usual)
    return table


def st_levels(
    leads: tuple[str, ...],
    beat: MedianBeat,
    found: GlobalWaves,
    rate_bpm: float | None,
    person: tuple[float | None, str],
) -> Mapping[str, Measurement]:
    """Return ST of each lead in mV, against the level before QRS.

    Args:
        leads: names of the rows of `beat`.
        beat: the median beat.
        found: its waves.
        rate_bpm: decides how long after the J point it is measured.
        person: age in years, None where unknown, and sex.
    """
    after_ms = 60 if rate_bpm is not None and rate_bpm > FAST_BPM else 80
    seen = bool(np.isfinite(found.offset_ms["QRS"]))
    values: list[float | None] = [None] * len(leads)
    if seen:
        at = beat.sample(found.offset_ms["QRS"] + after_ms)
        values = list((beat.uv[:, at - 2 : at + 3].mean(axis=1) - level_uv(beat, found.onset_ms["QRS"])) / 1000)
    return {
        lead: measured(f"ST {lead}, J + {after_ms} ms", v, "mV", NO_WAVES["QRS"], normal_ranges.st_mv(lead, *person))
        for lead, v in zip(leads, values, strict=True)
    }
