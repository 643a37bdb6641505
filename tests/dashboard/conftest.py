"""A session of the dashboard inside the test process."""

import pytest
from streamlit.testing.v1 import AppTest

from qcore.settings import REPOSITORY

TIMEOUT_S = 60


@pytest.fixture
def home() -> AppTest:
    """The page the dashboard opens with."""
    return AppTest.from_file(str(REPOSITORY / "dashboard" / "app.py"), default_timeout=TIMEOUT_S).run()


@pytest.fixture
def aki(home: AppTest) -> AppTest:
    """The AKI page as it opens: an example patient, conventional units."""
    return home.switch_page("views/aki.py").run()
