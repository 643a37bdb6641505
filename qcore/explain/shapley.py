"""Exact Shapley values of one prediction against one reference input."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from qcore.explain.explanation import Explanation

Predict = Callable[[NDArray[np.float64]], NDArray[np.float64]]

MAX_FEATURES = 15
"""Exact enumeration runs 2^n inputs: 32,768 at 15."""


def exact_shapley(
    predict: Predict,
    x: NDArray[np.float64],
    reference: NDArray[np.float64],
    names: Sequence[str],
) -> Explanation:
    """Attribute ``predict(x) - predict(reference)`` to the features, exactly.

    All 2^n mixtures of x and the reference are evaluated in one batched call (shap.ExactExplainer;
    Lundberg and Lee 2017, arXiv:1705.07874, interventional with a single reference).

    Args:
        predict: maps ``(batch, n)`` to ``(batch,)``; must be deterministic.
        x: ``(n,)`` the input to explain.
        reference: ``(n,)`` the input that stands for "nothing special".
        names: ``(n,)`` what the features are called.

    Raises:
        ValueError: more than 15 features, or shapes that do not agree.
    """
    n = len(names)
    if n > MAX_FEATURES or x.shape != (n,) or reference.shape != (n,):
        raise ValueError(f"expected vectors of {n} features, at most {MAX_FEATURES}")
    import shap  # takes two seconds to import, and only explanations need it

    explainer = shap.ExactExplainer(predict, shap.maskers.Independent(reference[None], max_samples=1))
    result = explainer(x[None])
    attributions = np.asarray(result.values[0], dtype=np.float64)
    base = float(result.base_values[0])
    return Explanation(
        method="Exact Shapley values, one reference patient",
        names=tuple(names),
        attributions=attributions,
        base_value=base,
        efficiency_residual=float(predict(x[None])[0]) - base - float(attributions.sum()),
        standard_error=np.zeros(n),
    )
