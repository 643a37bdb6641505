"""The made-up recordings by name: rhythms and diseases as textbooks draw them."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qcore.io.ecg.leads import STANDARD
from qcore.io.ecg.record import Ecg
from qcore.tasks.ecg.synthetic import Beat, Deflection, Synthetic, dipole_uv, fibrillation_uv, leads_of, with_noise

P = Deflection("P", -115, 18, (90, 120, 25))
Q = Deflection("QRS", -22, 7, (-90, -40, 180))
R = Deflection("QRS", 0, 10, (900, 800, -150))
S = Deflection("QRS", 24, 8, (-150, -60, -500))
T = Deflection("T", 255, 46, (220, 190, 170))
SINUS = Beat((P, Q, R, S, T))
FIBRILLATING = Beat((Q, R, S, T))
LEFT_BUNDLE = Beat((
    replace(P, at_ms=-130),
    Deflection("QRS", -20, 16, (500, 100, -700)), Deflection("QRS", 30, 20, (800, 0, -800)),
    Deflection("T", 290, 50, (-220, -20, 330)),
))  # fmt: skip
INFERIOR = Beat((P, Deflection("QRS", -24, 9, (40, -260, 60)), R, S, Deflection("T", 150, 55, (-60, 280, -90)), T))
HYPERTROPHY = Beat((P, Q, replace(R, sigma_ms=12, vector=(2000, 600, -900)), replace(S, vector=(-100, -60, -900)),
                    replace(T, vector=(-260, -60, 260))))  # fmt: skip
EXTRA = Beat((
    Deflection("QRS", -25, 20, (-500, 700, 900)), Deflection("QRS", 35, 22, (-700, 900, 600)),
    Deflection("T", 300, 50, (300, -300, -350)),
))  # fmt: skip

Times = Callable[[float, np.random.Generator], NDArray[np.float64]]


def _steady(bpm: float) -> Times:
    """Return a rhythm whose RR breathes by 2 %."""

    def times(seconds: float, rng: np.random.Generator) -> NDArray[np.float64]:
        n = int(seconds * bpm / 60) + 3
        rr = 60 / bpm * (1 + 0.02 * np.sin(0.9 * np.arange(n) + rng.uniform(0, 6)) + rng.normal(0, 0.004, n))
        return rng.uniform(0.3, 0.6) + np.concatenate([[0], np.cumsum(rr)])

    return times


def _irregular(seconds: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a rhythm without any order, about 95 a minute."""
    rr = np.clip(rng.lognormal(np.log(0.62), 0.24, int(seconds * 3) + 3), 0.36, 1.4)
    return 0.4 + np.concatenate([[0], np.cumsum(rr)])


@dataclass(frozen=True)
class _Case:
    title: str
    description: str
    beat: Beat
    times: Times
    fibrillation: bool = False
    extra_every: int = 0


CASES = {
    "normal": _Case(
        "Normal sinus rhythm",
        "A healthy heart at 70 beats per minute; every interval is normal.",
        SINUS, _steady(70),
    ),
    "tachycardia": _Case(
        "Sinus tachycardia",
        "120 beats per minute, each with its P wave; QT is short because the rate is high.",
        SINUS, _steady(120),
    ),
    "bradycardia": _Case(
        "Sinus bradycardia",
        "45 beats per minute, each with its P wave; Bazett's QTc is too small here.",
        SINUS, _steady(45),
    ),
    "atrial_fibrillation": _Case(
        "Atrial fibrillation",
        "No P waves but small fast ones, best seen in V1, and no order in the beats: PR cannot be measured.",
        FIBRILLATING, _irregular, fibrillation=True,
    ),
    "left_bundle_branch_block": _Case(
        "Left bundle branch block",
        "A wide QRS, all downwards in V1, broad and notched in I and V6, with T the other way.",
        LEFT_BUNDLE, _steady(66),
    ),
    "inferior_infarction": _Case(
        "Inferior infarction, ST elevation",
        "ST is raised in II, III and aVF, which have Q waves, and lowered in aVL.",
        INFERIOR, _steady(78),
    ),
    "hypertrophy": _Case(
        "Left ventricular hypertrophy",
        "High R waves in I, V5 and V6, deep S in V1 and V2, and T upside down on the left.",
        HYPERTROPHY, _steady(68),
    ),
    "ventricular_extra_beats": _Case(
        "Ventricular extra beats",
        "Sinus rhythm; every fifth beat comes early and wide, without a P wave, and a pause follows.",
        SINUS, _steady(72), extra_every=5,
    ),
}  # fmt: skip
"""By name; `synthetic` makes them."""


def synthetic(name: str, seconds: float = 10.0, rate_hz: float = 500.0, seed: int = 0) -> Synthetic:
    """Return a made-up recording with 12 leads.

    Args:
        name: one of `CASES`.
        seconds: how long.
        rate_hz: samples a second.
        seed: of noise and rhythm; the same one gives the same recording.

    Raises:
        KeyError: there is no such case.
    """
    case = CASES[name]
    rng = np.random.default_rng(seed)
    times = case.times(seconds, rng)
    rr = np.diff(times, prepend=times[0] - float(np.median(np.diff(times))))
    usual_rr = float(np.median(rr))
    extra = np.zeros(len(times), bool)
    if case.extra_every:
        extra[case.extra_every - 1 :: case.extra_every] = True
        # Early, and the next sinus beat comes when it would have come anyway.
        times = np.where(extra, times - 0.35 * usual_rr, times)
    beats = [(r, interval, EXTRA if odd else case.beat) for r, interval, odd in zip(times, rr, extra, strict=True)]
    dipole = dipole_uv(beats, seconds, rate_hz)
    if case.fibrillation:
        dipole += fibrillation_uv(seconds, rate_hz, rng)
    uv = with_noise(leads_of(dipole), rate_hz, rng).astype(np.float32)
    note = "Made up: this recording is of no person."
    ecg = Ecg(STANDARD, uv, rate_hz, format="made up", notes=(note,))
    inside = times[(times >= 0) & (times < seconds)]
    p, qrs, t = (case.beat.bounds_ms(kind, usual_rr) for kind in ("P", "QRS", "T"))
    area = np.sum([d.sigma_ms * np.array(d.vector) for d in case.beat.deflections if d.kind == "QRS"], axis=0)
    truth: dict[str, float | None] = {
        "rate_bpm": 60 / float(np.diff(inside).mean()) if len(inside) > 1 else None,
        "pr_ms": None if p is None or qrs is None else qrs[0] - p[0],
        "qrs_ms": None if qrs is None else qrs[1] - qrs[0],
        "qt_ms": None if qrs is None or t is None else float(t[1] - qrs[0]),
        "qrs_axis_deg": float(np.degrees(np.arctan2(area[1], area[0]))),
    }
    samples = np.rint(inside * rate_hz).astype(np.int64)
    return Synthetic(name, case.title, case.description, ecg, samples, truth)
