"""The AKI page in states that several test files begin with."""

import pytest
from aki_jobs import SHOTS
from dashboard_reading import TYPED, everything, is_fault_free
from streamlit.testing.v1 import AppTest


@pytest.fixture
def offered(aki: AppTest) -> AppTest:
    """The page with the rehearsal of a job chosen, none sent."""
    aki.selectbox(key="backend_kind").set_value("ibm").run()
    aki.selectbox(key="backend_ibm_shots").set_value(SHOTS).run()
    assert is_fault_free(aki), everything(aki)
    return aki


@pytest.fixture
def form(aki: AppTest) -> AppTest:
    """The page with empty fields to type into."""
    page = aki.segmented_control(key="aki_way").set_value(TYPED).run()
    assert is_fault_free(page)
    return page
