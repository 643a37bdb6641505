"""How a server is started and its pages are opened."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from browser_reading import WAIT_MS, Open
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Response

from qcore.settings import REPOSITORY

START_S = 300
STOP_S = 60
NO_CHROMIUM = "QLINICAL_CHROMIUM is not set: run the tests by make test, or set it to the path of a Chromium."
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
# Streamlit's page looks for its server below the path of a deep link first (/aki/_stcore/health), then at the root.
DEEP_LINK_PROBES = tuple(
    f"/{page}/_stcore/{ask}" for page in ("aki", "ecg", "tumor", "dose") for ask in ("health", "host-config")
)


@contextmanager
def running(folder: Path, script: str = "dashboard/app.py") -> Iterator[str]:
    """The address of a server of its own that runs a script."""
    if not os.environ.get("QLINICAL_CHROMIUM"):
        pytest.skip(NO_CHROMIUM)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script]
    options = ["--server.headless", "true", "--server.address", "127.0.0.1", "--server.port", str(port)]
    environment = os.environ | {"QLINICAL_DATABASE": f"sqlite:///{folder / 'trail.db'}", "OMP_NUM_THREADS": "1"}
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([*command, *options], cwd=REPOSITORY, env=environment, stdout=log, stderr=log)
        try:
            _wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", process, folder / "log")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
    assert "Traceback" not in (folder / "log").read_text(), "the server logged an exception"


def _wait_until_healthy(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        assert process.poll() is None, f"the server ended: {log.read_text()}"
        try:
            with urllib.request.urlopen(address, timeout=1):  # noqa: S310 - our own server
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the server did not start within {START_S} s: {log.read_text()}")


@contextmanager
def opening(visitor: BrowserContext, server: str) -> Iterator[Open]:
    """Open paths of a server; at the end nothing may have failed in the browser."""
    problems: list[str] = []
    pages: list[Page] = []

    def said(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.location["url"].endswith(DEEP_LINK_PROBES):
            problems.append(f"console: {message.text} {message.location['url']}")

    def answered(response: Response) -> None:
        if response.status >= 400 and not response.url.endswith(DEEP_LINK_PROBES):
            problems.append(f"{response.status}: {response.url}")
        if not response.url.startswith((server, "data:", "blob:")):
            problems.append(f"a foreign address: {response.url}")

    def open_path(path: str, width: int = 1440, height: int = 1000, scheme: str = "light") -> Page:
        page = visitor.new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.set_default_timeout(WAIT_MS)
        page.on("console", said)
        page.on("pageerror", lambda error: problems.append(f"script: {error}"))
        page.on("response", answered)
        page.goto(f"{server}{path}")
        return page

    yield open_path
    for page in pages:
        page.close()
    assert not problems, "\n".join(problems)
