"""A model family: how its hybrids and their classical controls are built, and what they refuse to be given."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import nn

from qcore.arguments import check_kind, check_whole
from qcore.errors import InvalidArgument
from qcore.models.shape import Kind, Shape

Build = Callable[[Shape, int, int], nn.Module]
USUAL_SIZE = (4, 2)
NOTHING: frozenset[str] = frozenset()


@dataclass(frozen=True, repr=False)
class Family:
    """One kind of hybrid model, with the classical control it is measured against.

    Attributes:
        name: short identifier, as in commands and folders.
        label: what pages and cards call it.
        kinds: of case it takes.
        hybrid: makes an untrained hybrid for a shape, a number of qubits and of layers; `build` checks them first.
        classical: makes an untrained classical twin of that hybrid; `control` checks first.
        twin: what stands in the control in the circuit's place, for people.
        size: qubits and layers where nobody says others.
        ignores: what it takes from its kind of case or its paper whatever is asked for: "qubits", "layers".
        whole: ablations that would leave something else than the family without a part of its circuit: where a gate
            on two qubits carries data or pools, and where a linear map is no kernel.
        fits_itself: True where a model is trained by its own ``fit(x, y, backend)`` and not by the loop of networks.
        dtype: of its weights and of what it is given.
        variant_of: family of which it is a variant that only who asks for it by name gets.
    """

    name: str
    label: str
    kinds: frozenset[Kind]
    hybrid: Build
    classical: Build
    twin: str = "a layer of tanh units"
    size: tuple[int, int] = USUAL_SIZE
    ignores: frozenset[str] = NOTHING
    whole: frozenset[str] = NOTHING
    fits_itself: bool = False
    dtype: torch.dtype = torch.float32
    variant_of: str = ""

    def __repr__(self) -> str:
        """Return name, label and the kinds of case it takes, on one line."""
        return f"Family {self.name}: {self.label}; for {', '.join(sorted(self.kinds))}"

    def build(self, shape: Shape, n_qubits: int, n_layers: int) -> nn.Module:
        """Return an untrained hybrid, a torch module called with cases and a backend (or its text).

        Args:
            shape: of the cases it is given, `Shape.layout`, and how many outputs it returns, ``(n, n_outputs)``.
            n_qubits: width of its circuit.
            n_layers: layers of its circuit.

        Raises:
            InvalidArgument: the family does not take such cases, or has no circuit of this size. What it builds raises
                it where cases of another shape come in, or what is no finite number.
        """
        return self._made(self.hybrid, shape, n_qubits, n_layers)

    def control(self, shape: Shape, n_qubits: int, n_layers: int) -> nn.Module:
        """Return the untrained classical twin of the hybrid that `build` returns; it needs no backend.

        Args:
            shape: of the cases it is given, and how many outputs it returns.
            n_qubits: width of the hybrid's circuit.
            n_layers: layers of the hybrid's circuit.

        Raises:
            InvalidArgument: as for `build`.
        """
        return self._made(self.classical, shape, n_qubits, n_layers)

    def _made(self, make: Build, shape: Shape, n_qubits: int, n_layers: int) -> nn.Module:
        check_kind("shape", shape, Shape, "a qcore.Shape, such as qcore.Shape(qcore.Kind.TABLE, n_features=4)")
        if shape.kind not in self.kinds:
            raise InvalidArgument(
                f"The family '{self.name}' takes cases of the kind {' or '.join(sorted(self.kinds))}, not {shape.kind}."
            )
        check_whole("n_qubits", n_qubits, 1)
        check_whole("n_layers", n_layers, 1)
        model = make(shape, n_qubits, n_layers)
        model.register_forward_pre_hook(partial(_check_given, shape, not self.fits_itself))
        return model


def _check_given(shape: Shape, one_precision: bool, model: nn.Module, given: tuple[Any, ...]) -> None:
    """Refuse what a model is called with; kernels take cases of any precision."""
    if not given:
        return
    cases = given[0]
    shape.check(cases)
    dtype = next(model.parameters()).dtype
    if one_precision and cases.dtype != dtype:
        raise InvalidArgument(f"This model takes {dtype}, not {cases.dtype}: convert the cases by x.to({dtype}).")
