"""The parent's side of a child process that parses: what a file does to the child, it does to no one else."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

from qcore.errors import UnreadableInput
from qcore.io.isolation.messages import READ, Ended, receive, send

PATIENCE_S = 10.0
"""For one request of up to 100 MB; larger ones are given as much more."""
PATIENT_BYTES = 100_000_000
ROOT = Path(__file__).resolve().parents[3]
START = "import sys; sys.path.insert(0, {root!r}); from {module} import main; main()"
EXHAUSTED = "The file could not be read within the limits of time and memory. It is damaged, or made to do harm."


class Child:
    """Asks one child process, request after request, and replaces it after a file that broke it.

    A context manager: the child ends with it.

    Args:
        module: whose ``main`` serves; see `qcore.io.isolation.serving.serve`.
        patience_s: for a request of up to 100 MB.
    """

    def __init__(self, module: str, patience_s: float = PATIENCE_S) -> None:
        self.module = module
        self.patience_s = patience_s
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start nothing yet: the child starts with the first request."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the child."""
        self.close()

    def close(self) -> None:
        """End the child, if one was started."""
        child, self._process = self._process, None
        if child is not None:
            child.kill()
            child.communicate()

    def ask(self, parts: list[bytes]) -> list[bytes]:
        """Return the parts of the child's answer.

        Raises:
            UnreadableInput: the child refuses, or needed more than its limits.
        """
        size = sum(map(len, parts))
        child = self._started()
        timer = threading.Timer(self.patience_s * max(1.0, size / PATIENT_BYTES), child.kill)
        timer.start()
        try:
            assert child.stdin is not None and child.stdout is not None  # noqa: S101, PT018 - both are pipes
            send(child.stdin, *parts)
            kind, *answer = receive(child.stdout)
        except (Ended, BrokenPipeError) as error:
            self.close()
            raise UnreadableInput(EXHAUSTED) from error
        finally:
            timer.cancel()
        if kind != READ:
            raise UnreadableInput(answer[0].decode())
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            environment = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
            # One thread: each of OpenBLAS's own would claim memory of the limit.
            threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-c", START.format(root=str(ROOT), module=self.module)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment | threads,
            )
        return self._process
