"""Questions by name: every family can be built, has a recipe, and sees noise only where it is made for it."""

import pytest
from blob_question import RECIPE

from qcore.cli import classification as commands
from qcore.errors import InvalidValue
from qcore.models.families import Kind
from qcore.tasks.classification.model import CONTROL, HYBRID, new_member
from qcore.tasks.classification.question import Entry
from qcore.tasks.questions import QUESTIONS, entries, entry
from qcore.training.classification import recipes
from qcore.training.classification.fit import Fit
from qcore.training.classification.recipes import ACROSS, recipe_of


@pytest.mark.parametrize("each", entries(), ids=lambda each: each.name)
def test_every_family_can_be_built_for_every_question_and_has_a_recipe(each: Entry) -> None:
    assert recipe_of(each, HYBRID)
    assert new_member(each, HYBRID)
    assert new_member(each, CONTROL)
    assert entry(each.question.name, each.family) == each


def test_questions_are_called_by_name() -> None:
    assert set(commands.QUESTIONS) == set(QUESTIONS) - {"aki"}
    assert entry("breast").is_released
    assert entry("breast", "hqcnn").name == "breast-hqcnn"
    assert entry("aki", "gru").shape.kind is Kind.SERIES
    with pytest.raises(InvalidValue, match=r"answered by the families .*resistant"):
        entry("breast", "gru")
    assert entry("aki").family == "sparse"
    with pytest.raises(InvalidValue, match="no question 'moon'"):
        entry("moon")


def test_only_the_family_made_for_noise_sees_it_in_training(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recipes, "ACROSS", ACROSS)
    for each in entries():
        aware = "noisy:sherbrooke" in Fit(each, HYBRID, RECIPE, 0).backends
        assert aware == (each.family in recipes.NOISE_AWARE)


def test_figures_under_noise_are_not_published_as_those_of_the_model() -> None:
    commands.check_written(True, "ideal")
    commands.check_written(False, "noisy:fez")
    with pytest.raises(InvalidValue, match="leave out --write or --backend noisy:fez"):
        commands.check_written(True, "noisy:fez")
