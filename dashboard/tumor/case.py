"""The series that is looked at."""

from dataclasses import dataclass

from qcore.io.image.series import Series


@dataclass(frozen=True, eq=False)
class Case:
    """A series and what a visitor should know of where it comes from.

    Attributes:
        key: tells it from every other in the session.
        title: in a few words.
        source: where it comes from.
        series: what was read or made up.
    """

    key: str
    title: str
    source: str
    series: Series
