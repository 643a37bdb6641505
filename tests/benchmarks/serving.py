"""A dashboard to be timed: a real server with an empty audit trail and nothing compiled yet."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


@contextmanager
def served(folder: Path, script: str = "dashboard/app.py") -> Iterator[str]:
    """Start a server and yield its address once it is healthy.

    Args:
        folder: for its audit trail, its compiled programs and its log.
        script: what it runs.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.headless", "true"]
    options = ["--server.address", "127.0.0.1", "--server.port", port]
    environment = os.environ | {
        "QLINICAL_DATABASE": f"sqlite:///{folder / 'trail.db'}",
        "QLINICAL_PROGRAMS": str(folder / "programs"),
        "OMP_NUM_THREADS": "1",
    }
    with (folder / "log").open("w") as log:
        server = subprocess.Popen([*command, *options], cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait_until_healthy(f"{address}/_stcore/health", server)
        yield address
    finally:
        server.terminate()
        server.wait(20)


def _wait_until_healthy(address: str, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        try:
            with urllib.request.urlopen(address, timeout=1):  # noqa: S310 - our own server
                return
        except OSError:
            time.sleep(0.02)
    raise SystemExit("The server ended before it was healthy.")
