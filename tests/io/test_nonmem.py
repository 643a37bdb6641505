"""What NONMEM's data items mean, one small file each."""

from collections.abc import Sequence

import numpy as np
import pytest

from qcore.errors import UnreadableInput
from qcore.io.nonmem.columns.roles import parse_roles
from qcore.io.nonmem.options import Occasions, Options, Route
from qcore.io.nonmem.reader import ReadStudy, read_study
from qcore.study import Doses, Observations


def read(header: str, *rows: str, say: Sequence[str] = (), options: Options | None = None) -> ReadStudy:
    return read_study("study.csv", "\n".join([header, *rows]).encode(), parse_roles(say), options)


def doses_of(header: str, *rows: str, options: Options | None = None) -> Doses:
    """Doses of the one subject of a file, to which a late sample is added."""
    sample = ",".join({"ID": "1", "TIME": "900", "DV": "1", "CMT": "2"}.get(name, "0") for name in header.split(","))
    (subject,) = read(header, *rows, sample, options=options).study.subjects
    return subject.doses


def observed(header: str, *rows: str, options: Options | None = None) -> Observations:
    (subject,) = read(header, *rows, options=options).study.subjects
    return subject.observations


def noted(found: ReadStudy, text: str) -> bool:
    return any(text in note for note in map(str, found.notes))


def test_evid_and_mdv() -> None:
    found = read(
        "ID,TIME,AMT,DV,EVID,MDV",
        "1,0,100,.,1,1",
        "1,1,0,5,0,0",
        "1,2,0,6,0,1",
        "1,3,0,7,2,1",
        "1,4,.,.,0,0",
        "1,5,.,8,.,.",
        "1,6,50,9,.,.",
        "1,7,0,.,1,1",
    )
    (subject,) = found.study.subjects
    assert subject.doses.amount.tolist() == [100.0, 50.0]
    assert subject.observations.value.tolist() == [5.0, 8.0]
    for note in (
        "Left out because MDV says so: 1 measurement.",
        "Left out as neither dose nor measurement (EVID 2): 1 line.",
        "Left out because the value is missing: 1 measurement.",
        "Not used, as it stands in the line of a dose: 1 value.",
        "Of amount 0, as placebo: 1 dose.",
    ):
        assert note in found.notes


def test_additional_doses_and_later_lines_are_in_order_of_time() -> None:
    doses = doses_of("ID,TIME,AMT,DV,ADDL,II", "1,0,100,.,2,24", "1,30,50,.,.,.")
    assert doses.time.tolist() == [0, 24, 30, 48]
    assert doses.amount.tolist() == [100, 100, 50, 100]
    assert not doses.steady_interval.any()


def test_a_steady_state_is_that_of_the_first_dose_only() -> None:
    doses = doses_of("ID,TIME,AMT,DV,ADDL,II,SS", "1,10,100,.,1,12,1")
    assert doses.time.tolist() == [10, 22]
    assert doses.steady_interval.tolist() == [12, 0]


def test_an_interval_with_ss_and_addl_columns_alone_means_nothing() -> None:
    doses = doses_of("ID,TIME,AMT,DV,II,SS", "1,0,100,.,12,0", "1,100,100,.,12,0")
    assert (doses.time.tolist(), doses.steady_interval.tolist()) == ([0, 100], [0, 0])


def test_an_interval_without_ss_and_addl_columns_speaks_of_the_past() -> None:
    header = "ID,TIME,AMT,DV,interval"
    doses = doses_of(header, "1,0,100,.,12", "1,13,.,5,.", "1,48,80,.,12", "1,55,80,.,12", "1,800,90,.,12")
    # 24 and 36 are after the sample at 13; 43 would be before the dose at 48; 50 doses at most before the last.
    assert doses.time[:5].tolist() == [0, 24, 36, 48, 55]
    assert doses.amount[:5].tolist() == [100, 80, 80, 80, 80]
    assert doses.steady_interval.tolist() == [12, *[0] * (len(doses.time) - 1)]
    assert doses.time[5:].tolist() == [800.0 - 12 * count for count in range(50, -1, -1)]


