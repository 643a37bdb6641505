"""Why a file is refused: its faults, each with its line and column where it has them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NoReturn

from qcore.errors import UnreadableInput
from qcore.io.delimited import shortened
from qcore.io.nonmem.sentences import Part, Text, Wording, sentence, worded

SHOWN = 20
"""More faults than these are counted."""


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
        """Return the sentence, with its line and column before it.

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
        super().__init__(" ".join(self.sentences(most=1)))

    def sentences(self, wording: Wording | None = None, most: int = SHOWN) -> list[str]:
        """Return the first faults in sentences, and how many more there are.

        Args:
            wording: how the front end names fields; None for the names of arguments.
            most: how many faults are told.
        """
        more = len(self.faults) - most
        others = f"There {'is 1 more fault' if more == 1 else f'are {more} more faults'} in the file."
        return [*(fault.worded(wording) for fault in self.faults[:most]), *([others] if more > 0 else [])]


class Faults:
    """What is wrong with a file, collected while it is read, so that all of it can be told at once."""

    def __init__(self) -> None:
        self._found: list[Fault] = []

    def add(self, faults: Iterable[Fault]) -> bool:
        """Collect faults and return whether there were any.

        Args:
            faults: of one kind, in any order.
        """
        before = len(self._found)
        self._found += faults
        return len(self._found) > before

    def stop(self) -> None:
        """End the reading where there are faults: what comes next would only make more of them.

        Raises:
            UnreadableStudy: holds all of them.
        """
        if self._found:
            raise UnreadableStudy(self._found)

    def refuse(self, *parts: Part) -> NoReturn:
        """End the reading for a fault of the whole file.

        Args:
            parts: of the sentence that says what is wrong and what to do.

        Raises:
            UnreadableStudy: holds it, and what was found before.
        """
        raise UnreadableStudy([*self._found, Fault(0, "", sentence(*parts))])
