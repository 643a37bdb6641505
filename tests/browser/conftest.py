"""A real server and a real Chromium; both end with the tests."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser_reading import Open
from browser_server import CHROMIUM, NO_CHROMIUM, opening, running
from playwright.sync_api import Browser, BrowserContext, sync_playwright


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running dashboard with an audit trail of its own."""
    with running(tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[str]:
    """The address of a dashboard that nobody has visited yet."""
    with running(tmp_path) as address:
        yield address


# A module each: Playwright keeps an event loop running, which tests of other folders must not meet.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser that talks to nobody but the server."""
    if not os.environ.get("QLINICAL_CHROMIUM"):
        pytest.skip(NO_CHROMIUM)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["QLINICAL_CHROMIUM"], args=[*CHROMIUM, "--disable-sync"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def visitor(chromium: Browser) -> Iterator[BrowserContext]:
    """Somebody who has Streamlit's scripts in the cache: to load and compile them for every page costs most."""
    context = chromium.new_context()
    yield context
    context.close()


@pytest.fixture
def open_page(visitor: BrowserContext, server: str) -> Iterator[Open]:
    """Open a path of the dashboard; at the end nothing may have failed in the browser."""
    with opening(visitor, server) as open_path:
        yield open_path
