"""Dose groups of a study, their means, and the one nearest to a dose."""

import numpy as np
import pytest
from dosing_studies import doses, study

from qcore.study import Observations, Study, Subject
from qcore.tasks.dosing.dose_groups import groups, nearest, studied_in


def test_everybody_is_in_the_group_of_their_dose() -> None:
    found = groups(study())
    assert [(each.dose, each.interval, len(each.subjects)) for each in found] == [
        (0.0, None, 6),
        (1.0, 24.0, 6),
        (3.0, 24.0, 6),
        (10.0, 24.0, 6),
    ]


def test_means_are_those_of_the_times_at_which_half_were_measured() -> None:
    observed = [
        Observations(np.array(times), np.array(values), np.zeros(len(times), dtype=np.bool_))
        for times, values in (((1.0, 2.0), (2.0, 5.0)), ((1.0,), (4.0,)), ((1.0,), (6.0,)))
    ]
    people = tuple(Subject(str(i), {}, doses(1.0), each) for i, each in enumerate(observed))
    (group,) = groups(Study(people, ()))
    times, means = group.means(response=False)
    assert times.tolist() == [1.0]
    assert means.tolist() == [4.0]


def test_points_end_with_the_doses() -> None:
    highest = groups(study())[-1]
    times, values = highest.points(response=True)
    assert times.max() == 168
    assert len(times) == len(values)


@pytest.mark.parametrize(("dose", "expected"), [(0.5, 1.0), (2.0, 3.0), (6.0, 10.0), (80.0, 10.0)])
def test_the_nearest_dose_is_nearest_in_proportion(dose: float, expected: float) -> None:
    found = nearest(study(), dose, 24.0)
    assert found is not None
    assert found.dose == expected


def test_no_group_is_near_where_the_interval_was_not_studied() -> None:
    assert nearest(study(), 60.0, 168.0) is None


def test_what_was_studied() -> None:
    found = studied_in(study())
    assert found is not None
    assert found.doses == (1.0, 3.0, 10.0)
    assert found.same(24.0)
    assert not found.same(168.0)


def test_single_doses_have_no_interval() -> None:
    people = tuple(Subject(each.name, each.covariates, doses(2.0, 1), each.observations) for each in study(4).subjects)
    found = studied_in(Study(people, ()))
    assert found is not None
    assert found.interval_h is None
    assert not found.same(24.0)
