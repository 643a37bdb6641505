"""The sliders of noise set by hand: whatever is chosen there can be run, and is what the records say."""

from collections.abc import Mapping

import pytest
from dashboard_reading import sentences
from streamlit.testing.v1 import AppTest

from dashboard.shared.execution.hand_made_settings import NEVER, TIMES_US
from qcore.backends.registry import noise_model
from qcore.backends.specification import Specification, parse


def sliders() -> None:
    """The page under test; Streamlit runs its source text alone."""
    import streamlit as st

    from dashboard.shared.execution.hand_made_settings import hand_made_settings

    st.session_state["chosen"] = hand_made_settings()


@pytest.fixture
def page() -> AppTest:
    return AppTest.from_function(sliders).run()


def chosen(page: AppTest, t1_us: int, t2_us: int) -> Mapping[str, float]:
    page.select_slider(key="backend_t1_s").set_value(t1_us)
    page.select_slider(key="backend_t2_s").set_value(t2_us).run()
    assert not page.exception
    found: Mapping[str, float] = page.session_state["chosen"]
    return found


def test_t2_is_limited_to_twice_t1_and_the_page_says_so(page: AppTest) -> None:
    assert chosen(page, 100, 500) == {"depolarizing_2q": 0.01, "t1_s": 1e-4, "t2_s": 2e-4}
    assert sentences(page.caption) == ["T2 is 200 µs here: it cannot be longer than twice T1."]
    assert chosen(page, 500, 500)["t2_s"] == 5e-4, "the slider was not moved"
    assert sentences(page.caption) == []


def test_an_endless_t2_is_what_t1_leaves_of_it(page: AppTest) -> None:
    assert "t2_s" not in chosen(page, 50, NEVER)
    assert sentences(page.caption) == ["T2 is 100 µs here: it cannot be longer than twice T1."]
    assert chosen(page, NEVER, 50)["t2_s"] == 5e-5
    assert sentences(page.caption) == []


@pytest.mark.parametrize("t1_us", TIMES_US)
def test_every_pair_of_times_can_be_run(page: AppTest, t1_us: int) -> None:
    for t2_us in TIMES_US:
        text = str(Specification("noisy", by_hand=chosen(page, t1_us, t2_us)))
        assert noise_model(parse(text)).label.startswith("noise set by hand")
