"""The recording that is looked at."""

from dataclasses import dataclass

from qcore.io.ecg.record import Ecg


@dataclass(frozen=True, eq=False)
class Case:
    """A recording and what a visitor should know of where it comes from.

    Attributes:
        key: tells it from every other in the session.
        title: in a few words.
        source: where it comes from.
        ecg: what was read or made up.
    """

    key: str
    title: str
    source: str
    ecg: Ecg
