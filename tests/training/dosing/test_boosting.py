"""Gradient boosting beside the networks: it learns, and nothing of those held out reaches it."""

import numpy as np
import pytest
import torch
from made_up_study import changed, part, study

from qcore.study import Study
from qcore.tasks.dosing.networks.base import fit_superposition
from qcore.tasks.dosing.networks.samples import measured_moments
from qcore.training.dosing.boosting import Boosting, Trees, boosted

WHOLE = study(24)
TRAINING, HELD_OUT = part(WHOLE, range(18)), part(WHOLE, range(18, 24))
END = 30.0
BASE = fit_superposition(TRAINING)
SMALL = Boosting((Trees(1, 3), Trees(50, 4, learning_rate=0.2, min_samples_leaf=5)), corrects=(True,))


def predicted(test: Study, end: float | None, training: Study = TRAINING) -> torch.Tensor:
    moments = measured_moments(test, -np.inf if end is None else end)
    return boosted(training, SMALL, end, BASE, test, moments)


def test_trees_learn_what_the_base_misses() -> None:
    moments = measured_moments(TRAINING)
    told, base = predicted(TRAINING, None), BASE.log_predicted(TRAINING, moments).exp()
    off = [(said / moments.measured - 1).square().nanmean(0).sqrt() for said in (told, base)]
    assert float(off[0][0]) < 0.5 * float(off[1][0])


@pytest.mark.parametrize("end", [None, END])
def test_nothing_measured_later_in_those_held_out_changes_a_prediction(end: float | None) -> None:
    after = -np.inf if end is None else end
    other = HELD_OUT
    for place in range(len(HELD_OUT.subjects)):
        other = changed(other, place, 3.0, after)
    assert torch.equal(predicted(HELD_OUT, end), predicted(other, end))


def test_what_was_measured_early_is_used_in_a_forecast() -> None:
    early = changed(changed(HELD_OUT, 2, 1.5), 2, 1 / 1.5, END)
    subject = measured_moments(HELD_OUT, END).subject
    differ = (predicted(HELD_OUT, END) != predicted(early, END)).any(-1)
    assert bool(differ[subject == 2].any())
    assert not bool(differ[subject != 2].any())


def test_of_what_hardly_anybody_was_measured_nothing_is_said() -> None:
    few = part(TRAINING, range(3))
    moments = measured_moments(HELD_OUT)
    assert bool(boosted(few, SMALL, None, BASE, HELD_OUT, moments).isnan().all())
