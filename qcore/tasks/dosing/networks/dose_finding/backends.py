"""Backends on which the circuits of a network can run when it is asked for doses, and where none runs."""

from qcore.backends.protocol import Backend
from qcore.backends.registry import backend
from qcore.backends.specification import parse
from qcore.errors import InvalidValue

SIMULATED = ("ideal", "noisy")
REFUSED = (
    "A dose takes about forty thousand circuits a model, for people, doses and networks: no job for a processor that "
    "is shared with others. Choose ideal, or the simulated processor, as noisy:fez."
)
NO_NETWORK = (
    "The quantum networks and their classical twins know the challenge's study alone, read as it is: here the "
    "population model answers by itself, no circuit ran for the dose, and where circuits run changes nothing in it."
)
"""Why a choice of where circuits run has no effect on the dose of another study."""


def simulated(text: str) -> Backend:
    """Build a backend that simulates circuits here.

    Raises:
        InvalidValue: the text specifies none, or a processor.
        MissingAsset: there is no calibration of this device.
    """
    if parse(text).kind not in SIMULATED:
        raise InvalidValue(REFUSED)
    return backend(text)
