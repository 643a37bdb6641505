"""The process that parses electrocardiograms."""

from qcore.io.ecg.uploaded import read_uploaded
from qcore.io.ecg.wire import from_records, to_request
from qcore.io.isolation.serving import serve


def main() -> None:
    """Read electrocardiograms in this child process, request after request, until the stream ends."""
    serve(lambda request: from_records(read_uploaded(*to_request(request))))
