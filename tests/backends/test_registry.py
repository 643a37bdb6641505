"""The backends by name: what is offered can be had, and nothing else is run instead."""

import pytest

from qcore.backends.registry import BACKENDS, backend
from qcore.errors import InvalidValue


@pytest.mark.parametrize("name", BACKENDS)
def test_every_choice_is_described_and_makes_the_backend_of_its_name(name: str) -> None:
    choice = BACKENDS[name]
    assert choice.name == name == backend(name).name
    assert choice.label
    assert choice.description.endswith(".")


@pytest.mark.parametrize("name", ["", "Ideal", "ibm_nowhere"])
def test_an_unknown_name_is_refused_with_the_choices(name: str) -> None:
    with pytest.raises(InvalidValue, match=f"no backend '{name}'. Choose one of: .*ideal"):
        backend(name)
