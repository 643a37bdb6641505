"""The process that parses images."""

from qcore.io.image import wire
from qcore.io.image.upload import read_upload
from qcore.io.isolation.messages import to_files
from qcore.io.isolation.serving import serve


def main() -> None:
    """Read images in this child process, request after request, until the stream ends."""
    serve(lambda request: wire.from_upload(read_upload(to_files(request))))
