import time

import numpy as np
import pytest

from qcore.io.ecg.leads import STANDARD
from qcore.io.ecg.record import Ecg
from qcore.tasks.ecg.delineation.waves import FIDUCIALS
from qcore.tasks.ecg.measure import Measured, fiducials_between, measure
from qcore.tasks.ecg.swapped import with_arms_exchanged
from qcore.tasks.ecg.synthetic_cases import CASES, synthetic

KEYS = {
    "rate_bpm", "pr_ms", "qrs_ms", "qt_ms", "qtc_bazett_ms", "qtc_fridericia_ms", "p_axis_deg", "qrs_axis_deg",
    "t_axis_deg", "sdnn_ms", "rmssd_ms",
}  # fmt: skip
WITHIN = {"rate_bpm": 2, "pr_ms": 15, "qrs_ms": 12, "qt_ms": 20, "qrs_axis_deg": 15}


def whole(found: Measured, ecg: Ecg) -> Measured:
    """Return what was measured, after checking what always holds."""
    assert set(found.measurements) == KEYS
    for measurement in (*found.measurements.values(), *found.st_mv.values()):
        assert (measurement.value is None) == bool(measurement.reason)
    assert set(found.fiducials) == set(ecg.leads) == set(found.quality)
    for of_lead in found.fiducials.values():
        assert set(of_lead) == set(FIDUCIALS)
        for samples in of_lead.values():
            assert samples == sorted(samples)
            assert all(0 <= at < ecg.uv.shape[1] for at in samples)
    return found


@pytest.mark.parametrize("name", [name for name in CASES if name != "atrial_fibrillation"])
def test_what_is_measured_is_what_was_made(name: str) -> None:
    made = synthetic(name)

    found = whole(measure(made.ecg), made.ecg)

    assert abs(len(found.beats) - len(made.beats)) <= 1, "half a QRS at an end may be a beat"
    for key, truth in made.truth.items():
        assert found.measurements[key].value == pytest.approx(truth, abs=WITHIN[key]), key


@pytest.mark.parametrize("rate_hz", [100.0, 250.0, 512.508, 1000.0])
def test_the_rate_of_sampling_changes_no_interval(rate_hz: float) -> None:
    made = synthetic("normal", rate_hz=rate_hz)

    found = measure(made.ecg)

    for key, truth in made.truth.items():
        assert found.measurements[key].value == pytest.approx(truth, abs=WITHIN[key]), key


def test_fibrillation_has_no_pr_and_says_why() -> None:
    made = synthetic("atrial_fibrillation")

    found = whole(measure(made.ecg), made.ecg)

    assert found.measurements["pr_ms"].value is None
    assert "atrial fibrillation" in found.measurements["pr_ms"].reason
    assert found.rhythm.regular is False
    assert found.measurements["rate_bpm"].value == pytest.approx(made.truth["rate_bpm"], abs=1)


def test_st_is_raised_where_the_infarction_is() -> None:
    st = measure(synthetic("inferior_infarction").ecg).st_mv

    for lead in ("II", "III", "aVF"):
        assert st[lead].value > 0.15
        assert st[lead].normal.judged(st[lead].value) == "high"
    assert st["aVL"].value < -0.05


def test_the_correction_that_fits_the_rate_comes_first() -> None:
    assert measure(synthetic("normal").ecg).first_qtc == "qtc_bazett_ms"
    assert measure(synthetic("bradycardia").ecg).first_qtc == "qtc_fridericia_ms"


def test_swapped_arms_are_told_by_name_and_right_ones_are_not() -> None:
    made = synthetic("normal").ecg

    assert not any("arms" in note for note in measure(made).notes)
    assert any("arms may be swapped" in note for note in measure(with_arms_exchanged(made)).notes)


def test_one_bad_lead_changes_nothing_and_is_named() -> None:
    made = synthetic("normal")
    uv = made.ecg.uv.copy()
    uv[STANDARD.index("V3")] = np.random.default_rng(1).normal(0, 400, uv.shape[1])
    uv[STANDARD.index("V5")] = 0
    ecg = Ecg(STANDARD, uv, 500.0)

    found = whole(measure(ecg), ecg)

    assert found.quality["V3"].words.startswith("noisy")
    assert found.quality["V5"].words.startswith("flat")
    assert found.fiducials["V5"]["R_peak"] == []
    assert any("V5" in note for note in found.notes)
    for key, truth in made.truth.items():
        assert found.measurements[key].value == pytest.approx(truth, abs=WITHIN[key]), key


