"""What the waveform model reads of a recording: the same at every rate, and a refusal where it cannot."""

import numpy as np
import pytest

from qcore.errors import UnreadableInput
from qcore.io.ecg.leads import INDEPENDENT, STANDARD
from qcore.io.ecg.record import Ecg
from qcore.tasks.hemoglobin.waveform.signal import N_SAMPLES, read_signal


def sines(rate_hz: float, seconds: float = 10.0, leads: tuple[str, ...] = STANDARD) -> Ecg:
    at = np.arange(round(seconds * rate_hz)) / rate_hz
    uv = [1000 * np.sin(2 * np.pi * (5 + STANDARD.index(lead)) * at) + 300 for lead in leads]
    return Ecg(leads, np.array(uv, dtype=np.float32), rate_hz)


@pytest.mark.parametrize("rate_hz", [100.0, 250.0, 500.0, 512.508, 1000.0])
def test_the_rate_does_not_matter_and_the_offset_is_gone(rate_hz: float) -> None:
    signal = read_signal(sines(rate_hz))
    assert signal.shape == (len(INDEPENDENT), N_SAMPLES)
    at = np.arange(N_SAMPLES) / 100
    expected = np.sin(2 * np.pi * (5 + STANDARD.index("V2")) * at)
    middle = slice(200, 800)
    assert signal[INDEPENDENT.index("V2"), middle] == pytest.approx(expected[middle], abs=0.05)


def test_what_100_hz_cannot_hold_is_filtered_and_not_folded() -> None:
    at = np.arange(5000) / 500
    uv = np.tile(1000 * np.sin(2 * np.pi * 105 * at), (12, 1)).astype(np.float32)
    assert np.abs(read_signal(Ecg(STANDARD, uv, 500.0))[:, 100:900]).max() < 0.02


def test_leads_are_found_by_name() -> None:
    turned = sines(500, leads=tuple(reversed(STANDARD)))
    assert read_signal(turned) == pytest.approx(read_signal(sines(500)))


def test_a_shorter_recording_ends_in_zeros_and_a_gap_is_bridged() -> None:
    short = read_signal(sines(500, seconds=6))
    assert (short[:, 600:] == 0).all()
    assert np.abs(short[:, :600]).max() > 0.5
    broken = sines(500)
    broken.uv[3, 100:300] = np.nan
    assert np.isfinite(read_signal(broken)).all()


def test_what_cannot_be_read_is_refused_in_a_sentence() -> None:
    with pytest.raises(UnreadableInput, match="lacks the lead V6"):
        read_signal(sines(500, leads=STANDARD[:-1]))
    with pytest.raises(UnreadableInput, match="shorter than 5 s"):
        read_signal(sines(500, seconds=3))
    empty = sines(500)
    empty.uv[0, :4000] = np.nan
    with pytest.raises(UnreadableInput, match="Lead I was not recorded"):
        read_signal(empty)
