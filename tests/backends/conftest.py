"""A processor of IBM that is not there: its service is scripted, and a backend talks to it."""

from collections.abc import Iterator

import pytest
from ibm_angles import CREDENTIALS
from ibm_service import Service, scripted

from qcore.backends import ibm
from qcore.backends.ibm import IbmBackend


@pytest.fixture
def service() -> Iterator[Service]:
    """The scripted service, whose answers a test sets."""
    with scripted() as found:
        yield found


@pytest.fixture
def fez(service: Service) -> IbmBackend:
    """A backend on the processor that the service offers."""
    assert service
    return ibm.connect("fez", CREDENTIALS)
