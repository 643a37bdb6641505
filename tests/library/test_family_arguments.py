"""Shapes, sizes, cases and recipes that cannot be are refused before a family trains or answers."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

import qcore
from qcore.errors import InvalidValue
from qcore.training.loop.augmentation import Augmentation
from qcore.training.loop.recipe import Sparsity

NAN = float("nan")
TABLE, IMAGE, SERIES = (
    qcore.Shape(qcore.Kind.TABLE, 3),
    qcore.Shape(qcore.Kind.IMAGE, 1, widths=(4, 6), side=8),
    qcore.Shape(qcore.Kind.SERIES, 2),
)
X, Y = torch.randn(12, 3, generator=torch.Generator().manual_seed(0)), torch.tensor([[0.0], [1.0]]).repeat(6, 1)
ONCE = qcore.Recipe(epochs=1, batch=6)


def recipe(**wrong: object) -> Callable[[], object]:
    return lambda: qcore.Recipe(**{"epochs": 1, **wrong})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (recipe(epochs=-1), "epochs must be a whole number, 0 or more, not -1"),
        (recipe(epochs=1.5), "epochs must be a whole number"),
        (recipe(epochs=True), "epochs must be a whole number"),
        (recipe(batch=0), "batch must be a whole number, 1 or more, not 0"),
        (recipe(learning_rate=0), "learning_rate must be a number, above 0, not 0"),
        (recipe(learning_rate=-1e-3), "learning_rate must be a number, above 0"),
        (recipe(learning_rate=NAN), "learning_rate must be a number, above 0"),
        (recipe(learning_rate="fast"), "learning_rate must be a number"),
        (recipe(weight_decay=-1), "weight_decay must be a number, at least 0"),
        (recipe(label_smoothing=1.5), "label_smoothing must be a number, at least 0 and at most 1"),
        (recipe(mixup=NAN), "mixup must be a number"),
        (recipe(schedule="linear"), "no schedule 'linear'. Choose from one cycle, warm-up and cosine"),
        (recipe(augmentation=3), "augmentation must be of type Augmentation, or None"),
        (lambda: Augmentation(shift=-0.1), "shift must be a number, at least 0"),
        (lambda: Sparsity(0.1, 0.1, 0.1, n_parameters=0, restarts=1), "n_parameters must be a whole number, 1 or more"),
        (lambda: qcore.Shape("tabel", 4), "no kind of case 'tabel'. Choose from table, image, volume, series"),  # type: ignore[arg-type]
        (lambda: qcore.Shape(qcore.Kind.TABLE, 0), "n_features must be a whole number, 1 or more, not 0"),
        (lambda: qcore.Shape(qcore.Kind.TABLE, 2.0), "n_features must be a whole number"),  # type: ignore[arg-type]
        (lambda: qcore.Shape(qcore.Kind.TABLE, 2, n_outputs=0), "n_outputs must be a whole number"),
        (lambda: qcore.Shape(qcore.Kind.TABLE, 2, n_numeric=3), "n_numeric must be a whole number, 0 to 2, not 3"),
        (lambda: qcore.Shape(qcore.Kind.IMAGE, 1, widths=()), "widths must be a tuple"),
        (lambda: qcore.Shape(qcore.Kind.IMAGE, 1, dropout=1.0), "dropout must be below 1"),
        (lambda: qcore.FAMILIES["lstm"].build(TABLE, 2, 1), "takes cases of the kind series or signal, not table"),
        (lambda: qcore.FAMILIES["lstm"].control(TABLE, 2, 1), "takes cases of the kind series or signal, not table"),
        (lambda: qcore.FAMILIES["strong"].build("table", 2, 1), "shape must be a qcore.Shape"),  # type: ignore[arg-type]
        (lambda: qcore.FAMILIES["strong"].build(TABLE, 0, 1), "n_qubits must be a whole number, 1 or more"),
        (lambda: qcore.FAMILIES["strong"].build(TABLE, 2, -1), "n_layers must be a whole number, 1 or more"),
        (lambda: qcore.FAMILIES["qcnn"].build(TABLE, 3, 1), "needs 2, 4 or 8 qubits"),
        (lambda: qcore.FAMILIES["quanvolution-fixed"].build(IMAGE, 3, 1), "A patch has 4 pixels"),
    ],
)
def test_what_cannot_be_is_refused_where_it_is_made(make: Callable[[], object], sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        make()


def test_a_kind_may_be_said_as_text() -> None:
    shape = qcore.Shape("table", 3)  # type: ignore[arg-type]
    assert shape == TABLE
    assert qcore.FAMILIES["variational"].build(shape, 2, 1)(X, "ideal").shape == (12, 1)


@pytest.mark.parametrize("role", ["build", "control"])
@pytest.mark.parametrize(
    ("name", "shape", "cases", "sentence"),
    [
        ("variational", TABLE, torch.zeros(2, 4), r"Cases must be \(n, 3\), one or more of them, not \(2, 4\)"),
        ("variational", TABLE, torch.zeros(3), r"Cases must be \(n, 3\)"),
        ("variational", TABLE, torch.zeros(0, 3), "one or more of them"),
        ("variational", TABLE, np.zeros((2, 3)), "must be a torch tensor .* not ndarray"),
        ("variational", TABLE, torch.zeros(2, 3, dtype=torch.uint8), "not torch.uint8"),
        ("variational", TABLE, X.double(), r"takes torch.float32, not torch.float64"),
        ("variational", TABLE, X * NAN, "Cases must be finite"),
        ("projected-kernel", TABLE, torch.zeros(2, 4), r"Cases must be \(n, 3\)"),
        ("quanvolution", IMAGE, torch.zeros(2, 3, 8, 8), r"Cases must be \(n, 1, 8, 8\), .* not \(2, 3, 8, 8\)"),
        ("quanvolution", IMAGE, torch.zeros(2, 1, 8, 9), r"Cases must be \(n, 1, 8, 8\)"),
        ("quanvolution", IMAGE, torch.zeros(2, 8, 8), r"Cases must be \(n, 1, 8, 8\)"),
        ("gru", SERIES, torch.zeros(2, 2), r"Cases must be \(n, time, 2\)"),
        ("gru", SERIES, torch.full((2, 3, 2), torch.inf), "Cases must be finite"),
    ],
)
def test_cases_of_another_shape_are_refused_by_the_hybrid_and_by_its_control(
    name: str, shape: qcore.Shape, cases: torch.Tensor, sentence: str, role: str
) -> None:
    model = getattr(qcore.FAMILIES[name], role)(shape, 4 if name == "quanvolution" else 2, 1).eval()
    with pytest.raises(InvalidValue, match=sentence):
        model(cases, "ideal")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"y": Y + 1}, "y must hold 0 and 1 alone"),
        ({"y": Y - 0.5}, "y must hold 0 and 1 alone"),
        ({"y": Y * NAN}, "y must hold 0 and 1 alone"),
        ({"y": Y[:5]}, r"a row for each of the 12 cases, not \(5, 1\)"),
        ({"y": Y[:, 0]}, r"y\[:, None\]"),
        ({"y": Y.numpy()}, "torch tensors"),
        ({"y": Y.repeat(1, 2)}, "as many outputs as there are labels"),
        ({"x": X * NAN}, "x must hold finite numbers"),
        ({"x": X[:0], "y": Y[:0]}, "x must hold one case or more"),
        ({"x": X[:, :2]}, r"Cases must be \(n, 3\)"),
        ({"recipe": qcore.Recipe(epochs=0)}, "number of epochs of a training must be a whole number, 1 or more"),
        ({"recipe": {"epochs": 3}}, "recipe must be a qcore.Recipe"),
        ({"recipe": qcore.Recipe(epochs=1, batch=1)}, "A single case cannot be normalised"),
        ({"family": "variational"}, "family must be one of qcore.FAMILIES"),
        ({"model": None}, "model must be what the family's build or control returned"),
        ({"seed": -1}, "seed must be a whole number, 0 or more"),
    ],
)
def test_training_refuses_what_does_not_fit(wrong: dict[str, object], sentence: str) -> None:
    family = qcore.FAMILIES["variational"]
    usual = {"family": family, "model": family.build(TABLE, 2, 1), "x": X, "y": Y, "recipe": ONCE, "seed": 0}
    with pytest.raises(InvalidValue, match=sentence):
        qcore.train_family(**{**usual, **wrong}, backend="ideal")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("x", "y", "sentence"),
    [
        (X, Y * 0, "All outcomes are the same"),
        (X, (torch.arange(12) == 0).float()[:, None], "2 cases of either outcome or more, not 1"),
        (X[:4], Y[:4], "at least 5 patients"),
        (X[:, :2], Y, r"x must be \(n, 3\), a row a patient"),
    ],
)
def test_a_kernel_refuses_what_it_cannot_learn_from(x: torch.Tensor, y: torch.Tensor, sentence: str) -> None:
    family = qcore.FAMILIES["projected-kernel"]
    with pytest.raises(InvalidValue, match=sentence):
        qcore.train_family(family, family.build(TABLE, 2, 1), x, y, ONCE, "ideal", 0)


def test_outcomes_may_be_whole_numbers_or_true_and_false() -> None:
    family = qcore.FAMILIES["variational"]
    for y in (Y.long(), Y.bool()):
        qcore.train_family(family, family.build(TABLE, 2, 1), X, y, ONCE, "ideal", 0)
