"""The AKI page under noise: the selector moves the answer, and the noiseless one stays beside it."""

import pytest
from dashboard_reading import (
    UPLOADED,
    answered_by,
    everything,
    figure,
    gauge_risk,
    is_fault_free,
    rows_in_trail,
    sentences,
)
from streamlit.testing.v1 import AppTest

from qcore.backends.registry import backend
from qcore.noise.device.calibration import load, shipped
from qcore.noise.device.line import best_line
from qcore.tasks.aki.examples import examples
from qcore.tasks.aki.model import load as load_aki
from qcore.tasks.aki.reading.table import template_csv


@pytest.fixture
def noisy(aki: AppTest) -> AppTest:
    page = aki.selectbox(key="backend_kind").set_value("noisy").run()
    assert is_fault_free(page), everything(page)
    return page


def choose(page: AppTest, **settings: object) -> AppTest:
    """Set controls of the sidebar by the end of their key, all in one run."""
    for name, value in settings.items():
        key = f"backend_{name}"
        kinds = (page.selectbox, page.slider, page.select_slider, page.toggle)
        next(widget for kind in kinds for widget in kind if widget.key == key).set_value(value)
    page.run()
    assert is_fault_free(page), everything(page)
    return page


def by_hand(page: AppTest, **settings: object) -> AppTest:
    choose(page, device="by hand")
    return choose(page, **settings)


def ghost(page: AppTest, chart: str) -> list[float]:
    """Where the diamonds of a chart stand, in percent."""
    return next(t["x"] for t in figure(page, chart)["data"] if t.get("marker", {}).get("symbol") == "diamond")


def bars(page: AppTest) -> list[float]:
    return next(t["x"] for t in figure(page, "aki_waterfall")["data"] if t["type"] == "bar")


def errors(page: AppTest) -> list[float] | None:
    """Half-widths of the error bars of the waterfall, in percent."""
    return next((t["error_x"]["array"] for t in figure(page, "aki_waterfall")["data"] if "error_x" in t), None)


def test_the_page_opens_noiseless_and_shows_no_ghost_map_or_processor(aki: AppTest) -> None:
    assert answered_by() == "ideal"
    assert not [t for t in figure(aki, "aki_gauge")["data"] if t["marker"]["symbol"] == "diamond"]
    assert "Where the circuit ran" not in everything(aki)
    assert "Noiseless:" not in everything(aki)
    assert not [box for box in aki.selectbox if box.key == "backend_device"]


def test_a_processor_is_chosen_with_good_defaults_and_the_page_says_what_ran(noisy: AppTest) -> None:
    assert answered_by() == "noisy:fez"
    ran = " ".join(sentences(noisy.sidebar.caption))
    line = ", ".join(map(str, best_line(load("fez"), 4)))
    for said in ("noise of IBM Fez, simulated", "26 February 2025", line, "no shots", "No error mitigation"):
        assert said in ran
    assert "checked on noiseless runs only" in everything(noisy)
    assert "without noise, this threshold finds" in everything(noisy)
    assert [header.value for header in noisy.header if header.value == "Where the circuit ran"]


def test_the_slider_moves_risk_interval_and_bars_and_leaves_the_ghost(noisy: AppTest) -> None:
    model, patient = load_aki(), next(e for e in examples() if e.key == noisy.selectbox(key="aki_example").value)
    seen = []
    for scale in (0.0, 1.0, 5.0):
        choose(noisy, scale=scale)
        assert answered_by() == ("noisy:fez" if scale == 1 else f"noisy:fez:{scale:g}")
        expected = model.predict(patient.inputs.to_frame().T, backend(answered_by()))
        assert gauge_risk(noisy) == pytest.approx(float(expected.value[0]) * 100, abs=1e-6)
        seen.append((gauge_risk(noisy), figure(noisy, "aki_gauge")["data"][0]["error_x"], tuple(bars(noisy))))
        ideal = model.predict(patient.inputs.to_frame().T, backend("ideal"))
        assert ghost(noisy, "aki_gauge") == pytest.approx([float(ideal.value[0]) * 100])
        assert ghost(noisy, "aki_waterfall")[-1] == pytest.approx(float(ideal.value[0]) * 100)
    risks, intervals, steps = zip(*seen, strict=True)
    assert len({round(risk, 3) for risk in risks}) == 3
    assert intervals[0] != intervals[1] != intervals[2]
    assert steps[0] != steps[1] != steps[2]


