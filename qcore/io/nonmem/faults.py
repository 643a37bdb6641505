"""Why a file is refused: its faults, each with its line and column where it has them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from qcore.errors import UnreadableInput
from qcore.io.delimited import shortened
from qcore.io.nonmem.sentences import Part, Text, Wording, sentence, worded


@dataclass(frozen=True)
class Fault:
    """Something because of which a file is refused.

    Attributes:
        line: line of the file as a text editor counts it; 0 where it is the whole file.
        column: its name in the file; "" where it is the whole file.
        message: a sentence that says what is wrong and what to do.
    """

    line: int
    column: str
    message: Text

    def worded(self, wording: Wording | None = None) -> str:
        """Return the sentence, with the place before it.

        Args:
            wording: how the front end names fields; None for the names of arguments.
        """
        message = worded(self.message, wording) if wording else str(self.message)
        return f"Line {self.line}, column {shortened(self.column)}: {message}" if self.line else message


class UnreadableStudy(UnreadableInput):
    """A file of a study cannot be read.

    Args:
        faults: all that were found, at least one, in any order.

    Attributes:
        faults: in order of line, those of the whole file last.
    """

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: (not fault.line, fault.line)))
        super().__init__(self.worded())

    def worded(self, wording: Wording | None = None) -> str:
        """Return the first fault, and how many more there are.

        Args:
            wording: as for ``Fault.worded``.
        """
        more = len(self.faults) - 1
        others = f" There {'is 1 more fault' if more == 1 else f'are {more} more faults'} in the file." if more else ""
        return f"{self.faults[0].worded(wording)}{others}"


def refuse(faults: Iterable[Fault]) -> None:
    """Refuse a file for its faults; do nothing if there is none.

    Raises:
        UnreadableStudy: holds all of them.
    """
    every = list(faults)
    if every:
        raise UnreadableStudy(every)


def unreadable(*parts: Part) -> UnreadableStudy:
    """Return the error that refuses a whole file.

    Args:
        parts: of the sentence.
    """
    return UnreadableStudy([Fault(0, "", sentence(*parts))])
