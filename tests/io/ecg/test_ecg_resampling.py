import numpy as np
import pytest

from qcore.io.ecg.resampling import filled, resampled


def wave(rate_hz: float, seconds: float = 4.0, hz: float = 3.0) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(int(seconds * rate_hz)) / rate_hz)[None]


@pytest.mark.parametrize("rate_hz", [100.0, 128.0, 250.0, 360.0, 512.508, 1000.0])
def test_a_slow_wave_is_the_same_at_any_rate(rate_hz: float) -> None:
    new = resampled(wave(rate_hz), rate_hz, 500.0)

    at_s = np.arange(new.uv.shape[1]) / (rate_hz * float(new.ratio))
    inner = slice(100, -100)

    assert new.uv[0, inner] == pytest.approx(np.sin(2 * np.pi * 3 * at_s)[inner], abs=0.01)
    assert rate_hz * float(new.ratio) == pytest.approx(500.0, rel=1e-6)


def test_what_the_lower_rate_cannot_hold_is_taken_out_and_not_folded_down() -> None:
    assert np.abs(resampled(wave(1000.0, hz=180.0), 1000.0, 100.0).uv[:, 20:-20]).max() < 0.01


def test_gaps_stay_where_they_are_and_nothing_leaks_out_of_them() -> None:
    given = wave(1000.0)
    given[:, 1000:1500] = np.nan

    new = resampled(given, 1000.0, 250.0)

    assert np.isnan(new.uv[0, 251:374]).all()
    assert np.isfinite(new.uv[0, :249]).all()
    assert np.isfinite(new.uv[0, 376:]).all()


def test_samples_find_back_to_the_original_clock() -> None:
    new = resampled(wave(512.508, seconds=60), 512.508, 500.0)

    assert abs(new.to_original(new.from_original(np.array([30_000])))[0] - 30_000) <= 1


def test_a_lead_without_anything_is_zero_when_filled_and_a_gap_when_resampled() -> None:
    nothing = np.full((1, 100), np.nan)

    assert (filled(nothing) == 0).all()
    assert np.isnan(resampled(nothing, 100.0, 500.0).uv).all()


def test_a_rate_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="positive"):
        resampled(wave(100.0), 0.0, 500.0)
