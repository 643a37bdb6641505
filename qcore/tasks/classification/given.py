"""What a trained model is asked about: cases as they are stored, and the columns of an explanation, checked."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qcore.errors import InvalidArgument
from qcore.models.encoder import TableEncoder
from qcore.models.shape import Kind, Shape
from qcore.tasks.classification.preparation import Encoded, InStretches, Preparation

MOST_MV = 100.0
"""No electrode on the skin shows more; microvolts do."""


def check_stored(shape: Shape, preparation: Preparation, cases: Tensor) -> None:
    """Refuse cases that are not as the data sets store them.

    Args:
        shape: of a prepared case.
        preparation: of the cases; that of a table knows its columns.
        cases: ``(n, ...)``: images and volumes from 0 to 1; signals in mV; tables and series with units, NaN where
            missing.

    Raises:
        InvalidArgument: the shape or the range is another; the message says which is expected.
    """
    if isinstance(cases, Tensor) and cases.ndim and not len(cases):
        raise InvalidArgument("There must be at least one case.")
    if isinstance(preparation, Encoded):
        _check_rows(shape, preparation.encoder, cases)
        return
    preparation.stored(shape).check(cases)
    if isinstance(preparation, InStretches):
        if bool((cases.abs() > MOST_MV).any()):
            raise InvalidArgument(f"Signals must be in millivolts, from -{MOST_MV:g} to {MOST_MV:g}.")
        return
    low, high = float(cases.min()), float(cases.max())
    if low < 0 or high > 1:
        raise InvalidArgument(
            f"Images must have values from 0 to 1, not {low:g} to {high:g}: divide grey levels of a byte by 255."
        )


def _check_rows(shape: Shape, encoder: TableEncoder, cases: Tensor) -> None:
    """Refuse rows of other columns, infinite values, and codes that no category has."""
    count = len(encoder.columns)
    layout, n_dims = (f"(n, time, {count})", 3) if shape.kind is Kind.SERIES else (f"(n, {count})", 2)
    if not isinstance(cases, Tensor) or not cases.is_floating_point():
        kind = str(cases.dtype) if isinstance(cases, Tensor) else type(cases).__name__
        raise InvalidArgument(f"Cases must be a torch tensor {layout} of floating-point numbers, not {kind}.")
    if cases.ndim != n_dims or cases.shape[-1] != count:
        raise InvalidArgument(
            f"Cases must be {layout}, not {tuple(cases.shape)}: the columns are {', '.join(encoder.columns)}."
        )
    if bool(cases.isinf().any()):
        raise InvalidArgument("Cases must be finite numbers, or NaN where a value is missing.")
    for name, n_codes in encoder.categories.items():
        code = cases[..., encoder.columns.index(name)]
        if not bool((code.isnan() | torch.isin(code, torch.arange(1, n_codes + 1, dtype=code.dtype))).all()):
            raise InvalidArgument(f"{name} must be a code from 1 to {n_codes}, a whole number.")


def check_explained(
    case: NDArray[np.float64], names: Sequence[str], label: str, labels: Sequence[str], reference: Mapping[str, float]
) -> None:
    """Refuse an explanation that cannot be given.

    Args:
        case: ``(n_columns,)`` of a table, with units, complete.
        names: of its columns.
        label: whose probability is to be explained.
        labels: all that the model knows.
        reference: what every column is in the case that explanations start from; empty where there is none.

    Raises:
        InvalidArgument: the model has no reference case, no such label or column, or the case is not complete.
    """
    if label not in labels:
        raise InvalidArgument(f"There is no label '{label}'. Choose from {', '.join(labels)}.")
    if not reference:
        raise InvalidArgument("This model was trained without a reference case: only models of tables explain.")
    if sorted(names) != sorted(reference):
        raise InvalidArgument(f"The columns must be {', '.join(reference)}, in any order.")
    if np.shape(case) != (len(names),) or not np.isfinite(np.asarray(case, dtype=np.float64)).all():
        raise InvalidArgument(f"The case must be {len(names)} finite numbers, a value for each column, none missing.")
