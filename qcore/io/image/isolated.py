"""Parsing in a child process with limits of memory and time: what a file does to it, it does to no one else."""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from qcore.errors import UnreadableInput
from qcore.io.image import wire
from qcore.io.image.child import READ
from qcore.io.image.limits import MAX_BYTES, MAX_FILES
from qcore.io.image.upload import File, Upload

PATIENCE_S = 10.0
"""For one upload of up to 100 MB; larger ones are given as much more."""
PATIENT_BYTES = 100_000_000
ROOT = Path(__file__).resolve().parents[3]
START = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from qcore.io.image.child import main; main()"
EXHAUSTED = "The file could not be read within the limits of time and memory. It is damaged, or made to do harm."


class ImageReader:
    """Reads uploads one after another in one child process, which is replaced after a file that broke it.

    A context manager: the child ends with it.
    """

    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self.patience_s = patience_s
        self._child: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "ImageReader":
        """Start nothing yet: the child starts with the first upload."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the child."""
        self.close()

    def close(self) -> None:
        """End the child, if one was started."""
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            child.communicate()

    def read(self, files: Sequence[File]) -> Upload:
        """Read one upload: files that may belong together.

        Args:
            files: names and bytes.

        Raises:
            UnreadableInput: too much, no image in it, or more than the limits of the child.
        """
        size = sum(len(data) for _, data in files)
        if size > MAX_BYTES or len(files) > MAX_FILES:
            raise UnreadableInput(f"At most {MAX_FILES:,} files and {MAX_BYTES // 1_000_000} MB are read at a time.")
        child = self._started()
        timer = threading.Timer(self.patience_s * max(1.0, size / PATIENT_BYTES), child.kill)
        timer.start()
        try:
            assert child.stdin is not None and child.stdout is not None  # noqa: S101, PT018 - both are pipes
            wire.send(child.stdin, *wire.from_files(list(files)))
            kind, *parts = wire.receive(child.stdout)
        except (wire.Ended, BrokenPipeError) as error:
            self.close()
            raise UnreadableInput(EXHAUSTED) from error
        finally:
            timer.cancel()
        if kind != READ:
            raise UnreadableInput(parts[0].decode())
        return wire.to_upload(parts)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None:
            self.close()
            environment = {name: os.environ[name] for name in ("PATH", "LANG", "HOME") if name in os.environ}
            # One thread: each of OpenBLAS's own would claim memory of the limit.
            threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
            self._child = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-c", START],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment | threads,
            )
        return self._child


def read_images(files: Sequence[File]) -> Upload:
    """Read one upload in a child process of its own; see `ImageReader.read`."""
    with ImageReader() as reader:
        return reader.read(files)
