"""A session of the dashboard inside the test process, with an audit trail of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from qcore.records import database
from qcore.settings import REPOSITORY, settings

TIMEOUT_S = 60
AKI_PAGE = "views/aki.py"
Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def trail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The file of the audit trail."""
    file = tmp_path / "trail.db"
    monkeypatch.setenv("QLINICAL_DATABASE", f"sqlite:///{file}")
    settings.cache_clear()
    yield file
    database.close()
    settings.cache_clear()


@pytest.fixture
def home() -> AppTest:
    return AppTest.from_file(str(REPOSITORY / "dashboard" / "app.py"), default_timeout=TIMEOUT_S).run()


@pytest.fixture
def aki(home: AppTest) -> AppTest:
    """The AKI page as it opens: an example patient, conventional units."""
    return home.switch_page(AKI_PAGE).run()
