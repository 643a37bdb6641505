import numpy as np
import pytest

from qcore.tasks.ecg.delineation.beats import r_peaks, without_spikes
from qcore.tasks.ecg.delineation.genuine import ALIKE, likeness
from qcore.tasks.ecg.rhythm import rhythm, rr_intervals_s
from qcore.tasks.ecg.synthetic_cases import CASES, synthetic


def inner(beats: np.ndarray, rate_hz: float, seconds: float = 10.0) -> np.ndarray:
    """Return those that are not cut off at the ends, where the recording holds half a QRS."""
    return beats[(beats > 0.15 * rate_hz) & (beats < (seconds - 0.15) * rate_hz)]


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("rate_hz", [100.0, 500.0, 512.508])
def test_every_beat_of_every_case_is_found_once(name: str, rate_hz: float) -> None:
    made = synthetic(name, rate_hz=rate_hz)

    found, true = inner(r_peaks(made.ecg.uv, rate_hz), rate_hz), inner(made.beats, rate_hz)

    assert len(found) == len(true)
    assert np.abs(found - true).max() <= 0.13 * rate_hz


@pytest.mark.parametrize("lead", ["I", "aVR", "V1", "V6"])
def test_one_lead_is_enough(lead: str) -> None:
    made = synthetic("normal", seconds=20)

    assert len(r_peaks(made.ecg[lead][None], 500.0)) == len(made.beats)


def test_t_waves_as_high_as_qrs_are_no_beats() -> None:
    made = synthetic("normal")
    uv = made.ecg.uv.copy()
    for r in made.beats:
        at = np.arange(uv.shape[1]) - (r + 130)
        uv += 900 * np.exp(-((at / 22) ** 2) / 2)

    assert len(r_peaks(uv, 500.0)) == len(made.beats)


def test_two_seconds_have_two_or_three_beats_and_not_twice_as_many() -> None:
    made = synthetic("normal", seconds=2)

    assert len(r_peaks(made.ecg.uv, 500.0)) == len(made.beats)


def test_pacing_spikes_are_taken_out_and_are_no_beats() -> None:
    made = synthetic("bradycardia")
    spiked = made.ecg.uv.copy()
    for r in made.beats:
        spiked[:, max(r - 90, 0) : max(r - 89, 0)] += 4000

    assert np.abs(without_spikes(spiked, 500.0) - made.ecg.uv).max() < 500
    assert len(r_peaks(spiked, 500.0)) == len(made.beats)


def test_nothing_is_found_in_a_gap_and_no_interval_crosses_it() -> None:
    made = synthetic("normal", seconds=20)
    uv = made.ecg.uv.copy()
    uv[:, 4000:6000] = np.nan

    found = r_peaks(uv, 500.0)
    rr_s = rr_intervals_s(found, 500.0, np.isfinite(uv).any(axis=0))

    assert not ((found >= 4000) & (found < 6000)).any()
    assert np.isnan(rr_s).sum() == 1
    assert np.nanmax(rr_s) < 1


@pytest.mark.parametrize("n_leads", [1, 12])
def test_peaks_of_noise_are_not_alike_and_beats_are(n_leads: int) -> None:
    noise = np.random.default_rng(4).normal(0, 100, (n_leads, 5000))
    made = synthetic("ventricular_extra_beats").ecg.uv[:n_leads]

    assert likeness(noise, 500.0, r_peaks(noise, 500.0)) < ALIKE
    assert likeness(made, 500.0, r_peaks(made, 500.0)) > 0.9


@pytest.mark.parametrize(("name", "regular"), [("normal", True), ("tachycardia", True), ("atrial_fibrillation", False)])
def test_only_fibrillation_is_irregular(name: str, regular: bool) -> None:
    made = synthetic(name, seconds=30)

    assert rhythm(np.diff(made.beats) / 500).regular is regular


def test_early_beats_are_left_out_of_the_normal_intervals() -> None:
    rr_s = np.full(30, 0.8)
    rr_s[[9, 10]] = 0.5, 1.1

    follows = rhythm(rr_s)

    assert follows.regular is True
    assert np.flatnonzero(np.isnan(follows.normal_rr_s)).tolist() == [9, 10]


def test_three_beats_are_too_few_to_call_a_rhythm() -> None:
    assert rhythm(np.array([0.8, 1.2])).regular is None
