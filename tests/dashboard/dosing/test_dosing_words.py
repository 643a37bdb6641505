"""Doses, limits and people in words."""

import pytest

from dashboard.dosing.study.source import challenge
from dashboard.dosing.wording import amount, dose_interval, limits, people_like, throughout
from qcore.tasks.dosing.drug.file import shipped
from qcore.tasks.dosing.target import Measure, Target
from qcore.tasks.dosing.virtual_population import Population

DRUG = shipped("challenge")
DAILY, WEEKLY = DRUG.regimens


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(("dose", "written"), [(6.0, "6 mg"), (6.5, "6.5 mg"), (1500.0, "1,500 mg")])
def test_a_dose(dose: float, written: str) -> None:
    assert plain(amount(dose, DRUG)) == written


@pytest.mark.parametrize(
    ("low", "high", "written"),
    [
        (5.0, 6.5, "5 to 6.5 mg"),
        (5.0, 5.0, "5 mg alone"),
        (90.0, None, "90 mg to more than 100 mg"),
        (None, None, "more than 100 mg"),
    ],
)
def test_an_interval_of_a_dose(low: float | None, high: float | None, written: str) -> None:
    assert plain(dose_interval(low, high, DAILY, DRUG)) == written


@pytest.mark.parametrize(
    ("low", "high", "written"),
    [(None, 3.3, "below 3.3 ng/mL"), (1.0, None, "above 1 ng/mL"), (1.0, 3.3, "between 1 and 3.3 ng/mL")],
)
def test_limits(low: float | None, high: float | None, written: str) -> None:
    assert plain(limits(Target(Measure.RESPONSE, low, high), DRUG)) == written


def test_how_long_an_interval_is() -> None:
    assert throughout(DAILY) == "throughout the day"
    assert throughout(WEEKLY) == "throughout the week"
    assert plain(throughout(DAILY.model_copy(update={"interval_h": 12.0}))) == "throughout the 12 hours between doses"


@pytest.mark.parametrize(
    ("population", "written"),
    [
        (Population("", (50.0, 100.0)), "people like those studied (50–100 kg, half with comedication)"),
        (Population("", (70.0, 140.0)), "people of this kind (70–140 kg, half with comedication)"),
        (
            Population("", (50.0, 100.0), {"COMED": 0.0}),
            "people of this kind (50–100 kg, none with comedication)",
        ),
        (Population("", None), "people like those studied (51–100 kg, half with comedication)"),
    ],
)
def test_whom_a_dose_is_for(population: Population, written: str) -> None:
    assert plain(people_like(challenge(), population)) == written
