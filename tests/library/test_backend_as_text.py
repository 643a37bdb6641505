"""Where a circuit runs may be said as text wherever a backend is accepted, and what is neither is refused."""

import numpy as np
import pytest
import torch
from toys import random_inputs

import qcore
from qcore.errors import InvalidValue
from qcore.tasks.aki.model import AkiModel

TEXT = "noisy:fez:3"
SHAPE = qcore.Shape(qcore.Kind.TABLE, n_features=2)
NEITHER = (None, 3, "nosy:fez", b"ideal")


def test_a_trained_model_takes_text_as_it_takes_a_backend(model: AkiModel) -> None:
    patients, place = random_inputs(3, seed=5), qcore.backend(TEXT)
    said, built = model.predict(patients, TEXT), model.predict(patients, place)
    np.testing.assert_array_equal(said.value, built.value)
    assert said.provenance.backend == TEXT
    cases = torch.from_numpy(patients.to_numpy())
    np.testing.assert_array_equal(
        model.trained.probabilities("hybrid", cases, TEXT), model.trained.probabilities("hybrid", cases, place)
    )
    explained = model.explain(patients.iloc[0], TEXT)
    assert explained.attributions.sum() == pytest.approx(said.value[0] - explained.base_value)


@pytest.mark.parametrize("name", ["variational", "experts", "projected-kernel", "sparse"])
def test_a_family_is_trained_and_asked_by_text(name: str) -> None:
    family = qcore.FAMILIES[name]
    torch.manual_seed(0)
    model = family.build(SHAPE, 2, 1)
    x = torch.randn(24, 2, dtype=family.dtype)
    qcore.train_family(family, model, x, (x[:, :1] > 0).to(x), qcore.Recipe(epochs=1, batch=8), TEXT, 0)
    with torch.no_grad():
        assert torch.equal(model(x, TEXT), model(x, qcore.backend(TEXT)))


@pytest.mark.parametrize("wrong", NEITHER)
def test_what_is_no_backend_is_refused_in_a_sentence(model: AkiModel, wrong: object) -> None:
    family = qcore.FAMILIES["variational"]
    network, x = family.build(SHAPE, 2, 1), torch.randn(4, 2)
    y, patients = torch.tensor([[0.0], [1.0], [0.0], [1.0]]), random_inputs(2, seed=5)
    calls = (
        lambda: network(x, wrong),
        lambda: qcore.train_family(family, network, x, y, qcore.Recipe(epochs=1), wrong, 0),  # type: ignore[arg-type]
        lambda: model.predict(patients, wrong),  # type: ignore[arg-type]
        lambda: model.explain(patients.iloc[0], wrong),  # type: ignore[arg-type]
        lambda: qcore.backend(wrong),  # type: ignore[arg-type]
    )
    for call in calls:
        with pytest.raises(InvalidValue, match=r"backend.*\.$"):
            call()
