"""What was asked for takes the place of what a drug's file, or a study, says, and is said to."""

from dataclasses import replace

import pytest

from qcore.tasks.dosing.asked import asked_instead
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.drug.file import shipped
from qcore.tasks.dosing.target import Measure, Target
from qcore.tasks.dosing.virtual_population import Population
from qcore.tasks.dosing.wording import Wording

DRUG = shipped("challenge")
DAILY, WEEKLY = DRUG.regimens
USUAL = Question(Population(), DAILY, replace(DRUG.aim.target, lowered=True), 0.9)
TWICE = DAILY.model_copy(update={"name": "every 12 h", "interval_h": 12.0})
FINE = DAILY.model_copy(update={"step": 0.1, "cap": 50.0})


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ([USUAL, replace(USUAL, regimen=WEEKLY, share=0.75)], ""),
        (
            [replace(USUAL, regimen=TWICE, target=Target(Measure.AVERAGE, low=2.0), share=0.8)],
            "Asked for here instead: every 12 h; the average concentration above 2 mg/L; 80 % of people.",
        ),
        ([replace(USUAL, regimen=FINE)], "Asked for here instead: steps of 0.1 mg; at most 50 mg."),
        (
            [replace(USUAL, population=Population("x", (60.0, 90.0), {"COMED": 0.0}))] * 2,
            "Asked for here instead: people of 60 to 90 kg; COMED 0.",
        ),
    ],
)
def test_what_was_asked_for_is_told_beside_what_is_usual(asked: list[Question], said: str) -> None:
    assert asked_instead(Wording(), DRUG, asked) == said
