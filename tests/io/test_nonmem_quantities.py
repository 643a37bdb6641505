"""What was measured: which quantity is the response, what is below the limit, and when."""

import pytest
from study_files import noted, observed, read

from qcore.io.nonmem.options import Options, Route
from qcore.io.nonmem.reader import read_study


@pytest.mark.parametrize(
    ("column", "labels", "options", "response"),
    [
        ("DVID", ("1", "2", "2"), Options(), "2"),
        ("DVID", ("1", "2", "1"), Options(), "1"),
        ("DVID", ("cp", "pca", "pca"), Options(), "pca"),
        ("DVNAME", ("PD marker", "PK conc", "PK conc"), Options(), "PD marker"),
        ("YTYPE", ("a", "b", "b"), Options(), "b"),
        ("CMT", ("2", "3", "3"), Options(), "3"),
        ("DVID", ("1", "2", "2"), Options(response="1.0"), "1"),
        ("DVID", ("1", "2", "2"), Options(concentration="2"), "1"),
        ("DVID", ("a", "b", "a"), Options(concentration="A", response="B"), "b"),
    ],
)
def test_which_quantity_is_the_response(
    column: str, labels: tuple[str, str, str], options: Options, response: str
) -> None:
    """The third label is what was measured in a subject without a dose."""
    first, second, placebo = labels
    found = read(
        f"ID,TIME,AMT,DV,{column}",
        "1,0,100,.,0",
        f"1,1,0,5,{first}",
        f"1,2,0,6,{second}",
        f"2,1,0,7,{placebo}",
        options=options,
    )
    treated, untreated = found.study.subjects
    assert treated.observations.response.tolist() == [first == response, second == response]
    assert untreated.observations.response.tolist() == [placebo == response]


def test_measured_in_nobody_without_a_dose_the_lower_number_is_the_concentration() -> None:
    found = read("ID,TIME,AMT,DV,DVID", "1,0,100,.,0", "1,1,0,5,3", "1,2,0,6,10")
    assert found.study.subjects[0].observations.response.tolist() == [False, True]


def test_a_quantity_can_be_left_out() -> None:
    rows = ("1,0,100,.,0", "1,1,0,5,1", "1,1,0,6,2", "1,1,0,-7,3")
    kept = observed("ID,TIME,AMT,DV,DVID", *rows, options=Options(concentration="1", response=""))
    assert (kept.value.tolist(), kept.response.tolist()) == ([5], [False])
    kept = observed("ID,TIME,AMT,DV,DVID", *rows, options=Options(concentration="1", response="3"))
    assert (kept.value.tolist(), kept.response.tolist()) == ([5, -7], [False, True])


def test_only_a_response() -> None:
    assert observed("ID,TIME,AMT,DV", "1,0,9,.", "1,1,0,5", options=Options(concentration="")).response.all()
    assert observed("ID,TIME,AMT,DV,DVID", "1,0,9,.,", "1,1,0,5,effect").response.all()


def test_a_response_without_any_concentration() -> None:
    found = read("ID,TIME,Amt,Effect", "1,0,9,", "1,1,,5", say=["response=Effect"])
    assert found.study.subjects[0].observations.response.tolist() == [True]
    assert not noted(found, "concentration.")


def test_concentration_and_response_side_by_side() -> None:
    found = observed("ID,TIME,Amt,Conc,Effect", "1,0,9,.,", "1,1,,5,0.5", "1,2,,,0.6", "1,3,,7,NA")
    assert found.time.tolist() == [1, 1, 2, 3]
    assert found.value.tolist() == [5, 0.5, 0.6, 7]
    assert found.response.tolist() == [False, True, True, False]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("ID,TIME,AMT,DV,BLQ", "1,2,.,0.01,1"),
        ("ID,TIME,AMT,DV,LLOQ", "1,2,.,0.01,0.05"),
        ("ID,TIME,AMT,DV,CENS", "1,2,.,0.05,-1"),
        ("ID,TIME,AMT,DV,AGE", "1,2,.,<0.05,40"),
        ("ID,TIME,AMT,DV,AGE", "1,2,.,BLQ,40"),
    ],
)
def test_values_below_the_limit_are_left_out_and_counted(header: str, row: str) -> None:
    last = "0.05" if "LLOQ" in header else "40" if "AGE" in header else "0"
    found = read(header, f"1,0,100,.,{last}", f"1,1,.,0.05,{last}", row)
    assert found.study.subjects[0].observations.value.tolist() == [0.05]
    assert noted(found, "Left out as below the limit of quantification or censored: 1 measurement.")


def test_times_as_a_clock_or_with_a_decimal_comma() -> None:
    assert observed("ID,TIME,AMT,DV", "1,8:30,100,.", "1,09:45:36,.,5", "1,26:00,.,6").time.tolist() == [9.76, 26.0]
    data = b"ID;TIME;AMT;DV\n1;0;1,500;.\n1;0,25;.;2,5"
    (subject,) = read_study("study.csv", data).study.subjects
    assert (subject.observations.time.tolist(), subject.observations.value.tolist()) == ([0.25], [2.5])
    assert subject.doses.amount.tolist() == [1.5]


def test_a_trough_is_before_the_dose_of_the_same_time_where_the_file_has_it_first() -> None:
    rows = ("1,0,100,.", "1,24,.,5", "1,24,100,.", "1,24,.,50", "1,30,.,20")
    times = observed("ID,TIME,AMT,DV", *rows, options=Options(route=Route.INTRAVENOUS)).time
    assert times[0] < 24.0
    assert times.tolist() == pytest.approx([24, 24, 30])
    assert times[1:].tolist() == [24, 30]
    # A response does not leap, and what is absorbed or runs is not yet in the blood.
    labelled = ("1,0,100,.,0", "1,1,.,3,1", "1,24,.,5,2", "1,24,100,.,0")
    assert observed("ID,TIME,AMT,DV,DVID", *labelled, options=Options(route=Route.INTRAVENOUS)).time[1] == 24
    running = ("1,0,100,.,50", "1,24,.,5,0", "1,24,100,.,50")
    assert observed("ID,TIME,AMT,DV,RATE", *running).time.tolist() == [24]
    assert observed("ID,TIME,AMT,DV", *rows, options=Options(route=Route.ORAL)).time.tolist() == [24, 24, 30]


def test_measurements_before_the_first_dose_are_kept() -> None:
    found = read("ID,TIME,AMT,DV", "1,-1,.,0", "1,0,100,.", "1,1,.,5")
    assert found.study.subjects[0].observations.time.tolist() == [-1, 1]
    assert noted(found, "Kept from before the first dose: 1 measurement.")
