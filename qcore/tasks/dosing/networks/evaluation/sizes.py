"""Errors by the size of the experts' circuits, qubits x layers, each beside a control with as many parameters."""

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from qcore.evidence.metrics import Estimate
from qcore.study import Quantity
from qcore.tasks.dosing.networks.evaluation.sums import Sums
from qcore.tasks.dosing.networks.model import Experts


class SizeErrors(BaseModel):
    """Squared errors of one size.

    Attributes:
        n_qubits: qubits of every expert's circuit.
        n_layers: of every expert's circuit.
        sums: of "quantum" and its control, "classical".
    """

    model_config = ConfigDict(frozen=True)

    n_qubits: int
    n_layers: int
    sums: Sums


@dataclass(frozen=True)
class Size:
    """One cell of a heat map, for one quantity.

    Attributes:
        n_qubits: qubits of every expert's circuit.
        n_layers: of every expert's circuit.
        quantity: of which errors are given, concentration or response.
        quantum: normalised RMSE of the circuits.
        classical: normalised RMSE of the control.
        difference: of the two on the same subjects; below 0 the circuits are better.
    """

    n_qubits: int
    n_layers: int
    quantity: Quantity
    quantum: Estimate
    classical: Estimate
    difference: Estimate


def sizes(several: Iterable[SizeErrors]) -> list[Size]:
    """Return the cells of a heat map."""
    cells = []
    for each in several:
        errors = {(error.model, error.quantity): error.normalised for error in each.sums.errors}
        differences = {(pair.model, pair.quantity): pair.difference for pair in each.sums.comparisons}
        cells += [
            Size(
                each.n_qubits,
                each.n_layers,
                quantity,
                errors[Experts.QUANTUM, quantity],
                errors[Experts.CLASSICAL, quantity],
                differences[Experts.QUANTUM, quantity],
            )
            for quantity in each.sums.spreads
        ]
    return cells
