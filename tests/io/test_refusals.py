"""Faults are counted where they are, and only the first are written."""

import numpy as np

from qcore.io.refusals import MAX_REFUSALS, Places, Refusal, first_refusals


def places(column: str, lines: list[int], written: list[tuple[str, int]]) -> Places:
    def write(place: int) -> Refusal:
        written.append((column, place))
        return Refusal(lines[place], f"p{lines[place]}", column, "wrong.")

    return Places(np.array(lines, dtype=np.int64), write)


def test_refusals_come_by_line_and_of_one_line_by_kind() -> None:
    written: list[tuple[str, int]] = []
    found = first_refusals([places("a", [5, 2], written), places("b", [], written), places("c", [2, 9], written)])
    assert [(refusal.line, refusal.column) for refusal in found.kept] == [(2, "a"), (2, "c"), (5, "a"), (9, "c")]
    assert (found.count, found.more) == (4, 0)


def test_of_millions_only_the_first_are_written() -> None:
    written: list[tuple[str, int]] = []
    lines = list(range(MAX_REFUSALS * 3, 0, -1))
    found = first_refusals([places("a", lines, written), places("b", lines, written)])
    assert (found.count, found.more) == (6 * MAX_REFUSALS, 5 * MAX_REFUSALS)
    assert len(written) == MAX_REFUSALS
    assert [refusal.line for refusal in found.kept[:4]] == [1, 1, 2, 2]
    assert found.kept[-1].line == MAX_REFUSALS // 2


def test_nothing_is_refused() -> None:
    found = first_refusals([])
    assert (found.kept, found.count, found.more) == ((), 0, 0)
