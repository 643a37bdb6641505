"""What the cells of a column look like where its name leaves open what it is: marks, flags, kinds, measurements."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import pairwise

from qcore.io.nonmem.cells import is_missing
from qcore.io.nonmem.columns.names import DOUBTFUL_KINDS, Role
from qcore.io.numerals import readings

# Fewer values of a subject do not show whether they follow each other at random.
_FEWEST = 3
_NEARLY_ALL = 0.9


def fits(role: Role, name: str, cells: Sequence[str], subjects: Sequence[str]) -> bool:
    """Tell whether a column can have a role that its name suggests.

    Args:
        role: the role that the name suggests.
        name: of the column, folded.
        cells: of the column, line by line.
        subjects: who each line is of; empty where that is not known.
    """
    test = _TESTS.get((role, name))
    return test is None or test(cells, subjects)


def is_restless(groups: Iterable[Sequence[str]]) -> bool:
    """Tell whether numbers change from line to line in nearly all subjects, as measurements do and covariates do not.

    Args:
        groups: cells of each subject.
    """
    present = [[cell for cell in group if not is_missing(cell)] for group in groups]
    long = [group for group in present if len(group) >= _FEWEST]
    changing = sum(2 * sum(before != after for before, after in pairwise(group)) > len(group) - 1 for group in long)
    numeric = all(readings(cell, decimal_comma=True) for group in long for cell in group)
    return bool(long) and numeric and changing >= _NEARLY_ALL * len(long)


def by_subject(cells: Sequence[str], subjects: Sequence[str]) -> list[list[str]]:
    """Return the cells of each subject; none where subjects are not known."""
    groups: dict[str, list[str]] = {}
    for cell, subject in zip(cells, subjects, strict=bool(subjects)):
        groups.setdefault(subject, []).append(cell)
    return list(groups.values())


def _are_marks(cells: Sequence[str], subjects: Sequence[str]) -> bool:  # noqa: ARG001 - a test
    # A line that is read may have a 0 there, but not alone: it would be a concentration.
    words = {cell.strip().upper() for cell in cells if not is_missing(cell)}
    return words <= {"C", "I", "#"} or (bool(words & {"C", "I", "#"}) and words <= {"C", "I", "#", "0"})


def _are_flags(cells: Sequence[str], subjects: Sequence[str]) -> bool:  # noqa: ARG001 - a test
    # A limit cannot be 0; a flag is, where a value is not censored.
    words = {cell.strip() for cell in cells if not is_missing(cell)}
    return "0" in words and words <= {"0", "1"}


def _are_kinds(cells: Sequence[str], subjects: Sequence[str]) -> bool:
    """Tell whether one subject has several of these words: else they may describe it."""
    groups = [{cell.strip().lower() for cell in group if not is_missing(cell)} for group in by_subject(cells, subjects)]
    several = sum(len(kinds) > 1 for kinds in groups)
    return 2 * several > len(groups) or len(set().union(*groups)) == 1


# Names that mean two things: the cells decide.
_TESTS: Mapping[tuple[Role, str], Callable[[Sequence[str], Sequence[str]], bool]] = {
    (Role.COMMENT, "c"): _are_marks,
    (Role.CENSORED, "lloq"): _are_flags,
    (Role.CENSORED, "loq"): _are_flags,
    **{(Role.DVID, name): _are_kinds for name in DOUBTFUL_KINDS},
}