@pytest.mark.parametrize(
    ("columns", "cells", "duration"),
    [("RATE", "50", 2.0), ("RATE", "0", 0.0), ("TINF", "1.5", 1.5), ("RATE,DUR", "50,2.01", 2.0)],
)
def test_infusions(columns: str, cells: str, duration: float) -> None:
    doses = doses_of(f"ID,TIME,AMT,DV,{columns}", f"1,0,100,.,{cells}", options=Options(route=Route.INTRAVENOUS))
    assert doses.duration.tolist() == [duration]
    assert not doses.absorbed.any()


@pytest.mark.parametrize(
    ("columns", "dose", "sample", "route", "absorbed", "known"),
    [
        ("AGE", "40", "40", None, True, False),
        ("AGE", "40", "40", Route.INTRAVENOUS, False, True),
        ("AGE", "40", "40", Route.SUBCUTANEOUS, True, True),
        ("RATE", "50", "0", None, False, True),
        ("RATE", "0", "0", None, True, False),
        ("CMT", "1", "2", None, True, True),
        ("CMT", "2.0", "2", None, False, True),
        ("CMT", ".", "2", None, True, False),
        ("CMT", "0", "2", None, True, False),
        ("CMT", "1", ".", None, True, False),
        ("CMT", "depot", "cp", None, True, True),
        ("CMT", "central", "cp", None, False, True),
        ("CMT", "1", "1", None, True, False),
        ("CMT", "2", "2", Route.ORAL, True, True),
        ("CMT,ROUTE", "2,p.o.", "2,", None, True, True),
        ("ROUTE", "IV bolus", "", None, False, True),
    ],
)
def test_where_a_dose_goes(
    columns: str, dose: str, sample: str, route: Route | None, absorbed: bool, known: bool
) -> None:
    found = read(f"ID,TIME,AMT,DV,{columns}", f"1,0,100,.,{dose}", f"1,1,0,5,{sample}", options=Options(route=route))
    (subject,) = found.study.subjects
    assert subject.doses.absorbed.tolist() == [absorbed]
    assert found.route_known is known


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


def test_a_dose_that_is_not_in_the_file() -> None:
    options = Options(dose=2, dose_per_kg=True, route=Route.INTRAVENOUS)
    found = read("ID,TIME,DV,WT", "1,0.5,5,80", "1,1,4,80", "2,0.5,6,50", options=options)
    assert [subject.doses.amount.tolist() for subject in found.study.subjects] == [[160], [100]]
    assert [subject.doses.time.tolist() for subject in found.study.subjects] == [[0], [0]]


def test_a_repeated_dose_with_its_route_duration_and_placebo() -> None:
    found = read(
        "ID,TIME,DV,Dose (mg/kg),Route,TINF,WT",
        *("1,0,0,2,iv,0.5,80", "1,1,5,2,iv,0.5,81", "2,0,0,0,iv,0,60", "3,1,5,3,oral,0,50"),
    )
    infused, placebo, oral = found.study.subjects
    assert (infused.doses.amount.tolist(), infused.doses.duration.tolist()) == ([160], [0.5])
    assert not len(placebo.doses.time)
    assert (oral.doses.amount.tolist(), oral.doses.absorbed.tolist()) == ([150], [True])
    assert found.study.units.dose == "mg"
    assert noted(found, "One dose at time 0 in 2 subjects")
    assert found.route_known


def test_every_dose_per_kg_is_multiplied_by_the_first_weight() -> None:
    header = "ID,TIME,AMT (mg/kg),DV,WT"
    found = read(header, "1,0,2,.,80", "1,1,.,5,80", "1,24,3,.,90", "2,0,2,.,60", "2,1,.,5,60")
    assert [subject.doses.amount.tolist() for subject in found.study.subjects] == [[160, 240], [120]]


def test_a_sample_at_the_time_of_a_repeated_dose_stays_there() -> None:
    times = observed("ID,TIME,DV,Dose", "1,0,9,5", "1,1,4,5", options=Options(route=Route.INTRAVENOUS)).time
    assert times.tolist() == [0, 1]


def test_a_repeated_dose_does_not_go_where_its_line_was_sampled() -> None:
    assert not read("ID,TIME,DV,Dose,CMT", "1,0,0,2,2", "1,1,5,2,2").route_known


