"""Whatever the bytes, a file is either read whole or refused with a sentence."""

from collections.abc import Sequence

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from qcore.errors import UnreadableInput
from qcore.io.nonmem.columns.roles import Role
from qcore.io.nonmem.options import Occasions, Options, Route
from qcore.io.nonmem.reader import ReadStudy, read_study
from qcore.study import Units

HEADER = "ID,TIME,AMT,DV,EVID,MDV,CMT,DVID,RATE,ADDL,II,SS,OCC,BLQ,ROUTE,WT,SEX,DOSE"
ROWS = (
    "1,0,100,.,1,1,1,0,0,3,24,1,1,0,oral,70,m,100",
    "1,1,.,5.5,0,0,2,1,0,0,0,0,1,0,,70,m,100",
    "1,1,.,12,0,0,3,2,0,0,0,0,1,0,,70,m,100",
    "1,0,50,.,4,1,2,0,25,0,0,0,2,0,,70,m,100",
    "1,08:30,.,<0.1,0,0,2,1,0,0,0,0,2,1,,71,m,100",
    "2,0,.,11,0,0,3,2,0,0,0,0,1,0,,.,f,0",
    "2,24,.,10,0,0,3,2,0,0,0,0,1,0,,55,f,0",
)
NASTY = (
    "",
    ".",
    "NA",
    "nan",
    "inf",
    "-inf",
    "-1",
    "0",
    "1e99",
    "1e9",
    "1e-29",
    "-2",
    "1,5",
    "1.500",
    "=1",
    '"',
    "\x00",
)
CELLS = st.sampled_from(
    (
        *(*NASTY, "a", "é", "4", "1e400", "9" * 30, "0." + "0" * 400 + "1", "12:61", "100:00", "none", "C"),
        *("-99", "23:30", "0:15", "2024-03-05", "5.3.24", "31/02/2024", "2024-03-05 08:00", "99999999", "h", "mg"),
    )
)
NAMES = st.sampled_from(
    (
        *(*HEADER.split(","), "DATE", "C", "conc", "effect", "LLOQ", "interval", "Dose (mg/kg)", "", "TINF"),
        *("DAT2", "DATETIME", "TIME (days)", "RATE (mg/min)", "TYPE", "KIND", "LNDV", "AVAL", "VISIT", "PER"),
    )
)
OPTIONS = st.builds(
    Options,
    route=st.none() | st.sampled_from(Route),
    dose=st.none() | st.just(25.0),
    dose_per_kg=st.none() | st.booleans(),
    concentration=st.none() | st.sampled_from(("", "1", "cp")),
    response=st.none() | st.sampled_from(("", "2", "pca")),
    occasions=st.sampled_from(Occasions),
    leave_out_negative=st.booleans(),
    units=st.none() | st.builds(Units, st.sampled_from(("", "h", "s", "weeks")), st.sampled_from(("", "mg"))),
)


def check(found: ReadStudy) -> None:
    """What a study promises."""
    study = found.study
    assert study.subjects
    assert len({subject.name for subject in study.subjects}) == len(study.subjects)
    for subject in study.subjects:
        doses, observed = subject.doses, subject.observations
        assert len({len(array) for array in vars(doses).values()}) == 1
        assert len({len(array) for array in vars(observed).values()}) == 1
        assert len(observed.time)
        assert study.units.time == "h"
        for array in (*vars(doses).values(), *vars(observed).values(), np.array(list(subject.covariates.values()))):
            assert np.isfinite(array).all()
        assert (np.diff(doses.time) >= 0).all()
        assert (np.diff(observed.time) >= 0).all()
        assert (doses.amount > 0).all()
        assert not (doses.absorbed & (doses.duration > 0)).any()
        assert not (doses.steady_interval[1:] > 0).any()
        assert (observed.value[~observed.response] >= 0).all()
        assert tuple(subject.covariates) == study.covariates


def read(data: bytes, options: Options, roles: dict[Role, str] | None = None) -> None:
    try:
        found = read_study("study.csv", data, roles, options)
    except UnreadableInput as error:
        message = str(error)
    else:
        return check(found)
    assert message[-1] in ".="
    return None


@settings(max_examples=300)
@given(st.binary(max_size=200) | st.text(alphabet='IDTMEAVC012.,;\t\n-"=:e<', max_size=200).map(str.encode))
def test_random_bytes(data: bytes) -> None:
    read(data, Options())


