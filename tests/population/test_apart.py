"""Subjects in another unit than the others are named."""

from made_up_study import changed, study

from qcore.population.fitting.unit_groups import apart


def test_people_of_one_unit_are_not_apart() -> None:
    assert apart(study(12)) == ""


def test_those_in_another_unit_are_named() -> None:
    # Subjects 1, 4, 7 and 10 were given nothing.
    mixed = changed(changed(study(12), 1, 1000.0), 4, 1000.0)
    assert apart(mixed).startswith("for the same dose the concentrations of subjects 2, 5 are about ")
    assert apart(mixed).endswith(" times higher than those of the others")
    low = changed(study(12), 2, 0.001)
    assert "of subject 3 are about" in apart(low)
    assert " times lower than those" in apart(low)