def test_subjects_in_whom_nothing_was_measured_are_dropped() -> None:
    found = read("ID,TIME,AMT,DV", "1,0,100,.", "1,1,.,5", "2,0,100,.", "2,1,.,NA")
    assert [subject.name for subject in found.study.subjects] == ["1"]
    assert noted(found, "Left out because nothing was measured: subject 2.")


def test_measurements_before_the_first_dose_are_kept() -> None:
    found = read("ID,TIME,AMT,DV", "1,-1,.,0", "1,0,100,.", "1,1,.,5")
    assert found.study.subjects[0].observations.time.tolist() == [-1, 1]
    assert noted(found, "Kept from before the first dose: 1 measurement.")


def test_commented_lines_are_not_read_and_lines_keep_their_numbers() -> None:
    header = "C,ID,TIME,AMT,DV"
    assert observed(header, ".,1,0,100,.", "C,1,1,.,what", ".,1,2,.,5").time.tolist() == [2]
    with pytest.raises(UnreadableInput, match=r"^Line 4, column 'DV': 'what'"):
        read(header, ".,1,0,100,.", "C,1,1,.,5", ".,1,2,.,what")


COVARIATES = (
    "ID,TIME,AMT,DV,WT,AGE,SEX,RACE,ALCOHOL,CRCL,NOTE",
    "1,0,9,.,80,,male,a,none,-99,n1",
    "1,1,.,5,82,40,male,a,none,-99,n2",
    "2,0,9,.,60,50,female,b,former,90,n3",
    "2,1,.,6,60,51,female,b,none,90,n4",
    "3,0,9,.,70,60,male,c,former,80,n5",
    "3,1,.,7,70,60,male,c,former,80,n6",
)


def test_covariates_are_numbers_of_the_first_value() -> None:
    found = read(*COVARIATES)
    study = found.study
    names = (
        "WT",
        "AGE",
        "SEX: male",
        "RACE: a",
        "RACE: b",
        "RACE: c",
        "ALCOHOL: none",
        "NOTE: n1",
        "NOTE: n3",
        "NOTE: n5",
    )
    assert study.covariates == names
    assert study.weight == "WT"
    assert study.covariate("WT").tolist() == [80, 60, 70]
    assert study.covariate("AGE").tolist() == [40, 50, 60]
    assert study.covariate("SEX: male").tolist() == [1, 0, 1]
    assert study.covariate("RACE: b").tolist() == [0, 1, 0]
    assert study.covariate("ALCOHOL: none").tolist() == [1, 0, 0]
    assert noted(found, "CRCL is taken as missing where it is -99.")
    assert noted(found, "CRCL is left out: it is missing in subject 1.")
    assert noted(found, "changes with time: WT (in 1), AGE (in 1), ALCOHOL (in 1), NOTE (in 3).")


def test_a_weight_that_is_not_known_of_all_is_none() -> None:
    found = read("ID,TIME,AMT,DV,WT", "1,0,9,.,.", "1,1,.,5,.", "2,0,9,.,60", "2,1,.,6,60")
    assert (found.study.weight, found.study.covariates) == (None, ())
    assert noted(found, "WT is left out: it is missing in subject 1.")


def test_names_that_are_too_many_to_tell_anything_are_left_out() -> None:
    rows = [row for count in range(12) for row in (f"{count},0,9,.,site{count}", f"{count},1,.,5,other{count}")]
    found = read("ID,TIME,AMT,DV,SITE", *rows)
    assert found.study.covariates == ()
    assert noted(found, "SITE is left out: it holds 12 different words")
    assert not noted(found, "changes with time")


def test_a_word_among_as_many_numbers_makes_words_of_them() -> None:
    found = read("ID,TIME,AMT,DV,GROUP", "1,0,9,.,10", "1,1,.,5,10", "2,0,9,.,high", "2,1,.,6,high")
    assert found.study.covariate("GROUP: high").tolist() == [0, 1]


def test_arrays_are_as_the_study_says() -> None:
    (subject,) = read("ID,TIME,AMT,DV", "1,0,100,.", "1,1,.,5").study.subjects
    kinds = [array.dtype for array in (*vars(subject.doses).values(), *vars(subject.observations).values())]
    assert kinds == [np.float64] * 3 + [np.bool_] + [np.float64] * 3 + [np.bool_]
