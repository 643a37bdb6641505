"""The process that parses: it reads requests from its input until that ends, within limits of memory."""

import resource
import sys
from pathlib import Path

from qcore.errors import UnreadableInput
from qcore.io.image import wire
from qcore.io.image.upload import read_upload

MEMORY_BYTES = 1_000_000_000
"""For what files need, beyond what the libraries have mapped."""
READ, REFUSED = b"read", b"refused"


def main() -> None:
    """Read images in this child process, request after request, within limits of memory, until the stream ends."""
    mapped = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (mapped + MEMORY_BYTES,) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    # Decoders in C print what displeases them; the answer must stay clean.
    sys.stdout = sys.stderr
    while True:
        try:
            files = wire.to_files(wire.receive(source))
        except wire.Ended:
            return
        try:
            answer: list[bytes | memoryview] = [READ, *wire.from_upload(read_upload(files))]
        except UnreadableInput as error:
            answer = [REFUSED, str(error).encode()]
        wire.send(sink, *answer)


if __name__ == "__main__":
    main()
