"""Layouts beside NONMEM's own: RxODE's event codes, and lines that stand by what was measured."""

from collections.abc import Sequence

import numpy as np
import pytest

from qcore.errors import UnreadableInput
from qcore.io.nonmem.reader import ReadStudy, read_study

CODED = "ID,TIME,AMT,DV,EVID,SS,II"
BY_QUANTITY = (
    "1,0,100,.,cp,1",
    "1,1,.,5,cp,0",
    "1,24,.,3,cp,0",
    "1,0,.,90,pca,0",
    "1,24,.,60,pca,0",
    "1,48,.,40,pca,0",
)


def read(*lines: str) -> ReadStudy:
    return read_study("study.csv", "\n".join(lines).encode())


def coded(*rows: str) -> ReadStudy:
    return read(CODED, *rows)


def by_quantity(rows: Sequence[str]) -> ReadStudy:
    return read("ID,TIME,AMT,DV,DVID,EVID", *rows)


def test_codes_of_rxode_are_doses() -> None:
    found = coded("1,0,100,.,101,99,0", "1,1,0,5,0,99,0", "2,0,50,.,110,99,12", "2,12,0,3,0,99,0")
    first, second = found.study.subjects
    assert first.doses.amount.tolist() == [100.0]
    assert first.doses.steady_interval.tolist() == [0.0]
    assert second.doses.steady_interval.tolist() == [12.0]
    assert first.observations.value.tolist() == [5.0]
    assert "EVID holds RxODE's codes: 2 doses." in found.notes


def test_a_rate_of_rxode_runs_until_the_same_rate_below_0() -> None:
    rows = [
        "1,0,20,.,10101,0,0",
        "1,1,0,5,0,0,0",
        "1,2.5,-20,.,10101,0,0",
        "1,24,10,.,10101,0,0",
        "1,25,-10,.,10101,0,0",
    ]
    found = coded(*rows, "1,26,0,1,0,0,0")
    (subject,) = found.study.subjects
    assert subject.doses.amount.tolist() == [50.0, 10.0]
    assert subject.doses.duration.tolist() == [2.5, 1.0]
    assert not subject.doses.absorbed.any()
    assert "EVID holds RxODE's codes: 2 doses, of which 2 infusions, with a rate in AMT." in found.notes


def test_codes_are_read_with_a_decimal_comma() -> None:
    found = read("ID;TIME;AMT;DV;EVID", "1;0;319,992;.;101", "1;0,25;0;2,84;0")
    (subject,) = found.study.subjects
    assert subject.doses.amount.tolist() == [319.992]
    assert subject.observations.value.tolist() == [2.84]


@pytest.mark.parametrize(
    ("rows", "place", "says"),
    [
        (("1,0,100,.,20101,0,0",), "Line 2, column 'EVID'", "is not read: only doses at once"),
        (("1,0,100,.,130,0,0",), "Line 2, column 'EVID'", "is not read"),
        (("1,0,20,.,10101,0,0",), "Line 2, column 'AMT'", "begins here, and no other line says where it ends"),
        (("1,0,-20,.,10101,0,0",), "Line 2, column 'AMT'", "ends here, and no other line says where it began"),
        (("1,0,20,.,10101,0,0", "1,0,-20,.,10101,0,0"), "Line 2, column 'AMT'", "begins here"),
    ],
)
def test_codes_that_are_not_read_are_refused(rows: Sequence[str], place: str, says: str) -> None:
    with pytest.raises(UnreadableInput) as error:
        coded(*rows, "1,30,0,5,0,0,0")
    assert place in str(error.value)
    assert says in str(error.value)


def test_one_quantity_after_the_other_is_sorted_by_time() -> None:
    found = by_quantity(BY_QUANTITY)
    (subject,) = found.study.subjects
    seen = subject.observations
    assert np.all(np.diff(seen.time) >= 0)
    assert sorted(seen.value[seen.response].tolist()) == [40.0, 60.0, 90.0]
    assert seen.value[~seen.response].tolist() == [5.0, 3.0]
    assert "Sorted by time, as lines stood by what was measured: 1 subject." in found.notes


@pytest.mark.parametrize(
    "rows",
    [
        # Time falls back within one quantity, or with a dose: the subject may have begun anew.
        (*BY_QUANTITY, "1,2,.,4,cp,0"),
        (*BY_QUANTITY[:3], "1,0,100,.,pca,1", *BY_QUANTITY[3:]),
    ],
)
def test_what_may_be_another_occasion_is_not_sorted(rows: Sequence[str]) -> None:
    with pytest.raises(UnreadableInput, match="Sort the lines of each subject by time"):
        by_quantity(rows)


def test_faults_keep_their_lines_when_sorted() -> None:
    rows = list(BY_QUANTITY)
    rows[1] = "1,1,.,-5,cp,0"
    with pytest.raises(UnreadableInput, match=r"Line 3, column 'DV': The concentration -5"):
        by_quantity(rows)


MIXED = ("1,0,100,.", "2,0,50,.", "1,1,.,5", "2,1,.,3", "2,4,.,1", "1,6,.,2")


def test_a_file_that_goes_by_time_is_brought_together_by_subject() -> None:
    found = read("ID,TIME,AMT,DV", *MIXED)
    assert [subject.observations.value.tolist() for subject in found.study.subjects] == [[5, 2], [3, 1]]
    assert [subject.doses.amount.tolist() for subject in found.study.subjects] == [[100], [50]]
    assert "Brought together by subject, as the file went by time: 2 subjects." in found.notes
    with pytest.raises(UnreadableInput, match="Line 5, column 'DV'"):
        read("ID,TIME,AMT,DV", *MIXED[:3], "2,1,.,-3", *MIXED[4:])


def test_doses_and_measurements_in_blocks_of_their_own_are_sorted() -> None:
    rows = ("1,0,100,.", "1,24,100,.", "2,0,50,.", "1,1,.,5", "1,24,.,2", "1,30,.,4", "2,1,.,3")
    found = read("ID,TIME,AMT,DV", *rows)
    first, second = found.study.subjects
    assert first.doses.time.tolist() == [0, 24]
    assert first.observations.time.tolist() == pytest.approx([1, 24, 30])
    assert second.observations.value.tolist() == [3]
    assert "Sorted by subject and time, as doses and measurements stood apart: 2 subjects." in found.notes


@pytest.mark.parametrize(
    "rows",
    [
        # Neither by time nor in blocks; two persons of one number in a block; a block that is out of order.
        ("1,0,100,.", "1,1,.,5", "2,0,50,.", "2,1,.,3", "1,2,.,5"),
        ("1,4,100,.", "2,0,50,.", "1,6,70,.", "1,7,.,5", "2,1,.,3"),
        ("1,0,100,.", "2,0,50,.", "1,2,.,5", "1,1,.,6", "2,1,.,3"),
    ],
)
def test_what_may_be_two_persons_of_one_number_is_not_brought_together(rows: Sequence[str]) -> None:
    with pytest.raises(UnreadableInput, match="Sort the lines by subject and time"):
        read("ID,TIME,AMT,DV", *rows)
