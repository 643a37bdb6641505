"""Subjects who begin anew: which occasion is read, and what becomes of the doses of the others."""

import pytest
from study_files import noted, observed, read

from qcore.errors import UnreadableInput
from qcore.io.nonmem.options import Occasions, Options

RESTART = ("1,0,100,.,1", "1,1,0,5,0", "1,0,50,.,4", "1,1,0,3,0", "2,0,100,.,1", "2,1,0,6,0")


def test_a_reset_begins_another_occasion() -> None:
    header = "ID,TIME,AMT,DV,EVID"
    first = read(header, *RESTART)
    assert [subject.observations.value.tolist() for subject in first.study.subjects] == [[5], [6]]
    assert noted(first, "1 occasion of 1 subject")
    every = read(header, *RESTART, options=Options(occasions=Occasions.SEPARATE))
    assert [subject.name for subject in every.study.subjects] == ["1", "1 (occasion 2)", "2"]
    assert [subject.doses.amount.tolist() for subject in every.study.subjects] == [[100], [50], [100]]


def test_a_reset_may_go_on_in_time_and_what_follows_is_not_looked_at() -> None:
    rows = ("1,0,100,.,1", "1,1,0,5,0", "1,24,50,.,4", "1,25,0,-3,0")
    assert observed("ID,TIME,AMT,DV,EVID", *rows).value.tolist() == [5]


def test_a_dose_of_an_occasion_that_is_not_read_is_none() -> None:
    with pytest.raises(UnreadableInput, match="holds no dose"):
        read("ID,TIME,AMT,DV,EVID", "1,0,0,5,0", "1,0,50,.,4", "1,1,0,3,0")


def test_a_reset_before_anything_changes_nothing() -> None:
    found = read("ID,TIME,AMT,DV,EVID", "1,0,0,.,3", "1,0,100,.,4", "1,1,0,5,0")
    assert [subject.name for subject in found.study.subjects] == ["1"]
    assert len(found.study.subjects[0].observations.time) == 1


def test_time_that_goes_on_in_another_occasion_is_none() -> None:
    assert len(observed("ID,TIME,AMT,DV,OCC", "1,0,9,.,1", "1,1,.,5,1", "1,24,9,.,2", "1,25,.,6,2").time) == 2
