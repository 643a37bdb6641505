"""The process that parses: it answers requests from its input until that ends, within limits of memory."""

import resource
import sys
from collections.abc import Callable
from pathlib import Path

from qcore.errors import UnreadableInput
from qcore.io.isolation.messages import READ, REFUSED, Ended, receive, send

MEMORY_BYTES = 1_000_000_000
"""For what files need, beyond what the libraries have mapped."""
Parts = list[bytes | memoryview]


def serve(answer: Callable[[list[bytes]], Parts]) -> None:
    """Answer request after request in this child process, within limits of memory, until the stream ends.

    Args:
        answer: parts of a request to parts of an answer; `UnreadableInput` is sent as its sentence.
    """
    mapped = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (mapped + MEMORY_BYTES,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    # Decoders in C print what displeases them; the answer must stay clean.
    sys.stdout = sys.stderr
    while True:
        try:
            request = receive(source)
        except Ended:
            return
        try:
            parts: Parts = [READ, *answer(request)]
        except UnreadableInput as error:
            parts = [REFUSED, str(error).encode()]
        del request
        send(sink, *parts)