def test_without_any_noise_the_ghost_lies_on_the_answer(noisy: AppTest) -> None:
    choose(noisy, scale=0.0)
    assert ghost(noisy, "aki_gauge") == pytest.approx([gauge_risk(noisy)], abs=1e-6)
    bar = next(t for t in figure(noisy, "aki_waterfall")["data"] if t["type"] == "bar")
    ends = [start + step for start, step in zip(bar["base"], bar["x"], strict=True)]
    assert ghost(noisy, "aki_waterfall") == pytest.approx(ends, abs=1e-6)
    assert "hardly moves it; the decision stays" in everything(noisy)


def test_every_bar_stays_in_its_row_while_the_noise_changes(noisy: AppTest) -> None:
    rows = figure(noisy, "aki_waterfall")["layout"]["yaxis"]["ticktext"]
    for scale in (2.5, 5.0):
        choose(noisy, scale=scale)
        assert figure(noisy, "aki_waterfall")["layout"]["yaxis"]["ticktext"] == rows


def test_shots_bring_error_bars_that_shrink_with_more_of_them(noisy: AppTest) -> None:
    assert errors(noisy) is None
    assert "95 % interval" not in everything(noisy)
    choose(noisy, shots=250)
    few = errors(noisy)
    assert "250 shots move it by" in everything(noisy)
    assert "(1 standard error)" in everything(noisy)
    assert "Thin lines: 95 % interval" in everything(noisy)
    choose(noisy, shots=16_000)
    many = errors(noisy)
    assert few is not None
    assert many is not None
    assert few[1] > 0
    assert few[1] / many[1] == pytest.approx(8, rel=0.15), "64 times the shots, an eighth of the error"
    assert answered_by() == "noisy:fez:shots=16000"


@pytest.mark.parametrize("device", shipped())
def test_every_processor_can_be_chosen_and_is_drawn(noisy: AppTest, device: str) -> None:
    choose(noisy, device=device)
    assert load(device).label in " ".join(sentences(noisy.sidebar.caption))
    assert noisy.get("plotly_chart")[-1].proto.alt.startswith(f"Map of {load(device).label}")


def test_mitigation_brings_the_answer_back_towards_the_noiseless_one(noisy: AppTest) -> None:
    choose(noisy, scale=3.0)
    (target,) = ghost(noisy, "aki_gauge")
    unmitigated = abs(gauge_risk(noisy) - target)
    choose(noisy, readout=True, zne="exponential")
    assert abs(gauge_risk(noisy) - target) < 0.5 * unmitigated
    assert "(mitigated)" in everything(noisy)
    ran = " ".join(sentences(noisy.sidebar.caption))
    assert "read-out inversion" in ran
    assert "zero-noise extrapolation (exponential" in ran
    assert answered_by() == "noisy:fez:3:zne=exponential:readout"


def test_noise_set_by_hand_moves_the_answer_and_has_no_map(noisy: AppTest) -> None:
    by_hand(noisy)
    assert answered_by() == "noisy:depolarizing_2q=0.01"
    before = gauge_risk(noisy)
    choose(noisy, amplitude_damping=5.0, t1_s=50, p1_given_0=2.5)
    assert answered_by() == "noisy:depolarizing_2q=0.01:amplitude_damping=0.05:p1_given_0=0.025:t1_s=5e-05"
    assert gauge_risk(noisy) != before
    assert "with the noise that was set by hand" in everything(noisy)
    assert not [chart for chart in noisy.get("plotly_chart") if chart.proto.alt.startswith("Map of")]


