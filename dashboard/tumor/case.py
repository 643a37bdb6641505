"""The series that is looked at."""

from dataclasses import dataclass

from qcore.io.image.series import Series
from qcore.tasks.tumor.question import TUMOR


@dataclass(frozen=True, eq=False)
class Case:
    """A series and what a visitor should know of where it comes from.

    Attributes:
        key: tells it from every other in the session.
        title: in a few words.
        source: where it comes from.
        series: what was read or made up.
        question: name of the question that is asked of it.
    """

    key: str
    title: str
    source: str
    series: Series
    question: str = TUMOR.name
