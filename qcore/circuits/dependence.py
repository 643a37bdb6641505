"""How a circuit's angles follow from its inputs and weights: watched while they are computed, not guessed from samples.

A few samples cannot tell ``abs(x)`` from ``x``, nor a choice that is made for x > 5 from none. So every call of torch
on something that comes from inputs or weights is seen here. What is not known to keep the form counts as having lost
it: to say too little costs time elsewhere, never a right answer.
"""

from collections.abc import Callable, Iterable
from enum import Flag, IntEnum, auto
from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves


class Source(Flag):
    """What a value is computed from: inputs, weights, both, or neither where it is always the same."""

    CONSTANT = 0
    INPUTS = auto()
    WEIGHTS = auto()


class Form(IntEnum):
    """How values follow from the numbers that may change.

    ``AFFINE``: constants plus multiples, so that slopes at one place are slopes everywhere. ``ANALYTIC``: without kinks
    and choices, so that what does not matter at a random place matters nowhere. ``PIECEWISE``: any function, but one
    that torch computes, so that the same gates are queued for all values. ``ANY``: no more is known; a value may have
    been looked at, and other gates queued for it.
    """

    AFFINE = 0
    ANALYTIC = 1
    PIECEWISE = 2
    ANY = 3


def _named(*names: str) -> frozenset[Callable[..., Any]]:
    """Return functions of torch and methods of its tensors by their names."""
    functions = [getattr(owner, name) for name in names for owner in (torch, Tensor) if hasattr(owner, name)]
    return frozenset(functions)


def _properties(*names: str) -> frozenset[Any]:
    return frozenset(getattr(Tensor, name).__get__ for name in names)


_DESCRIBES = _named("size", "dim", "numel", "stride", "is_floating_point", "is_complex", "is_tensor", "__len__")
_DESCRIBES |= _properties("shape", "dtype", "device", "ndim", "requires_grad", "is_leaf", "layout", "grad_fn")
_DESCRIBES |= _named("zeros_like", "ones_like", "empty_like", "new_zeros", "new_ones", "new_empty")
"""Functions that describe a tensor: their result does not depend on its values."""

_LINEAR = _named(
    *("__getitem__", "select", "narrow", "index_select", "index_copy", "take", "unbind", "split", "chunk", "diagonal"),
    *("reshape", "view", "view_as", "flatten", "unflatten", "ravel", "squeeze", "unsqueeze", "expand", "expand_as"),
    *("permute", "transpose", "t", "movedim", "swapaxes", "flip", "roll", "repeat", "tile", "broadcast_to"),
    *("stack", "cat", "concat", "concatenate", "hstack", "vstack", "atleast_1d", "atleast_2d", "clone", "contiguous"),
    *("add", "sub", "subtract", "neg", "negative", "positive", "sum", "mean", "cumsum", "diff", "double", "float"),
    *("__add__", "__radd__", "__sub__", "__rsub__", "rsub", "__neg__", "__pos__"),
)
_LINEAR |= _properties("T", "mT")
_PRODUCTS = _named(
    *("mul", "multiply", "__mul__", "__rmul__", "matmul", "__matmul__", "__rmatmul__", "mm", "mv", "dot", "inner"),
    *("outer", "div", "divide", "true_divide", "__truediv__", "__div__"),
)
"""Linear in one factor where the others do not change; a divisor must not."""
_SMOOTH = _named(*("square", "sin", "cos", "exp", "expm1", "sinh", "cosh", "tanh", "sigmoid", "atan", "arctan"))
"""Analytic on the whole real line: with a square root, a logarithm or a quotient one could write ``abs``."""
_PIECEWISE = _named(
    *("abs", "absolute", "__abs__", "sign", "sgn", "relu", "clamp", "clip", "clamp_min", "clamp_max", "hardtanh"),
    *("round", "floor", "ceil", "trunc", "fix", "frac", "remainder", "fmod", "floor_divide", "__mod__", "__rmod__"),
    *("__floordiv__", "__rfloordiv__", "__rtruediv__", "__rdiv__", "maximum", "minimum", "fmax", "fmin", "max", "min"),
    *("amax", "amin", "sort", "where", "heaviside", "copysign", "atan2", "arctan2", "hypot", "pow", "__pow__"),
    *("__rpow__", "float_power", "sqrt", "rsqrt", "reciprocal", "log", "log1p", "tan", "asin", "acos", "arcsin"),
    *("arccos", "softplus", "leaky_relu", "prod", "norm", "gt", "lt", "ge", "le", "eq", "ne", "__gt__", "__lt__"),
    *("__ge__", "__le__", "__eq__", "__ne__", "logical_and", "logical_or", "logical_not", "logical_xor", "__and__"),
    *("__or__", "__invert__", "isnan", "to", "type_as", "long", "int", "bool", "detach", "__setitem__"),
)
_PIECEWISE |= frozenset({torch.nn.functional.relu, torch.nn.functional.hardtanh, torch.nn.functional.softplus})
_PIECEWISE |= _properties("data")
"""What may bend, jump or hide from autograd, and still returns a tensor whose shape the values do not decide."""
_KEYWORDS = frozenset({"dim", "dims", "axis", "dim0", "dim1", "keepdim", "dtype", "alpha", "shape", "size", "start"})
"""Keyword arguments that leave the form as it is; ``rounding_mode`` or ``out`` would change it."""


class Watch(TorchFunctionMode):
    """Watches what torch does to inputs and weights as long as it is entered.

    Args:
        inputs: inputs of the circuit that is watched.
        weights: trained angles of the same circuit.
        varying: which of them may change: `form` is about these.

    Attributes:
        form: of everything that was computed so far.
    """

    def __init__(self, inputs: Tensor, weights: Tensor, varying: Source) -> None:
        super().__init__()
        self.form = Form.AFFINE
        self._varying = varying
        # The tensors themselves are kept beside their sources, so that no other one gets the id of one that is gone.
        self._known = {id(inputs): (inputs, Source.INPUTS), id(weights): (weights, Source.WEIGHTS)}

    def source(self, value: object) -> Source:
        """Say what a value was computed from, as far as it was by calls of torch."""
        return self._known[id(value)][1] if id(value) in self._known else Source.CONSTANT

    def __torch_function__(
        self, func: Any, _types: Iterable[type], args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        """See `TorchFunctionMode`."""
        named = kwargs or {}
        result = func(*args, **named)
        if func in _DESCRIBES:
            return result
        sources = [self.source(value) for value in tree_leaves((args, named))]
        source = Source.CONSTANT
        for argument_source in sources:
            source |= argument_source
        if source:
            for value in tree_leaves(result):
                if isinstance(value, Tensor):
                    self._known[id(value)] = (value, source)
            if source & self._varying:
                self.form = max(self.form, self._form(func, args, named))
        return result

    def _form(self, func: Any, args: tuple[Any, ...], named: dict[str, Any]) -> Form:
        varies = [bool(self.source(value) & self._varying) for value in tree_leaves((args, named))]
        if func is Tensor.__getitem__ and (any(varies[1:]) or not varies[0]):
            # How many are chosen may follow from the values.
            return Form.ANY
        exact = named.keys() <= _KEYWORDS
        if func in _LINEAR and exact:
            return Form.AFFINE
        if func in _PRODUCTS and exact and not ("div" in func.__name__ and any(varies[1:])):
            return Form.AFFINE if sum(varies) == 1 else Form.ANALYTIC
        if func in _SMOOTH and exact:
            return Form.ANALYTIC
        return Form.PIECEWISE if func in _PIECEWISE | _PRODUCTS and "out" not in named else Form.ANY
