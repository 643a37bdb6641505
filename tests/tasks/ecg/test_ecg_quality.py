import numpy as np
import pytest

from qcore.tasks.ecg.quality import lead_quality
from qcore.tasks.ecg.synthetic_cases import CASES, synthetic

CLEAN = synthetic("normal").ecg["II"]
RNG = np.random.default_rng(0)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("rate_hz", [100.0, 500.0, 1000.0])
def test_leads_without_faults_are_good(name: str, rate_hz: float) -> None:
    ecg = synthetic(name, rate_hz=rate_hz).ecg

    assert {lead_quality(row, rate_hz).words for row in ecg.uv} == {"good"}


def clipped() -> np.ndarray:
    return np.clip(CLEAN, None, 300)


def half_flat() -> np.ndarray:
    lead = CLEAN.copy()
    lead[3000:4500] = 0
    return lead


def gap() -> np.ndarray:
    lead = CLEAN.copy()
    lead[1000:1500] = np.nan
    return lead


@pytest.mark.parametrize(
    ("lead", "words", "usable"),
    [
        (np.full(5000, np.nan), "missing", False),
        (np.full(5000, 12.0), "flat", False),
        (clipped(), "clipped", True),
        (half_flat(), "flat for", True),
        (gap(), "10 % missing", True),
        (CLEAN + RNG.normal(0, 60, 5000), "noisy", True),
        (CLEAN + 800 * np.sin(2 * np.pi * 0.15 * np.arange(5000) / 500), "wandering baseline", True),
    ],
)
def test_each_fault_is_named(lead: np.ndarray, words: str, usable: bool) -> None:
    found = lead_quality(lead, 500.0)

    assert words in found.words
    assert found.usable is usable
