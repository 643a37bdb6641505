"""What NONMEM's data items mean, one small file each."""

import numpy as np
import pytest
from study_files import doses_of, noted, observed, read

from qcore.errors import UnreadableInput
from qcore.io.nonmem.options import Options, Route


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


def test_commented_lines_are_not_read_and_lines_keep_their_numbers() -> None:
    header = "C,ID,TIME,AMT,DV"
    assert observed(header, ".,1,0,100,.", "C,1,1,.,what", ".,1,2,.,5").time.tolist() == [2]
    with pytest.raises(UnreadableInput, match=r"^Line 4, column 'DV': 'what'"):
        read(header, ".,1,0,100,.", "C,1,1,.,5", ".,1,2,.,what")


def test_arrays_are_as_the_study_says() -> None:
    (subject,) = read("ID,TIME,AMT,DV", "1,0,100,.", "1,1,.,5").study.subjects
    kinds = [array.dtype for array in (*vars(subject.doses).values(), *vars(subject.observations).values())]
    assert kinds == [np.float64] * 3 + [np.bool_] + [np.float64] * 3 + [np.bool_]
