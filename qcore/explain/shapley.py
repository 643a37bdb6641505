"""Exact Shapley values of one prediction against one reference input, with the uncertainty that shots leave."""

from collections.abc import Callable, Sequence
from math import comb

import numpy as np
from numpy.typing import NDArray

from qcore.errors import InvalidArgument
from qcore.explain.explanation import Explanation

Array = NDArray[np.float64]
Predict = Callable[[Array], tuple[Array, Array]]

SAME_SAMPLE_DECIMALS = 12
MAX_FEATURES = 15
"""Exact enumeration runs 2^n inputs: 32,768 at 15."""


def exact_shapley(predict: Predict, x: Array, reference: Array, names: Sequence[str]) -> Explanation:
    """Attribute ``predict(x) - predict(reference)`` to the features, exactly.

    All 2^n mixtures of x and the reference are evaluated in one batched call (shap.ExactExplainer;
    Lundberg and Lee 2017, arXiv:1705.07874, interventional with a single reference). A Shapley value is a weighted sum
    of these predictions, so its standard error follows from theirs; mixtures that the model cannot tell apart are one
    experiment with one sample, known by its value and standard error.

    Args:
        predict: maps ``(batch, n)`` to values and their standard errors, ``(batch,)`` each; the same input must always
            give the same value.
        x: ``(n,)`` the input to explain.
        reference: ``(n,)`` the input that stands for "nothing special".
        names: ``(n,)`` what the features are called.

    Raises:
        InvalidArgument: more than 15 features or none, shapes that do not agree, or a value that is not finite; the
            same where ``predict`` does not answer as it is to.
    """
    n, x, reference = len(names), np.asarray(x, dtype=np.float64), np.asarray(reference, dtype=np.float64)
    if not 1 <= n <= MAX_FEATURES or x.shape != (n,) or reference.shape != (n,):
        raise InvalidArgument(
            f"x and reference must be vectors of {n} features, as named: 1 to at most {MAX_FEATURES}."
        )
    if not (np.isfinite(x).all() and np.isfinite(reference).all()):
        raise InvalidArgument("x and reference must hold finite numbers.")
    if not callable(predict):
        raise InvalidArgument("predict must be a function of (batch, n) inputs.")
    import shap  # takes two seconds to import, and only explanations need it

    masks = (np.arange(2**n)[:, None] >> np.arange(n) & 1).astype(np.float64)
    mixtures = np.where(masks == 1, x, reference)
    answer = predict(mixtures)
    if not isinstance(answer, tuple) or [np.shape(part) for part in answer] != [(len(mixtures),)] * 2:
        raise InvalidArgument("predict must return values and their standard errors, both (batch,), as a tuple.")
    values, errors = answer
    weights_of_bits = 2 ** np.arange(n)

    def game(players: Array) -> Array:
        return values[(players @ weights_of_bits).astype(np.int64)]

    explainer = shap.ExactExplainer(game, shap.maskers.Independent(np.zeros((1, n)), max_samples=1))
    attributions = np.asarray(explainer(np.ones((1, n)), silent=True).values[0], dtype=np.float64)
    return Explanation(
        method="Exact Shapley values, one reference patient",
        names=tuple(names),
        attributions=attributions,
        base_value=float(values[0]),
        efficiency_residual=float(values[-1] - values[0] - attributions.sum()),
        standard_error=_standard_error(masks, values, errors) if errors.any() else np.zeros(n),
    )


def _standard_error(masks: Array, values: Array, errors: Array) -> Array:
    """Return the standard error of every Shapley value, ``(n,)``, from those of the mixtures."""
    n = masks.shape[1]
    size = masks.sum(axis=1, keepdims=True)
    others = size - masks
    weight = 1.0 / (n * np.array([comb(n - 1, k) for k in range(n)]))
    coefficients = np.where(masks == 1, 1.0, -1.0) * weight[others.astype(np.int64)]
    samples = np.round(np.stack([values, errors], axis=1), SAME_SAMPLE_DECIMALS)
    _, first, experiment = np.unique(samples, axis=0, return_index=True, return_inverse=True)
    summed = np.zeros((len(first), n))
    np.add.at(summed, experiment.reshape(-1), coefficients)
    return np.asarray(np.sqrt((summed**2 * errors[first, None] ** 2).sum(axis=0)))
