"""Every file that cannot be read is refused with the line, the column and what to do."""

import pytest

from qcore.errors import InvalidValue, UnreadableInput
from qcore.io.nonmem.columns.roles import parse_roles
from qcore.io.nonmem.doses.additional import MAX_DOSES
from qcore.io.nonmem.events import MAX_ROWS
from qcore.io.nonmem.options import Options, Route
from qcore.io.nonmem.reader import read_study

START = ("ID,TIME,AMT,DV", "1,0,100,.", "1,1,.,5")


def refusal(*lines: str, say: tuple[str, ...] = (), options: Options | None = None) -> str:
    with pytest.raises(UnreadableInput) as error:
        read_study("study.csv", "\n".join(lines).encode(), parse_roles(say), options)
    return str(error.value)


@pytest.mark.parametrize("first", ["1,0,100,.,1", "3,0,100,.,7", "1,0,100,.,."])
def test_a_file_without_a_header(first: str) -> None:
    said = refusal(first, "1,0.5,.,0.7,0", "1,1,.,1.0,0")
    assert said.startswith("Line 1 holds numbers where names of columns are expected: the file seems to have no header")


def test_a_column_that_is_there_twice() -> None:
    assert "the column 'dv' is there twice" in refusal("ID,TIME,AMT,DV,DV", "1,0,100,.,.", "1,1,.,5,5")


@pytest.mark.parametrize(
    ("row", "place", "says"),
    [
        ("1,two,.,5", "Line 4, column 'TIME'", "'two' is not a number or a time such as 14:30"),
        ("1,2,.,high", "Line 4, column 'DV'", "'high' is not a number"),
        ("1,2,.,inf", "Line 4, column 'DV'", "'inf' is not a number"),
        ("1,2,.,1e55", "Line 4, column 'DV'", "too large or too small"),
        ("1,2,.,1e-55", "Line 4, column 'DV'", "too large or too small"),
        ('1,2,"1,500",.', "Line 4, column 'AMT'", "can be read as 1.5 or as 1500"),
        ("1,2,-5,.", "Line 4, column 'AMT'", "-5 is negative"),
        ("1,2,.,-5", "Line 4, column 'DV'", "below 0"),
        ("1,,.,5", "Line 4, column 'TIME'", "time is missing"),
        (",2,.,5", "Line 4, column 'ID'", "subject is missing"),
        ("-1,2,.,5", "Line 4, column 'ID'", "cannot name a subject"),
        ("1,0.5,.,5", "Line 4, column 'TIME'", "0.5 is before 1 on the line above. Sort"),
        ("1,1,.,5", "Line 4, column 'ID'", "same as line 3"),
        ("1,0", "Line 4", "2 cells"),
        ("1,2,.,=1+1", "Line 4, column 'DV'", "formula"),
    ],
)
def test_cells(row: str, place: str, says: str) -> None:
    message = refusal(*START, row)
    assert message.startswith(place)
    assert says in message