def test_no_noise_by_hand_is_no_device_in_disguise(noisy: AppTest) -> None:
    by_hand(noisy, depolarizing_2q=0.0)
    assert answered_by() == "noisy:depolarizing_2q=0"
    assert ghost(noisy, "aki_gauge") == pytest.approx([gauge_risk(noisy)], abs=1e-6)


def test_the_flips_are_counted_and_named(noisy: AppTest) -> None:
    assert f"Of the {len(examples())} synthetic patients, **no** decision flips" in everything(noisy)
    by_hand(noisy, depolarizing_2q=10.0, amplitude_damping=10.0)
    model, noise = load_aki(), backend(answered_by())
    flipped = [
        example.title
        for example in examples()
        if model.predict(example.inputs.to_frame().T, noise).decision[0]
        != model.predict(example.inputs.to_frame().T, backend("ideal")).decision[0]
    ]
    assert flipped, "such noise should flip some"
    line = next(m for m in noisy.markdown if "synthetic patients, **" in m.value)
    assert f"**{len(flipped)} decision" in line.value
    assert all(title in line.help for title in flipped)


def test_a_decision_that_changes_is_said(noisy: AppTest) -> None:
    by_hand(noisy, depolarizing_2q=10.0, amplitude_damping=10.0)
    noisy.selectbox(key="aki_example").set_value("medical_stable").run()
    assert "The decision changes] from no alert to **alert**" in everything(noisy)


def test_the_choice_outlives_other_pages_and_patients(noisy: AppTest) -> None:
    choose(noisy, device="torino", scale=2.5, shots=4_000, zne="linear")
    chosen = answered_by()
    noisy.selectbox(key="aki_example").set_value(examples()[3].key).run()
    assert answered_by() == chosen
    noisy.switch_page("home.py").run()
    noisy.switch_page("aki/page.py").run()
    assert is_fault_free(noisy)
    rows = rows_in_trail()
    noisy.run()
    assert rows_in_trail() == rows
    assert noisy.slider(key="backend_scale").value == 2.5
    assert answered_by() == chosen == "noisy:torino:2.5:shots=4000:zne=linear"
    choose(noisy, kind="ideal")
    choose(noisy, kind="noisy")
    assert answered_by() == chosen, "a look at the noiseless answer forgets nothing"


def test_a_what_if_runs_where_the_answer_ran(noisy: AppTest) -> None:
    choose(noisy, scale=5.0)
    slider = next(s for s in noisy.slider if s.label.startswith("Creatinine, last"))
    slider.set_value(slider.max).run()
    assert is_fault_free(noisy)
    assert "It is computed with the noise chosen at the left" in everything(noisy)
    assert ghost(noisy, "aki_what_if_gauge") == pytest.approx([gauge_risk(noisy)])


def test_an_uploaded_table_is_scored_where_the_sidebar_says(noisy: AppTest) -> None:
    choose(noisy, scale=5.0)
    noisy.segmented_control(key="aki_way").set_value(UPLOADED).run()
    noisy.file_uploader(key="aki_file").set_value(("ward.csv", template_csv().encode(), "text/csv")).run()
    assert is_fault_free(noisy)
    with_noise = next(t.value for t in noisy.dataframe if str(t.key).startswith("aki_risks"))["risk_percent"]
    choose(noisy, kind="ideal")
    without = next(t.value for t in noisy.dataframe if str(t.key).startswith("aki_risks"))["risk_percent"]
    assert list(with_noise) != list(without)


def test_every_setting_by_hand_at_once_is_answered_and_recorded(noisy: AppTest) -> None:
    shares = ("depolarizing_2q", "depolarizing_1q", "amplitude_damping", "phase_damping", "p1_given_0", "p0_given_1")
    settings = dict.fromkeys(shares, 0.5) | {"t1_s": 200, "t2_s": 100}
    by_hand(noisy, **settings, shots=16_000, readout=True, zne="exponential")
    assert all(name in answered_by() for name in (*settings, "shots=16000", "zne=exponential", "readout"))
