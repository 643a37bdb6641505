"""Electrocardiograms made up for the paper: sums of bells, marks where they are known, gaps, one lead for a day."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dashboard.shared.ecg_paper.paper import MedianBeat, Overlay, Paper
from qcore.io.ecg.leads import STANDARD, derived
from qcore.io.ecg.record import Ecg

TITLE = "Model attention, not a diagnosis"
WAVES = {"P": (-0.17, 0.022), "Q": (-0.028, 0.008), "R": (0.0, 0.010), "S": (0.028, 0.009), "T": (0.27, 0.048)}
"""Seconds from the R wave, and width."""
HEIGHTS_UV: dict[str, dict[str, float]] = {
    "I": {"P": 90, "Q": -60, "R": 700, "S": -120, "T": 200},
    "II": {"P": 150, "Q": -80, "R": 1100, "S": -180, "T": 300},
    "V1": {"P": 60, "Q": 0, "R": 250, "S": -1000, "T": -80},
    "V2": {"P": 70, "Q": 0, "R": 450, "S": -1400, "T": 450},
    "V3": {"P": 80, "Q": 0, "R": 800, "S": -900, "T": 500},
    "V4": {"P": 80, "Q": -60, "R": 1400, "S": -500, "T": 450},
    "V5": {"P": 80, "Q": -80, "R": 1300, "S": -250, "T": 350},
    "V6": {"P": 80, "Q": -80, "R": 1000, "S": -120, "T": 280},
}
RR_S = 0.8
POINTS_S = {
    "P_on": -0.22, "P_peak": -0.17, "P_off": -0.12, "QRS_on": -0.05, "R_peak": 0.0, "QRS_off": 0.055, "T_on": 0.16,
    "T_peak": 0.27, "T_off": 0.38,
}  # fmt: skip


def beats_of(seconds: float) -> NDArray[np.float64]:
    """Seconds of the R waves."""
    return np.arange(0.4, seconds, RR_S)


def lead_uv(times: NDArray[np.float64], heights: dict[str, float]) -> NDArray[np.float64]:
    """µV at times."""
    phase = (times - 0.4 + RR_S / 2) % RR_S - RR_S / 2
    around = np.where(phase < -0.25, phase + RR_S, phase)
    return sum(height * np.exp(-(((around - WAVES[w][0]) / WAVES[w][1]) ** 2) / 2) for w, height in heights.items())


def twelve_leads(seconds: float = 10.0, rate_hz: float = 500.0, **others: object) -> Ecg:
    """A sinus rhythm of 75 beats/min with a little noise and a wandering baseline."""
    times = np.arange(round(seconds * rate_hz)) / rate_hz
    noise = np.random.default_rng(5)
    measured = {
        name: lead_uv(times, heights) + 60 * np.sin(2 * np.pi * 0.2 * times + k) + noise.normal(0, 8, times.size)
        for k, (name, heights) in enumerate(HEIGHTS_UV.items())
    }
    measured |= derived(measured["I"], measured["II"])
    uv = np.array([measured[name] for name in STANDARD], np.float32)
    made: dict[str, object] = {"format": "made up", "derived": frozenset({"III", "aVR", "aVL", "aVF"})} | others
    return Ecg(STANDARD, uv, rate_hz, **made)  # type: ignore[arg-type]


def marked() -> Paper:
    """Twelve leads with all that can be laid over them."""
    ecg = twelve_leads()
    beats = np.rint(beats_of(ecg.seconds) * ecg.rate_hz).astype(int)
    inside = beats[(beats > 120) & (beats < ecg.uv.shape[1] - 200)]
    fiducials = {lead: {name: inside + round(at * ecg.rate_hz) for name, at in POINTS_S.items()} for lead in ecg.leads}
    half = round(0.4 * ecg.rate_hz)
    median = np.median([ecg.uv[:, beat - half : beat + half] for beat in inside], axis=0).astype(np.float32)
    points = {lead: {name: half + at * ecg.rate_hz for name, at in POINTS_S.items()} for lead in ecg.leads}
    phase = (np.arange(ecg.uv.shape[1]) / ecg.rate_hz - 0.4 + RR_S / 2) % RR_S - RR_S / 2
    at_t = np.exp(-(((phase - 0.2) / 0.06) ** 2))
    of_median = np.exp(-(((np.arange(2 * half) / ecg.rate_hz - 0.6) / 0.06) ** 2))
    weights = np.linspace(0.2, 1, 12)[:, None]
    overlays = (
        Overlay.of_numbers(
            "Integrated gradients", weights * at_t, TITLE, most=1.0, median_values=weights * of_median,
            caption="What the answer would change with most.",
        ),
        Overlay.of_numbers(
            "Occlusion", weights * at_t * np.where(np.arange(12) % 2, 1, -1)[:, None], TITLE, most=1.0, signed=True,
            ends=("speaks against", "speaks for"), caption="How the answer changes without a wave.",
        ),
    )  # fmt: skip
    return Paper(
        ecg, beats, fiducials, MedianBeat(median, ecg.rate_hz, points), overlays,
        caption="Synthetic example.", description="Sinus rhythm, 75 beats/min, QT 380 ms.",
    )  # fmt: skip


def with_gaps() -> Paper:
    """Twelve leads that nobody has calibrated, in which something is missing."""
    ecg = twelve_leads(rate_hz=100.0, calibrated=False, derived=frozenset())
    ecg.uv[:, 300:370] = np.nan
    ecg.uv[6, :] = np.nan
    return Paper(ecg)


def short() -> Paper:
    """Twelve leads for two seconds."""
    return Paper(twelve_leads(2.0))


def day(hours: float = 24.0, rate_hz: float = 128.0) -> Paper:
    """One lead for a day."""
    times = np.arange(round(hours * 3600 * rate_hz)) / rate_hz
    beat = lead_uv(np.arange(round(RR_S * 1280)) / 1280, HEIGHTS_UV["II"]).astype(np.float32)
    uv = beat[np.rint((times % RR_S) * 1280).astype(np.int64) % beat.size] * (1 + 0.2 * np.sin(times / 3000))
    uv[times.size // 3 : times.size // 3 + 60_000] = np.nan
    return Paper(
        Ecg(("ECG1",), uv.astype(np.float32)[None], rate_hz), np.rint(beats_of(hours * 3600) * rate_hz).astype(int)
    )


PAPERS: dict[str, Callable[[], Paper]] = {
    "marked": marked, "with gaps": with_gaps, "short": short, "an hour": lambda: day(1.0), "a day": day,
}  # fmt: skip
