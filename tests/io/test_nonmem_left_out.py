"""Nothing is left out of a study's file without a word: every value is used, or counted with the reason."""

import re

import pytest

from qcore.io.nonmem.options import Options, Route
from qcore.io.nonmem.reader import ReadStudy, read_study

IV = Options(route=Route.INTRAVENOUS)


def read(*lines: str) -> ReadStudy:
    return read_study("study.csv", "\n".join(lines).encode(), options=IV)


@pytest.mark.parametrize(
    ("lines", "note"),
    [
        (("ID,TIME,AMT,DV", "1,0,9,0", "1,1,.,5"), "Not used, as 0 in the line of a dose: 1 measurement."),
        (("ID,TIME,AMT,DV", "1,0,9,-1.5", "1,1,.,5"), "Not used, as below 0 in the line of a dose: 1 measurement."),
        (
            ("ID,TIME,AMT,DV", "1,0,9,.", "1,1,.,5", "1,24,9,<0.1", "1,25,.,5"),
            "Left out as below the limit of quantification or censored: 1 measurement.",
        ),
        (
            ("ID,TIME,AMT,DV,DVID", "1,0,9,3,0", "1,1,.,5,1", "1,24,9,4,0"),
            "Not used, as DVID of its line is that of a dose: 2 values.",
        ),
        (
            ("ID,TIME,AMT,DV,EVID", "1,0,9,.,1", "1,1,.,5,0", "2,0,0,7,1", "2,1,.,0.2,0"),
            "Not used, as it stands in the line of a dose: 1 value.",
        ),
        (
            ("ID,TIME,AMT,DV,EVID", "1,0,9,.,1", "1,1,.,5,0", "1,2,.,3,3"),
            "Not used, as it stands in the line of a reset (EVID 3): 1 value.",
        ),
        (
            ("C,ID,TIME,AMT,DV", ".,1,0,9,.", ".,1,1,.,5", "C,1,2,.,4"),
            "Left out, as marked as a comment in C: 1 line.",
        ),
        (
            ("ID,TIME,AMT,DV,OCC", "1,0,9,.,1", "1,1,.,5,1", "1,0,9,.,2", "1,1,.,4,2", "1,2,.,3,2"),
            "so that nobody counts twice (2 measurements of later ones left out)",
        ),
    ],
)
def test_what_is_not_used_is_counted_with_its_reason(lines: tuple[str, ...], note: str) -> None:
    assert any(note in each for each in map(str, read(*lines).notes))


@pytest.mark.parametrize(
    ("lines", "unread"),
    [
        (("ID,Day,Hour,AMT,DV", "1,1,8,9,.", "1,1,20,.,5", "1,2,8,.,2"), ""),
        (("ID,DATE,TIME,AMT,DV", "1,2024-03-05,8:00,9,.", "1,2024-03-05,20:00,.,5", "1,2024-03-06,8:00,.,2"), ""),
        (("ID,DATE,TIME,AMT,DV", "1,1,0,9,.", "1,1,20,.,5", "1,2,30,.,2"), "DATE"),
        (("ID,TIME,AMT,DV,UVOL", "1,0,9,.,.", "1,1,.,5,.", "1,2,.,50,200"), ""),
        (("ID,TIME,AMT,DV,PRED", "1,0,9,.,.", "1,1,.,5,4.8"), "PRED"),
    ],
)
def test_columns_that_were_read_are_not_said_not_to_be(lines: tuple[str, ...], unread: str) -> None:
    (note, *_) = map(str, read(*lines).notes)
    found = re.search(r"Not read: (.*)\.$", note)
    assert (found[1] if found else "") == unread
