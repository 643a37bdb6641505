"""How large the experts' circuits should be: qubits x layers, each size beside a control with as many parameters."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from qcore.evidence.metrics import Estimate
from qcore.io.study import Quantity
from qcore.tasks.dosing.learned.model import Build, Experts
from qcore.training.dosing.candidates import Candidate, Start
from qcore.training.dosing.evaluate import FORECAST_AFTER, FORECAST_CASE, Validation

QUBITS = (2, 4, 8, 12)
LAYERS = (1, 2, 3, 4)
"""Team PNU's heat map."""


@dataclass(frozen=True)
class Size:
    """One cell of a heat map, for one quantity.

    Attributes:
        n_qubits: of every expert.
        n_layers: of every expert's circuit.
        quantity: concentration or response.
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


def sizes(validation: Validation, qubits: Sequence[int] = QUBITS, layers: Sequence[int] = LAYERS) -> list[Size]:
    """Train every size and its control on the folds of a validation, to forecast from the first week.

    Args:
        validation: its study, folds and folder; its candidates and cases are not used.
        qubits: numbers of qubits.
        layers: numbers of layers.
    """
    shapes = [(n_qubits, n_layers) for n_qubits in qubits for n_layers in layers]
    candidates = {
        _name(experts, *shape): Candidate(Start.SUPERPOSITION, Build(experts, n_qubits=shape[0], n_layers=shape[1]))
        for shape in shapes
        for experts in Experts
    }
    found = replace(validation, candidates=candidates, cases={FORECAST_CASE: FORECAST_AFTER}).run()
    errors = {(each.model, each.quantity): each.normalised for each in found.errors}
    differences = {(each.model, each.quantity): each.difference for each in found.comparisons}
    return [
        Size(
            *shape,
            quantity,
            errors[_name(Experts.QUANTUM, *shape), quantity],
            errors[_name(Experts.CLASSICAL, *shape), quantity],
            differences[_name(Experts.QUANTUM, *shape), quantity],
        )
        for shape in shapes
        for quantity in found.spreads
    ]


def _name(experts: Experts, n_qubits: int, n_layers: int) -> str:
    return f"{experts} {n_qubits}x{n_layers}"
