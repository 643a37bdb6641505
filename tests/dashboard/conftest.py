"""A session of the dashboard inside the test process."""

from collections.abc import Iterator
from functools import cache

import pytest
from dosing_reading import said
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from dashboard import libraries, warm_up
from dashboard.dosing.networks import asking
from qcore.population.design import design
from qcore.population.fitting.fit import Fit, with_uncertainty
from qcore.population.fitting.foce import Problem
from qcore.population.fitting.guess import kinetic_guess
from qcore.population.fitting.search import Search
from qcore.population.structure import Structure
from qcore.settings import REPOSITORY
from qcore.study import Study
from qcore.tasks.dosing import fitting

TIMEOUT_S = 300


@pytest.fixture(autouse=True, scope="session")
def _loaded() -> Iterator[None]:
    """Everything is imported before a test imports any of it; nothing is worked out ahead beside the tests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(warm_up, "_work_ahead", lambda: None)
        # Every AppTest would read the metadata of all installed packages, which takes longer than to draw a page.
        patch.setattr(manifest_scanner, "scan_component_manifests", cache(manifest_scanner.scan_component_manifests))
        libraries.wait_for_processors()
        yield


@pytest.fixture(autouse=True)
def _without_circuits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Networks answer doses at once."""
    monkeypatch.setattr(asking, "answered", lambda _released, _known, wanted, _told: said(wanted))


@pytest.fixture
def without_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """A study is fitted by one compartment alone, and all that follows is done: the search for a model takes longest.

    The search itself is tested in tests/population, and from the page on in tests/browser/test_dosing.py.
    """

    def one_compartment(study: Study, _route_known: bool, search: Search) -> Fit:
        structure, laid = Structure(iiv=("CL", "V", "KA")), design(study)
        problem = Problem(structure, laid)
        return with_uncertainty(search.start([("1 compartment", problem, kinetic_guess(structure, study, laid))])[0])

    monkeypatch.setattr(fitting, "select", one_compartment)


@pytest.fixture
def home() -> AppTest:
    """The page the dashboard opens with."""
    return AppTest.from_file(str(REPOSITORY / "dashboard" / "app.py"), default_timeout=TIMEOUT_S).run()


@pytest.fixture
def aki(home: AppTest) -> AppTest:
    """The AKI page as it opens: an example patient, conventional units."""
    return home.switch_page("aki/page.py").run()
