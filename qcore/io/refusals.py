"""Cells and patients that are not scored, each with its place and a sentence; only so many are kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

MAX_REFUSALS = 1_000


@dataclass(frozen=True)
class Refusal:
    """One cell or patient that is not used.

    Attributes:
        line: line of the file as a text editor counts it, the header being line 1.
        patient_id: as in the file.
        column: column of the file, or the input that could not be taken.
        message: a sentence that says what is wrong and what to do.
    """

    line: int
    patient_id: str
    column: str
    message: str


@dataclass(frozen=True)
class Refusals:
    """The first ``MAX_REFUSALS`` refusals in order of line, and how many there are in all."""

    kept: tuple[Refusal, ...] = ()
    count: int = 0

    @property
    def more(self) -> int:
        """How many are not kept."""
        return self.count - len(self.kept)


def first_refusals(places: Iterable[tuple[int, Callable[[], Refusal]]]) -> Refusals:
    """Keep the first refusals by line.

    Args:
        places: line, and what writes the refusal: only those kept are written.
    """
    ordered = sorted(places, key=lambda place: place[0])
    return Refusals(tuple(write() for _, write in ordered[:MAX_REFUSALS]), len(ordered))