@pytest.mark.parametrize(
    ("columns", "first", "second", "place", "says"),
    [
        ("EVID", "1,0,100,.,9", "1,1,.,5,0", "Line 2, column 'EVID'", "EVID 9 is none of 0"),
        ("EVID", "1,0,.,.,1", "1,1,.,5,0", "Line 2, column 'AMT'", "has no amount. Add it; 0 for placebo"),
        ("EVID", "1,0,100,.,1", "1,1,100,5,0", "Line 3, column 'AMT'", "EVID 0 says that no dose is given"),
        ("EVID", "1,0,100,.,1", "1,1,5,.,2", "Line 3, column 'AMT'", "EVID 2 says that no dose is given"),
        ("RATE", "1,0,100,.,-2", "1,1,.,5,0", "Line 2, column 'RATE'", "RATE -2 asks for a rate or a duration"),
        ("RATE,SS", "1,0,0,.,5,1", "1,1,.,5,0,0", "Line 2, column 'AMT'", "has no amount"),
        ("RATE", "1,0,.,.,5", "1,1,.,5,0", "Line 2, column 'AMT'", "has no amount"),
        ("RATE", "1,0,1e9,.,1e-9", "1,1,.,5,0", "Line 2, column 'RATE'", "too late to be true"),
        ("RATE,DUR", "1,0,100,.,50,4", "1,1,.,5,0,0", "Line 2, column 'DUR'", "rate says 2, the duration 4"),
        ("ADDL,II", "1,0,100,.,2,0", "1,1,.,5,0,0", "Line 2, column 'II'", "need an interval II above 0"),
        ("ADDL,II", "1,0,100,.,-1,2", "1,1,.,5,0,0", "Line 2, column 'ADDL'", "-1 cannot be a number of"),
        ("ADDL,II", "1,0,100,.,1.5,2", "1,1,.,5,0,0", "Line 2, column 'ADDL'", "1.5 cannot be a number of"),
        ("ADDL,II", "1,0,100,.,999999999,2", "1,1,.,5,0,0", "Line 2, column 'ADDL'", f"at most {MAX_DOSES} are read"),
        ("ADDL,II", "1,0,100,.,1000,1e9", "1,1,.,5,0,0", "Line 2, column 'ADDL'", "too late to be true"),
        ("SS,II", "1,0,100,.,2,12", "1,1,.,5,0,0", "Line 2, column 'SS'", "SS 2 is not read"),
        ("SS,II", "1,0,100,.,1,.", "1,1,.,5,0,0", "Line 2, column 'II'", "need an interval II above 0"),
        ("SS,II", "1,0,100,.,0,0", "1,1,50,.,1,12", "Line 3, column 'SS'", "only for the first dose of a subject"),
        ("SS,II,RATE", "1,0,100,.,1,12,5", "1,1,.,5,0,0,0", "Line 2, column 'II'", "must end before the next begins"),
        ("II,RATE", "1,0,100,.,12,5", "1,1,.,5,0,0", "Line 2, column 'II'", "must end before the next begins"),
        ("ROUTE", "1,0,100,.,nasal", "1,1,.,5,", "Line 2, column 'ROUTE'", "'nasal' is no route that is known"),
        ("ROUTE,RATE", "1,0,100,.,oral,5", "1,1,.,5,,0", "Line 2, column 'RATE'", "runs as an infusion and is said"),
        ("DVID", "1,0,100,.,0", "1,1,.,5,1\n1,1,.,5,.", "Line 4, column 'DVID'", "does not say what was measured"),
        ("WT", "1,0,100,.,70000", "1,1,.,5,70000", "Line 2, column 'WT'", "70000 is no body weight in kg"),
        ("AGE", "1,0,100,.,40", "1,1,.,5,old", "Line 3, column 'AGE'", "'old' is not a number"),
    ],
)
def test_contradictions(columns: str, first: str, second: str, place: str, says: str) -> None:
    """A further subject makes sure that nothing else is wrong with the file."""
    third = "2,0,10,.", "2,1,.,7"
    zeros = {"EVID": ".", "ROUTE": "", "DVID": "1", "WT": "70", "AGE": "50"}
    rest = "".join(f",{zeros.get(name, '0')}" for name in columns.split(","))
    message = refusal(f"ID,TIME,AMT,DV,{columns}", first, second, *(row + rest for row in third))
    assert message.startswith(place)
    assert says in message


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (("ID,TIME,AMT,DV",), "no rows below"),
        (("TIME,AMT,DV", "0,100,."), "No column was recognised as subject. The columns are 'TIME', 'AMT', 'DV'"),
        (("who,when,much,what", "1,0,100,."), "recognised as subject, time, value, amount"),
        (
            ("ID,TIME,AMT,DV,VISIT", "1,0,100,.,1", "1,1,.,5,1", "1,0,100,.,2", "1,1,.,4,2"),
            "Line 4, column 'TIME': The time 0 is before 1 on the line above. Sort the lines of each subject by time; "
            "where the subject begins anew, say so with EVID 3 or 4 or a column of occasions. VISIT changes there: if "
            "it tells occasions, say occasion=VISIT.",
        ),
        (("ID|TIME|AMT|DV", "1|0|100|."), "recognised as subject, time, value"),
        (("ID TIME AMT DV", "1 0 100 .", "1 1 5"), "Line 3 has 3 cells and the header has 4"),
        (
            ("ID,DATE,TIME,AMT,DV", "1,2020-01-01,0,100,.", "1,2020-01-02,1,.,5"),
            "'DATE' holds dates, and TIME may be the time of day or go on from one day to the next",
        ),
        (("ID,TIME,DV", "1,0,5", "1,1,4"), "The file holds no dose"),
        (("ID,TIME,AMT,DV", "1,0,0,5", "1,1,0,4"), "The file holds no dose"),
        (("ID,TIME,AMT,DV", "1,0,100,.", "1,1,50,."), "no measurement that can be used"),
        (("ID,TIME,AMT,DV", "1,0,100,.", "1,1,.,<1"), "no measurement that can be used"),
        (("C,ID,TIME,AMT,DV", "C,1,0,100,.", "C,1,1,.,5"), "Every line is marked as a comment"),
        ((*START, "2,0,50,.", "2,1,.,4", "1,2,.,5"), "Line 6, column 'ID': Subject '1' is also on lines 2 to 3"),
        (
            (*START, "1,2,.,a", "1,3,.,b", "1,4,.,c"),
            "Line 4, column 'DV': 'a' is not a number. Correct it. There are 2 more faults",
        ),
        (
            ("ID,TIME,AMT,DV,DVID", "1,0,100,.,0", "1,1,.,5,1", "1,1,.,6,2", "1,1,.,7,cp"),
            "'DVID' tells 3 quantities apart: '1', '2', 'cp'. Say which one is the concentration",
        ),
        (
            ("ID,TIME,AMT,DV,DVID", "1,0,100,.,0", "1,1,.,5,alpha", "1,1,.,6,beta"),
            "not clear which of 'alpha' and 'beta' is the concentration",
        ),
    ],
)
def test_files(lines: tuple[str, ...], says: str) -> None:
    assert says in refusal(*lines)


