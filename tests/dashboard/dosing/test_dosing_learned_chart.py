"""What stands beside a dot in the chart that compares models."""

import pytest

from dashboard.dosing.networks.chart import _trace
from qcore.tasks.dosing.dose_finding import Answer, Question
from qcore.tasks.dosing.drug.file import shipped
from qcore.tasks.dosing.target import Measure, Target
from qcore.tasks.dosing.virtual_population import Population

DAILY = shipped("challenge").regimens[0].model_copy(update={"cap": 4.0})
BELOW, PEAK = Target(Measure.RESPONSE, high=3.3, lowered=True), Target(Measure.PEAK, high=20.0)


@pytest.mark.parametrize(
    ("target", "dose", "low", "high", "at", "said", "hover"),
    [
        (BELOW, None, None, None, 4.0, "> 4", "> 4"),
        (BELOW, None, 3.5, None, 4.0, "> 4", "> 4 (3.5 to > 4)"),
        (BELOW, 3.0, 2.5, None, 3.0, "3", "3 (2.5 to > 4)"),
        (PEAK, None, 0.0, 1.0, 0.5, "< 0.5", "< 0.5 (0 to 1)"),
    ],
)
def test_a_dose_that_is_none_is_not_drawn_as_one(
    target: Target, dose: float | None, low: float | None, high: float | None, at: float, said: str, hover: str
) -> None:
    drawn = _trace(Answer(Question(Population(), DAILY, target, 0.9), dose, low, high, 0.5), 0, DAILY.cap)
    assert (drawn["x"], drawn["text"]) == ([at], [said])
    assert drawn["hovertemplate"] == f"{hover}<extra></extra>"
