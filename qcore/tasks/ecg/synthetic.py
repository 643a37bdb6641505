"""Made-up 12-lead electrocardiograms whose intervals are known: sums of Gaussians on a dipole.

In the manner of McSharry 2003 (doi 10.1109/TBME.2003.808805), with the heart's dipole in three directions, which twelve
leads look at from where they stand. The truth of tests, and examples of the page; they show no real person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qcore.io.ecg.leads import STANDARD, derived
from qcore.io.ecg.record import Ecg
from qcore.tasks.ecg.delineation.waves import Kind

Vector = tuple[float, float, float]
"""µV to the left, to the feet and to the front."""
EDGE_SIGMAS = 2.4
"""From its peak to its onset or offset a Gaussian falls to 6 %: there a reader sees it begin or end."""
_CHEST_DEG = {"V1": 115.0, "V2": 95.0, "V3": 75.0, "V4": 50.0, "V5": 25.0, "V6": 0.0}
"""From the left to the front, in the horizontal plane."""
_CHEST_GAIN = {"V1": 1.0, "V2": 1.5, "V3": 1.5, "V4": 1.4, "V5": 1.2, "V6": 1.0}
"""They lie nearer to the heart than the limbs do."""
_CHEST_DOWN = {"V1": 0.0, "V2": 0.0, "V3": 0.1, "V4": 0.25, "V5": 0.25, "V6": 0.25}


@dataclass(frozen=True)
class Deflection:
    """One Gaussian of the dipole.

    Attributes:
        kind: the wave it belongs to.
        at_ms: its peak, from the R peak.
        sigma_ms: its width.
        vector: its height.
    """

    kind: Kind
    at_ms: float
    sigma_ms: float
    vector: Vector


@dataclass(frozen=True)
class Beat:
    """The deflections of one beat; those of T move with the square root of the RR interval."""

    deflections: tuple[Deflection, ...]

    def bounds_ms(self, kind: Kind, rr_s: float = 1.0) -> tuple[float, float] | None:
        """Return onset and offset of a wave from the R peak, or None where the beat has none."""
        own = [d for d in self.deflections if d.kind == kind]
        if not own:
            return None
        stretch = np.sqrt(rr_s) if kind == "T" else 1.0
        return (
            stretch * min(d.at_ms - EDGE_SIGMAS * d.sigma_ms for d in own),
            stretch * max(d.at_ms + EDGE_SIGMAS * d.sigma_ms for d in own),
        )


def leads_of(dipole_uv: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return ``(12, n)`` µV of the standard leads from ``(3, n)`` of the dipole."""
    left, feet, front = dipole_uv
    by_lead = {"I": left, "II": left / 2 + feet * np.sqrt(3) / 2}
    by_lead |= derived(by_lead["I"], by_lead["II"])
    for lead, degrees in _CHEST_DEG.items():
        angle = np.radians(degrees)
        seen = np.cos(angle) * left + np.sin(angle) * front + _CHEST_DOWN[lead] * feet
        by_lead[lead] = _CHEST_GAIN[lead] * seen
    return np.stack([by_lead[lead] for lead in STANDARD])


def dipole_uv(beats: Sequence[tuple[float, float, Beat]], seconds: float, rate_hz: float) -> NDArray[np.float64]:
    """Return ``(3, n)`` µV of a series of beats.

    Args:
        beats: of each, seconds of its R peak, seconds of RR before it, and what it looks like.
        seconds: of the recording.
        rate_hz: samples a second.
    """
    t_ms = np.arange(round(seconds * rate_hz)) * 1000 / rate_hz
    dipole = np.zeros((3, len(t_ms)))
    for r_s, rr_s, beat in beats:
        for deflection in beat.deflections:
            stretch = np.sqrt(rr_s) if deflection.kind == "T" else 1.0
            middle, sigma = 1000 * r_s + stretch * deflection.at_ms, stretch * deflection.sigma_ms
            near = slice(*np.searchsorted(t_ms, [middle - 6 * sigma, middle + 6 * sigma]))
            shape = np.exp(-(((t_ms[near] - middle) / sigma) ** 2) / 2)
            dipole[:, near] += np.array(deflection.vector)[:, None] * shape
    return dipole


def fibrillation_uv(
    seconds: float, rate_hz: float, rng: np.random.Generator, height_uv: float = 70
) -> NDArray[np.float64]:
    """Return ``(3, n)`` µV of fibrillatory waves: five to seven a second, never quite the same, largest towards V1."""
    n = round(seconds * rate_hz)
    frequency = 6 + 0.6 * np.interp(
        np.arange(n), np.linspace(0, n, 4 + round(2 * seconds)), rng.normal(size=4 + round(2 * seconds))
    )
    phase = 2 * np.pi * np.cumsum(frequency) / rate_hz
    height = height_uv * (1 + 0.3 * np.sin(2 * np.pi * 0.4 * np.arange(n) / rate_hz))
    wave = height * (np.sin(phase) + 0.3 * np.sin(2 * phase))
    dipole: NDArray[np.float64] = np.array([-0.1, 0.5, 0.8])[:, None] * wave
    return dipole


def with_noise(
    uv: NDArray[np.float64], rate_hz: float, rng: np.random.Generator, muscle_uv: float = 6
) -> NDArray[np.float64]:
    """Return leads with muscle noise and the slow rise and fall of breathing, different in each."""
    n_leads, n = uv.shape
    t_s = np.arange(n) / rate_hz
    breath = 40 * rng.uniform(0.3, 1, (n_leads, 1)) * np.sin(2 * np.pi * (0.22 * t_s + rng.uniform(0, 1, (n_leads, 1))))
    noisy: NDArray[np.float64] = uv + breath + rng.normal(0, muscle_uv, uv.shape)
    return noisy


@dataclass(frozen=True, eq=False)
class Synthetic:
    """A made-up recording and what is true of it.

    Attributes:
        name: short, for code.
        title: for people.
        description: what to look for.
        ecg: the recording.
        beats: ``(n_beats,)`` samples of the R peaks.
        truth: of the usual beat ``rate_bpm``, ``pr_ms`` (None where there is none), ``qrs_ms``, ``qt_ms`` and
            ``qrs_axis_deg``.
    """

    name: str
    title: str
    description: str
    ecg: Ecg
    beats: NDArray[np.int64]
    truth: Mapping[str, float | None]