NOISE = np.random.default_rng(2).normal(0, 100, (12, 5000))
NO_BEATS = {
    "flat": np.zeros((2, 5000)),
    "a step": np.repeat([[0.0, 500.0]], 2500, axis=1),
    "noise in one lead": NOISE[:1],
    "noise in all": NOISE,
    "nothing recorded": np.full((1, 5000), np.nan),
    "no samples": np.zeros((1, 0)),
    "one sample": np.zeros((1, 1)),
    "no leads": np.zeros((0, 500)),
}


@pytest.mark.parametrize("name", NO_BEATS)
def test_without_beats_every_number_says_so(name: str) -> None:
    uv = NO_BEATS[name]
    ecg = Ecg(STANDARD[: len(uv)], uv.astype(np.float32), 500.0)

    found = whole(measure(ecg), ecg)

    assert len(found.beats) == 0
    assert {m.reason for m in found.measurements.values()} == {"no beats found"}
    assert "no beats found" in found.notes[0].lower()
    assert found.median is None


@pytest.mark.parametrize("seconds", [1.0, 2.0, 5.0, 11.0, 25.0])
@pytest.mark.parametrize("leads", [("II",), ("V1",), ("I", "II")])
def test_short_and_few_leads_are_measured_as_far_as_they_go(seconds: float, leads: tuple[str, ...]) -> None:
    made = synthetic("normal", seconds=seconds)
    ecg = Ecg(leads, np.stack([made.ecg[lead] for lead in leads]), 500.0)

    found = whole(measure(ecg), ecg)

    assert len(found.beats) == len(made.beats)
    assert (found.measurements["qrs_axis_deg"].value is None) == (len(leads) == 1)
    if seconds > 1:
        assert found.measurements["rate_bpm"].value == pytest.approx(70, abs=3)


@pytest.mark.parametrize("rate_hz", [1.0, 20.0, 40.0])
def test_absurdly_low_rates_do_not_crash(rate_hz: float) -> None:
    ecg = synthetic("normal", seconds=20, rate_hz=rate_hz).ecg

    whole(measure(ecg), ecg)


def test_waves_never_lie_in_a_gap() -> None:
    made = synthetic("normal", seconds=12)
    uv = made.ecg.uv.copy()
    uv[:, 2000:3200] = np.nan
    ecg = Ecg(STANDARD, uv, 500.0)

    found = whole(measure(ecg), ecg)

    for of_lead in found.fiducials.values():
        assert not any(2000 <= at < 3200 for samples in of_lead.values() for at in samples)
    assert found.measurements["rate_bpm"].value == pytest.approx(70, abs=2)


def test_a_long_recording_has_beats_of_all_and_waves_of_ten_seconds() -> None:
    made = synthetic("normal", seconds=600, rate_hz=128.0)
    ecg = Ecg(("II",), made.ecg["II"][None], 128.0)

    found = whole(measure(ecg), ecg)
    asked = fiducials_between(ecg, 300, 310)

    assert len(found.beats) == len(made.beats)
    assert found.stretch_s[1] - found.stretch_s[0] == pytest.approx(10, abs=0.01)
    assert found.measurements["sdnn_ms"].value == pytest.approx(12, abs=6)
    assert all(300 * 128 <= at < 310 * 128 for at in asked["II"]["R_peak"])
    assert len(asked["II"]["R_peak"]) in (11, 12)


@pytest.mark.slow
def test_a_day_of_one_lead_is_measured_in_seconds() -> None:
    hour = synthetic("normal", seconds=3600, rate_hz=128.0).ecg["II"]
    ecg = Ecg(("II",), np.tile(hour, 24)[None], 128.0)
    measure(synthetic("normal").ecg)
    began = time.process_time()

    found = measure(ecg)

    assert time.process_time() - began < 8
    assert len(found.beats) / 24 == pytest.approx(4200, rel=0.02)