def test_a_dot_among_decimal_commas_can_be_read_two_ways() -> None:
    assert "can be read as 1.5 or as 1500" in refusal("ID;TIME;AMT;DV", "1;0;1.500;.", "1;0,25;.;2,5")


TWO = ("ID,TIME,AMT,DV,DVID", "1,0,100,.,0", "1,1,.,5,1", "1,1,.,6,2", "1,1,.,7,3")
REPEATED = ("ID,TIME,DV,Dose", "1,0,5,100", "1,1,4,100")


@pytest.mark.parametrize(
    ("lines", "say", "options", "says"),
    [
        (START, (), Options(dose=25), "gives doses in the column 'AMT' and another dose was said"),
        (REPEATED, (), Options(dose=25), "gives doses in the column 'Dose' and another dose was said"),
        (START, (), Options(dose_per_kg=True), "Doses are per kg and the body weight of all subjects is not known"),
        (START, ("dose=AMT", "amount="), Options(covariates=("AGE",)), "no column 'AGE'"),
        (("ID,TIME,DV,Dose", "1,0,5,100", "1,1,4,50"), ("dose=Dose",), Options(), "Line 3, column 'Dose': The dose 50"),
        (TWO, (), Options(response="9"), "No measurement has '9' in the column 'DVID': it holds '1', '2', '3'"),
        (START[:2], (), Options(response="2"), "no measurement that can be used"),
        (START, (), Options(response="2"), "No column tells quantities apart"),
        (TWO, (), Options(response="2"), "also holds '1', '3'. Say which one is the concentration"),
        (TWO, (), Options(concentration="2", response="2"), "cannot have the same"),
        (
            ("ID,TIME,AMT,DV,RATE", "1,0,100,.,50", "1,1,.,5,0"),
            (),
            Options(route=Route.ORAL),
            "Line 2, column 'RATE': The dose runs as an infusion and is said to be absorbed",
        ),
    ],
)
def test_what_the_user_says(lines: tuple[str, ...], say: tuple[str, ...], options: Options, says: str) -> None:
    assert says in refusal(*lines, say=say, options=options)


@pytest.mark.parametrize("dose", [0.0, -1.0, float("nan"), float("inf")])
def test_a_dose_that_cannot_be_given(dose: float) -> None:
    with pytest.raises(InvalidValue, match="above 0"):
        Options(dose=dose)


def test_dates_can_be_left_aside() -> None:
    lines = "ID,DATE,TIME,AMT,DV", "1,2020-01-01,0,100,.", "1,2020-01-01,1,.,5"
    found = read_study("study.csv", "\n".join(lines).encode(), parse_roles(["date="]))
    assert found.columns.ignored == ("DATE",)


def test_too_many_lines_are_refused_before_they_are_read() -> None:
    lines = "\n".join(["ID,TIME,AMT,DV", *["1,0,?,what"] * (MAX_ROWS + 1)])
    with pytest.raises(UnreadableInput, match=f"has {MAX_ROWS + 1} lines"):
        read_study("study.csv", lines.encode())


def test_too_many_doses_filled_in_are_refused() -> None:
    rows = [f"{count},{time},9,.,1" for count in range(MAX_DOSES // 50 + 1) for time in (0, 100)]
    assert "more than" in refusal("ID,TIME,AMT,DV,II", *rows, "x,1,.,5,.")
