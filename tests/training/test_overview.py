"""The page on all families: what counts as better, and charts on one scale."""

from qcore.evidence.evaluation import LearningPoint
from qcore.evidence.metrics import Estimate
from qcore.training.cards.markdown import CELLS, bars
from qcore.training.classification.overview import _count, _sure


def test_a_difference_counts_where_its_interval_leaves_out_zero() -> None:
    differences = [Estimate(0.1, 0.05, 0.2), Estimate(-0.1, -0.2, -0.05), Estimate(0.1, -0.1, 0.2)]
    assert _count(differences) == "better in 1 of 3, worse in 1, no difference to be shown in 1"


def test_draws_that_disagree_show_no_difference() -> None:
    for draws, counted in (([0.1, 0.2, 0.3], True), ([0.1, -0.2, 0.7], False)):
        point = LearningPoint(n=9, hybrid=0.7, control=0.5, difference=Estimate(0.2, 0.1, 0.3), draws=draws)
        assert (_sure(point).low > 0) == counted


def test_bars_share_a_scale_and_nothing_has_no_bar() -> None:
    lines = bars({"none": 0.0, "half": 0.05, "all": 0.1}).splitlines()[1:-1]
    assert [line.count("█") for line in lines] == [0, CELLS // 2, CELLS]
    assert bars({"more": 0.2, "all": 0.1}).count("█") == CELLS + CELLS // 2
    assert bars({"less": 0.01}).count("█") == CELLS // 10