PARTS = (
    "ID",
    "TIME",
    "DV",
    "AMT",
    "#",
    ";",
    "TABLE NO. 1",
    " ",
    "\t",
    ",",
    ";",
    "\n",
    "\r\n",
    '"',
    "1",
    "0.5",
    ".",
    "mg",
)


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PARTS), max_size=40).map("".join), st.sampled_from(("utf-8", "utf-16", "latin-1")))
def test_random_texts(text: str, encoding: str) -> None:
    read(text.encode(encoding), Options())


TIMES = st.sampled_from(("8:00", "23:30", "0:15", "5", "30.5", "2024-03-05 08:00", "", "0"))
DATES = st.sampled_from(("2024-03-05", "2024-03-06", "3/4/2024", "13.4.24", "5MAR2024", "20240305", "7", ""))


@settings(max_examples=300)
@given(st.lists(st.tuples(st.integers(1, 2), DATES, TIMES), min_size=1, max_size=6), st.sampled_from((",", ";", " ")))
def test_dates_and_times(lines: Sequence[tuple[int, str, str]], mark: str) -> None:
    rows = [(f"{who}", date, time, "." if row else "100", "5") for row, (who, date, time) in enumerate(lines)]
    read("\n".join(mark.join(row) for row in (("ID", "DATE", "TIME", "AMT", "DV"), *rows)).encode(), Options())


LINES = {"dose": "100,.,1,1", "placebo": "0,.,1,1", "sample": ".,5.5,0,0", "low": "0,<1,0,0", "reset": ".,.,3,1"}
LIKELY = {
    **{"CMT": ("1", "2"), "DVID": ("1", "2"), "RATE": ("0", "25"), "ADDL": ("0", "3"), "II": ("0", "12"), "SS": ("0",)},
    **{"OCC": ("1", "2"), "BLQ": ("0", "1"), "ROUTE": ("", "iv"), "WT": ("70", "."), "SEX": ("m", "f"), "DOSE": ("9",)},
}


@st.composite
def files(draw: st.DrawFn) -> str:
    """Files that are mostly as they should be, with any of the columns."""
    columns = draw(st.lists(st.sampled_from(list(LIKELY)), unique=True, max_size=6))
    kinds = draw(st.lists(st.sampled_from(list(LINES)), min_size=2, max_size=12).map(lambda kinds: ["dose", *kinds]))
    subject, time, lines = 0, 0, [",".join(["ID,TIME,AMT,DV,EVID,MDV", *columns])]
    for kind in kinds:
        anew = draw(st.integers(0, 5)) == 0
        subject, time = (subject + 1, 0) if anew else (subject, time + draw(st.integers(0, 24)))
        cells = [draw(CELLS if draw(st.integers(0, 30)) == 0 else st.sampled_from(LIKELY[name])) for name in columns]
        lines.append(",".join([f"{subject},{time},{LINES[kind]}", *cells]))
    return "\n".join(lines)


@settings(max_examples=500)
@given(files(), st.just(Options()) | OPTIONS)
def test_likely_files(text: str, options: Options) -> None:
    read(text.encode(), options)


@settings(max_examples=500)
@given(
    st.lists(st.tuples(st.integers(0, len(ROWS)), st.integers(0, HEADER.count(",")), CELLS | NAMES), max_size=3),
    st.permutations(ROWS) | st.just(ROWS),
    st.sets(st.integers(3, HEADER.count(",")), max_size=14),
    st.just({}) | st.dictionaries(st.sampled_from(Role), st.sampled_from((*HEADER.split(","), "")), max_size=2),
    st.just(Options()) | OPTIONS,
)
def test_changed_files(
    changes: Sequence[tuple[int, int, str]],
    rows: Sequence[str],
    left_out: set[int],
    roles: dict[Role, str],
    options: Options,
) -> None:
    table = [line.split(",") for line in (HEADER, *rows)]
    for row, column, text in changes:
        table[row][column] = text
    kept = [[cell for place, cell in enumerate(line) if place not in left_out] for line in table]
    read("\n".join(map(",".join, kept)).encode(), options, roles)


def test_the_file_that_is_changed_can_be_read() -> None:
    found = read_study("study.csv", "\n".join((HEADER, *ROWS)).encode())
    assert len(found.study.subjects) == 2
