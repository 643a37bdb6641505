"""Urine in files and fields: amounts need their hours, rates need none, and what does not add up is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qcore.tasks.aki.reading.table import PatientTable, read_patients, template_csv
from qcore.tasks.aki.reading.urine_amounts import DAY_HOURS, DAY_ML, LAST_HOURS, LAST_ML, Urine
from qcore.tasks.aki.reading.urine_entry import read_urine
from qcore.tasks.aki.urine import DAY, LAST, rates_fit

HEADER, _, PATIENT = template_csv().splitlines()
WEIGHT_KG = 84


def with_urine(columns: str, *cells: str) -> str:
    """A patient of the template with other columns of urine."""
    names, values = HEADER.split(","), PATIENT.split(",")
    kept = [place for place, name in enumerate(names) if not name.startswith("urine")]
    header, row = ([line[place] for place in kept] for line in (names, values))
    return "\n".join([",".join([*header, columns]), ",".join([*row, *cells])])


def read(text: str) -> PatientTable:
    return read_patients("patients.csv", text.encode())


@pytest.mark.parametrize(
    ("columns", "cells", "rates"),
    [
        ("urine_24h_ml,urine_6h_ml", ("2016", "126"), (1.0, 0.25)),
        ("urine_24h_ml,urine_last_ml,urine_last_hours", ("2016", "126", "6"), (1.0, 0.25)),
        ("urine_total_ml,urine last 12 h (mL)", ("2016", "252"), (1.0, 0.25)),
        ("urine_24h_ml,urine_24h_hours,urine_6h_ml", ("1008", "12", "126"), (1.0, 0.25)),
        ("urine_24h_ml_kg_h,urine_6h_ml", ("1.0", "126"), (1.0, 0.25)),
        ("urine_24h_ml,urine_6h_ml_kg_h", ("2016", "0.25"), (1.0, 0.25)),
        # Two hours without urine, and before them four of the flow of the other 22.
        ("urine_24h_ml,urine_2h_ml", ("1848", "0"), (1848 / 24 / 84, 4 / 6)),
    ],
)
def test_amounts_become_rates(columns: str, cells: tuple[str, ...], rates: tuple[float, float]) -> None:
    (found,) = read(with_urine(columns, *cells)).inputs.to_dict("records")
    assert (found[DAY], found[LAST]) == pytest.approx(rates)


@pytest.mark.parametrize(
    ("columns", "cells", "says"),
    [
        ("urine_total_ml,urine_last_ml", ("640", "20"), "20 mL in how many hours? Add the hours."),
        ("urine_24h_ml,urine_6h_ml", ("300", "4000"), "the last amount (4000 mL in 6 h) is no part of the day's"),
        ("urine_24h_ml,urine_24h_hours,urine_12h_ml", ("300", "8", "20"), "no part of the day's (300 mL in 8 h)"),
        ("urine_24h_ml,urine_last_ml,urine_last_hours", ("300", "200", "24"), "no part of the day's (300 mL in 24 h)"),
        ("urine_24h_ml_kg_h,urine_6h_ml_kg_h", ("0.1", "2"), "Urine cannot flow at 2.00 mL/kg/h in the last 6 h"),
        ("urine_24h_ml,urine_6h_ml", ("", "20"), "Urine, 24 h is missing. Give the amount in mL"),
        ("urine_24h_ml,urine_6h_ml", ("x", "20"), "'x' is not a number"),
        ("urine_24h_ml,urine_6h_ml", ("640", "-5"), "-5 mL is not accepted"),
        ("urine_24h_ml,urine_6h_ml", ('"1,500"', "20"), "can be read as 1.5 or as 1500"),
    ],
)
def test_what_does_not_add_up_is_refused_by_name(columns: str, cells: tuple[str, ...], says: str) -> None:
    table = read(with_urine(columns, *cells))
    assert table.inputs.empty
    (refusal,) = table.refused
    assert (refusal.line, refusal.patient_id) == (2, "synthetic-2")
    assert says in refusal.message


def test_the_hours_that_a_file_lacks_can_be_given() -> None:
    data = with_urine("urine_total_ml,urine_last_ml", "2016", "126").encode()
    assert read_patients("p.csv", data, 6.0).inputs[LAST].tolist() == pytest.approx([0.25])


def fields(day: str = "", day_hours: str = "", last: str = "", last_hours: str = "") -> dict[str, str]:
    return {DAY_ML: day, DAY_HOURS: day_hours, LAST_ML: last, LAST_HOURS: last_hours}


@pytest.mark.parametrize(
    ("typed", "missing"),
    [
        (fields(), ("Urine of the day", "Urine, last amount")),
        (
            fields("640", "", "20"),
            ("Urine of the day, collected in how many hours", "Urine, last amount, collected in how many hours"),
        ),
        (fields("640 mL", "24", "20"), ("Urine, last amount, collected in how many hours",)),
        (fields("0.4 mL/kg/h"), ("Urine, last amount",)),
    ],
)
def test_an_amount_without_hours_is_asked_for_them(typed: dict[str, str], missing: tuple[str, ...]) -> None:
    found = read_urine(typed, WEIGHT_KG)
    assert found.missing == missing
    assert (found.rates, found.refused) == ({}, ())


@pytest.mark.parametrize(
    "typed",
    [
        fields("2016", "24", "126", "6"),
        fields("2016 mL", "24,0", "126 ml", "6"),
        fields("1,0 mL/kg/h", "", "126", "6"),
        fields("1 ml/kg/h", "", "0.25 mL/kg/h"),
        fields("2016", "24", "0.25 ml / kg / h", "1"),
    ],
)
def test_fields_give_rates(typed: dict[str, str]) -> None:
    assert read_urine(typed, WEIGHT_KG).rates == pytest.approx({DAY: 1.0, LAST: 0.25})
    assert read_urine(typed, None).rates == {}


def test_a_last_amount_beyond_the_day_is_refused() -> None:
    found = read_urine(fields("640", "24", "700", "6"), WEIGHT_KG)
    assert found.rates == {}
    assert "the last amount (700 mL in 6 h) is no part of the day's (640 mL in 24 h)" in found.refused[0]


@given(
    day_ml=st.floats(0, 8000),
    day_h=st.floats(6, 24),
    share=st.floats(0, 1),
    part=st.floats(0.01, 1),
)
def test_amounts_that_fit_give_rates_that_fit(day_ml: float, day_h: float, share: float, part: float) -> None:
    last_h = part * day_h
    last_ml = day_ml if last_h == day_h else share * day_ml
    day, hours, last, end = (np.array([value]) for value in (day_ml, day_h, last_ml, last_h))
    unknown = np.array([np.nan])
    urine = Urine(np.array([80.0]), unknown, unknown, day, hours, last, end)
    assert urine.amounts_fit.all()
    assert urine.fault(0) == ""
    assert 0 <= urine.last[0] <= day_ml / 6 / 80 * (1 + 1e-9)
    assert rates_fit(urine.day, urine.last).all()
