"""A session of the dashboard inside the test process."""

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.ui.dosing_asking import Asking
from qcore.settings import REPOSITORY

TIMEOUT_S = 60


@pytest.fixture
def home() -> AppTest:
    """The page the dashboard opens with."""
    return AppTest.from_file(str(REPOSITORY / "dashboard" / "app.py"), default_timeout=TIMEOUT_S).run()


@pytest.fixture(autouse=True)
def _networks_are_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody asks the networks of the dose page in the background of a test about something else."""
    monkeypatch.setattr(Asking, "_run", lambda _self: None)


@pytest.fixture
def aki(home: AppTest) -> AppTest:
    """The AKI page as it opens: an example patient, conventional units."""
    return home.switch_page("views/aki.py").run()
