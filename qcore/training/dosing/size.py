"""How large the experts' circuits should be: each size is trained beside a control with as many parameters."""

from dataclasses import replace

from qcore.tasks.dosing.networks.evaluation.sizes import SizeErrors
from qcore.tasks.dosing.networks.model import Build, Experts
from qcore.training.dosing.candidates import Candidate, Start
from qcore.training.dosing.evaluate import FORECAST_AFTER, FORECAST_CASE, Validation

QUBITS = (2, 4, 8, 12)
LAYERS = (1, 2, 3, 4)
"""Sizes in Team PNU's heat map."""


def train_size(validation: Validation, n_qubits: int, n_layers: int) -> SizeErrors:
    """Train a size and its control on a validation's first division, to forecast from the first week.

    Args:
        validation: its study, parts and folder; its candidates and cases are not used.
        n_qubits: qubits of every expert's circuit.
        n_layers: of every expert's circuit.
    """
    candidates = {
        experts.value: Candidate(Start.SUPERPOSITION, Build(experts, n_qubits=n_qubits, n_layers=n_layers))
        for experts in Experts
    }
    forecast = replace(validation, n_repeats=1, candidates=candidates, cases={FORECAST_CASE: FORECAST_AFTER})
    return SizeErrors(n_qubits=n_qubits, n_layers=n_layers, sums=forecast.run())
