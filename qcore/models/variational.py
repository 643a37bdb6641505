"""The hybrid classifier: one linear map to rotation angles, a re-uploading circuit, one linear read-out."""

import math

import torch
from torch import Tensor, nn

from qcore.backends.protocol import Backend, Expectations
from qcore.backends.registry import built
from qcore.circuits import Circuit
from qcore.models.basis import Basis
from qcore.models.quantum_layer import check_batch

RARE_EVENT_LOGIT = -2.0
"""Training starts at a risk of 12 %, not at even odds."""
ANGLE_SCALE_RAD = 0.4
READOUT_SCALE = 0.3


class VariationalClassifier(nn.Module):
    """A classifier whose only learnt non-linearity is the circuit.

    ``angles = W basis(features)``, circuit, ``logit = v . <O> + c``. Where to run is an argument of every call, so one
    set of weights runs everywhere.

    Args:
        circuit: what to run between the two linear maps.
        basis: fixed functions of the features that W reads.
        n_outputs: number of labels, a logit each.
        normalize: post-measurement normalisation (QuantumNAT, arXiv:2110.11331): device noise mostly scales and shifts
            what is measured, so every observable is brought to mean 0 and variance 1 over the patients of a batch in
            training, and by the running mean and variance afterwards.
    """

    def __init__(self, circuit: Circuit, basis: Basis, n_outputs: int = 1, normalize: bool = False) -> None:
        super().__init__()
        self.circuit = circuit
        self.basis = basis
        self.angles = nn.Linear(basis.n_out, circuit.n_inputs, bias=False)
        nn.init.normal_(self.angles.weight, std=ANGLE_SCALE_RAD / math.sqrt(basis.n_out))
        # Half-way between the poles a small input moves <Z> most.
        signs = torch.randint(0, 2, (circuit.n_weights,)) * 2.0 - 1.0
        self.weights = nn.Parameter(signs * math.pi / 2)
        self.normalization = nn.BatchNorm1d(len(circuit.observables), affine=False) if normalize else None
        self.readout = nn.Linear(len(circuit.observables), n_outputs)
        nn.init.normal_(self.readout.weight, std=READOUT_SCALE)
        nn.init.constant_(self.readout.bias, RARE_EVENT_LOGIT)

    def inputs(self, features: Tensor) -> Tensor:
        """Return what the circuit is given for features ``(batch, n_features)``: ``(batch, n_inputs)`` rad."""
        return self.angles(self.basis(features))  # type: ignore[no-any-return]

    def expectations(self, features: Tensor, backend: Backend | str) -> Expectations:
        """Run the circuit for features and return its expectations ``(batch, n_observables)``.

        Args:
            features: ``(batch, n_features)`` standardised, dimensionless.
            backend: where the circuit runs, or its text, such as ``noisy:fez``.
        """
        return built(backend).expectations(self.circuit, self.inputs(features), self.weights)

    def logits(self, expectations: Expectations) -> Tensor:
        """Read the circuit out: ``(batch, n_outputs)`` log odds."""
        values = expectations.values
        if self.normalization is not None:
            if self.training:
                check_batch(values)
            values = self.normalization(values)
        return self.readout(values)  # type: ignore[no-any-return]

    def standard_error(self, expectations: Expectations) -> Tensor:
        """Return the standard error of the log odds, ``(batch, n_outputs)``; 0 where the expectations are exact.

        Observables read from the same shots vary together. Where only their standard errors are known this is the
        largest value that any correlation could give.
        """
        weights = self.readout.weight
        if self.normalization is not None:
            weights = weights / torch.sqrt(self.normalization.get_buffer("running_var") + self.normalization.eps)
        if expectations.covariance is None:
            return expectations.standard_error @ weights.abs().T
        return torch.einsum("oi,bij,oj->bo", weights, expectations.covariance, weights).clamp_min(0).sqrt()

    def forward(self, features: Tensor, backend: Backend | str) -> Tensor:
        """Return log odds ``(batch, n_outputs)`` of features ``(batch, n_features)``."""
        return self.logits(self.expectations(features, backend))
