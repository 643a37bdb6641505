"""Cells and patients that are not scored, each with its place and a sentence; only so many are kept."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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


@dataclass(frozen=True, eq=False)
class Places:
    """Where faults of one kind are, before anything is written about them.

    Attributes:
        lines: ``(n,)`` line of each.
        write: from the position in ``lines`` to the refusal: only those kept are written.
    """

    lines: npt.NDArray[np.int64]
    write: Callable[[int], Refusal]


def first_refusals(kinds: Iterable[Places]) -> Refusals:
    """Keep the first refusals by line; of the same line, in the order of the kinds.

    Millions of faults are counted, not written: a file may be wrong in every cell.
    """
    faults = list(kinds)
    lines = np.concatenate([np.empty(0, dtype=np.int64), *(kind.lines for kind in faults)])
    kept = np.arange(len(lines))
    if len(lines) > MAX_REFUSALS:
        kept = np.flatnonzero(lines <= np.partition(lines, MAX_REFUSALS)[MAX_REFUSALS])
    kept = kept[np.argsort(lines[kept], kind="stable")][:MAX_REFUSALS]
    starts = np.cumsum([0, *(len(kind.lines) for kind in faults)])
    kinds_of = np.searchsorted(starts, kept, side="right") - 1
    written = (faults[kind].write(int(position - starts[kind])) for kind, position in zip(kinds_of, kept, strict=True))
    return Refusals(tuple(written), len(lines))
