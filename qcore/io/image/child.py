"""The process that parses: it reads requests from its input until that ends, within limits of memory."""

import resource
import sys

from qcore.errors import UnreadableInput
from qcore.io.image import wire
from qcore.io.image.upload import read_upload

MEMORY_BYTES = 3_000_000_000
"""Address space: libraries map more than they use."""
READ, REFUSED = b"read", b"refused"


def main() -> None:
    """Answer requests."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
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
            answer = [READ, *wire.from_upload(read_upload(files))]
        except UnreadableInput as error:
            answer = [REFUSED, str(error).encode()]
        wire.send(sink, *answer)


if __name__ == "__main__":
    main()
