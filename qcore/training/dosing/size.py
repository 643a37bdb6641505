"""How large the experts' circuits should be: qubits x layers, each size beside a control with as many parameters."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict

from qcore.evidence.metrics import Estimate
from qcore.study import Quantity
from qcore.tasks.dosing.networks.model import Build, Experts
from qcore.training.dosing.candidates import Candidate, Start
from qcore.training.dosing.evaluate import FORECAST_AFTER, FORECAST_CASE, Validation
from qcore.training.dosing.sums import Sums

QUBITS = (2, 4, 8, 12)
LAYERS = (1, 2, 3, 4)
"""Team PNU's heat map."""


class Measured(BaseModel):
    """Squared errors of one size.

    Attributes:
        n_qubits: of every expert.
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


def measured(validation: Validation, n_qubits: int, n_layers: int) -> Measured:
    """Train a size and its control on a validation's first division, to forecast from the first week.

    Args:
        validation: its study, parts and folder; its candidates and cases are not used.
        n_qubits: of every expert.
        n_layers: of every expert's circuit.
    """
    candidates = {
        experts.value: Candidate(Start.SUPERPOSITION, Build(experts, n_qubits=n_qubits, n_layers=n_layers))
        for experts in Experts
    }
    one = replace(validation, n_repeats=1, candidates=candidates, cases={FORECAST_CASE: FORECAST_AFTER})
    return Measured(n_qubits=n_qubits, n_layers=n_layers, sums=one.run())


def sizes(several: Iterable[Measured]) -> list[Size]:
    """Return the cells of a heat map."""
    found = []
    for each in several:
        errors = {(error.model, error.quantity): error.normalised for error in each.sums.errors}
        differences = {(one.model, one.quantity): one.difference for one in each.sums.comparisons}
        found += [
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
    return found
