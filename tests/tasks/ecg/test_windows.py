"""A recording as the models see it: the same whatever its order of leads, rate and unit; or a sentence why not."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from qcore.errors import InvalidValue
from qcore.io.ecg.leads import INDEPENDENT, LIMB, STANDARD
from qcore.io.ecg.record import Ecg
from qcore.tasks.ecg.question import N_SAMPLES
from qcore.tasks.ecg.synthetic_cases import synthetic
from qcore.tasks.ecg.windows import MOST_WINDOWS, windows


def normal(seconds: float = 10.0, rate_hz: float = 500.0) -> Ecg:
    return synthetic("normal", seconds, rate_hz).ecg


def only(ecg: Ecg, leads: tuple[str, ...]) -> Ecg:
    return replace(ecg, leads=leads, uv=np.stack([ecg[lead] for lead in leads]))


def test_order_of_leads_and_derived_ones_make_no_difference() -> None:
    ecg = normal()
    x = windows(ecg).x
    assert x.shape == (1, 8, N_SAMPLES)
    assert np.allclose(windows(only(ecg, STANDARD[::-1])).x, x)
    for limb in (("II", "III"), ("aVL", "aVR"), ("aVL", "aVF"), ("I", "aVF")):
        fewer = windows(only(ecg, (*limb, *STANDARD[6:])))
        assert np.allclose(fewer.x, x, atol=0.02), limb
        assert fewer.notes


@pytest.mark.parametrize("rate_hz", [100.0, 257.0, 512.508, 1000.0])
def test_a_recording_is_seen_alike_at_every_rate(rate_hz: float) -> None:
    seen, usual = windows(normal(10.0, rate_hz)).x, windows(normal()).x
    n = min(seen.shape[-1], N_SAMPLES) - 50
    together = [np.corrcoef(one[50:n], other[50:n])[0, 1] for one, other in zip(seen[0], usual[0], strict=True)]
    assert min(together) > 0.97


def test_a_slow_wander_and_mains_are_gone_and_gaps_are_flat() -> None:
    ecg = normal()
    seconds = np.arange(ecg.uv.shape[1]) / ecg.rate_hz
    disturbed = ecg.uv + 800 * np.sin(2 * np.pi * 0.15 * seconds) + 200 * np.sin(2 * np.pi * 50 * seconds)
    inside = slice(150, N_SAMPLES - 150)
    seen = windows(replace(ecg, uv=disturbed.astype(np.float32))).x[..., inside]
    assert float((seen - windows(ecg).x[..., inside]).abs().max()) < 0.05
    gap = ecg.uv.copy()
    gap[:, 2000:2500] = np.nan
    assert float(windows(replace(ecg, uv=gap)).x[..., 405:495].abs().max()) == 0


def test_long_recordings_are_seen_in_some_windows_and_short_ones_are_filled_up() -> None:
    long = windows(normal(95.0, 250.0))
    assert long.x.shape == (MOST_WINDOWS, 8, N_SAMPLES)
    assert long.starts[0] == 0
    assert long.starts[-1] == 95 * 100 - N_SAMPLES
    short = windows(normal(6.0))
    assert short.x.shape == (1, 8, N_SAMPLES)
    assert not short.x[..., 600:].any()


def _without(lead: str) -> Callable[[], Ecg]:
    return lambda: only(normal(), tuple(name for name in STANDARD if name != lead))


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (_without("V3"), "V3 is missing"),
        (lambda: only(normal(), LIMB), "no chest leads"),
        (lambda: only(normal(), ("II",)), "no chest leads"),
        (lambda: normal(2.0), r"lasts 2\.0 s"),
        (lambda: Ecg(INDEPENDENT, np.zeros((8, 700 * 100), np.float32), 100.0), "10 minutes are the longest"),
        (lambda: replace(normal(), uv=np.full((12, 5000), np.nan, np.float32)), "No lead holds any voltage"),
    ],
)
def test_what_cannot_be_seen_is_told_in_a_sentence(make: Callable[[], Ecg], sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        windows(make())


def test_a_lead_that_was_hardly_recorded_gives_no_diagnosis() -> None:
    ecg = normal()
    uv = ecg.uv.copy()
    uv[7, :4000] = np.nan
    with pytest.raises(InvalidValue, match="half of the time"):
        windows(replace(ecg, uv=uv))
