"""What is typed into the tables of a patient becomes a subject, or a sentence that names the row."""

import math
from contextlib import suppress
from dataclasses import replace

import numpy as np
import pytest
from dosing_studies import shipped_model
from hypothesis import given, settings
from hypothesis import strategies as st

from qcore.errors import InvalidValue
from qcore.population.model import PopulationModel
from qcore.tasks.dosing.drug.file import shipped
from qcore.tasks.dosing.patient.entry import Cell, entered

MODEL, DRUG = shipped_model(), shipped("challenge")
KNOWN = {"BW": 80.0, "COMED": 0.0}
GIVEN: list[tuple[Cell, Cell]] = [(24.0, 5.0), (0.0, 5.0)]


def without_response() -> PopulationModel:
    return replace(MODEL, structure=replace(MODEL.structure, response=None))


def test_rows_become_doses_and_levels_in_order_of_time() -> None:
    found = entered(
        MODEL,
        DRUG,
        KNOWN,
        GIVEN,
        [(30.0, 2.0, 5.5), (4.0, "1.5", None), (None, None, None), (40, None, " "), (0, "", 9)],
    )
    assert found.covariates == KNOWN
    assert found.doses.time.tolist() == [0, 24]
    assert found.doses.absorbed.all()
    seen = found.observations
    assert list(zip(seen.time.tolist(), seen.response.tolist(), seen.value.tolist(), strict=True)) == [
        (0, True, 9),
        (4, False, 1.5),
        (30, False, 2),
        (30, True, 5.5),
    ]


def test_nobody_need_have_been_given_or_measured_anything() -> None:
    found = entered(MODEL, DRUG, KNOWN, [(None, math.nan)], [])
    assert not len(found.doses.time)
    assert not len(found.observations.time)


@pytest.mark.parametrize(
    ("levels", "sentence"),
    [
        ([(-1.0, 2.0, None)], "Levels, row 1: the time -1 h is negative"),
        ([(None, 2.0, None)], "row 1: the time is missing"),
        ([("soon", 2.0, None)], "row 1: “soon” is not a number"),
        ([(30.0, math.inf, None)], "must be finite"),
        ([(30.0, -2.0, None)], "a concentration cannot be negative"),
        ([(30.0, None, -2.0)], "a biomarker cannot be negative"),
        ([(30.0, 0.0, None)], "a concentration of 0 is one that could not be measured"),
        ([(0.0, 2.0, None)], "before any dose had arrived"),
        ([(1e6, 2.0, None)], "more than a year"),
        ([(30.0 + index, 2.0, None) for index in range(201)], "201 levels are too many"),
    ],
)
def test_a_level_that_cannot_be_is_refused_with_its_row(levels: list[tuple[Cell, Cell, Cell]], sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        entered(MODEL, DRUG, KNOWN, GIVEN, levels)


@pytest.mark.parametrize(
    ("doses", "sentence"),
    [
        ([(0.0, None)], "Doses, row 1: the dose is missing"),
        ([(0.0, 5.0), (None, 5.0)], "Doses, row 2: the time is missing"),
        ([(0.0, 0.0)], "must be above 0"),
        ([(0.0, "a tablet")], "“a tablet” is not a number"),
        ([(0.0, 7001.0)], "more than 10 times the highest dose"),
        ([(-24.0, 5.0)], "negative"),
        ([(float(index), 5.0) for index in range(401)], "401 doses are too many"),
    ],
)
def test_a_dose_that_cannot_be_is_refused_with_its_row(doses: list[tuple[Cell, Cell]], sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        entered(MODEL, DRUG, KNOWN, doses, [])


@pytest.mark.parametrize(
    ("known", "sentence"),
    [({"BW": None}, "Enter the patient's body weight"), ({"BW": 0.07}, "check the unit"), ({"COMED": None}, "COMED")],
)
def test_who_cannot_be_is_refused(known: dict[str, float | None], sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        entered(MODEL, DRUG, KNOWN | known, GIVEN, [])


def test_what_goes_into_the_blood_is_there_at_once() -> None:
    direct = replace(MODEL, structure=replace(MODEL.structure, absorbed=False))
    found = entered(direct, DRUG, KNOWN, GIVEN, [(0.0, 2.0, None)])
    assert not found.doses.absorbed.any()
    assert found.observations.time.tolist() == [0]
    with pytest.raises(InvalidValue, match="before any dose had been given"):
        entered(direct, DRUG, KNOWN, [(24.0, 5.0)], [(12.0, 2.0, None)])


def test_a_model_of_concentrations_takes_no_response() -> None:
    with pytest.raises(InvalidValue, match="concentrations alone"):
        entered(without_response(), DRUG, KNOWN, GIVEN, [(30.0, None, 5.0)])


CELLS = st.one_of(st.none(), st.floats(), st.text(max_size=6))


@settings(max_examples=200, deadline=None)
@given(doses=st.lists(st.tuples(CELLS, CELLS), max_size=4), levels=st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=4))
def test_whatever_is_typed_ends_in_a_subject_or_a_sentence(
    doses: list[tuple[Cell, Cell]], levels: list[tuple[Cell, Cell, Cell]]
) -> None:
    with suppress(InvalidValue):
        found = entered(MODEL, DRUG, KNOWN, doses, levels)
        assert np.isfinite(found.observations.value).all()
        assert (np.diff(found.doses.time) >= 0).all()
