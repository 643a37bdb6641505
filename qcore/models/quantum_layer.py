"""A circuit as a torch layer, and what an ablation puts in its place."""

from collections.abc import Callable
from dataclasses import replace

import pennylane as qml
import torch
from torch import Tensor, nn

from qcore.arguments import check_kind
from qcore.backends.protocol import Backend
from qcore.backends.registry import backend as make_backend
from qcore.backends.registry import built
from qcore.circuits import Circuit
from qcore.errors import InvalidArgument, UnsuitableCircuit

INITIAL_SD_RAD = 0.5
N_TYPICAL = 256
"""Number of angles at which a backend is measured: 256 more circuits, once per model and backend."""
MOMENTUM = 0.1
"""That of batch normalisation."""
RIDGE = 1e-6
LEAST_SPREAD = 1e-3
"""Of an expectation, where it is to be restored."""


class QuantumLayer(nn.Module):
    """Rotation angles in, expectations out; where to run is an argument of every call.

    Args:
        circuit: the circuit that runs for every row.
        normalize: bring every observable to mean 0 and variance 1 over the batch in training and by the running mean
            and variance afterwards (post-measurement normalisation, QuantumNAT, arXiv:2110.11331). QuantumNAT takes
            mean and variance of a noisy batch from that batch; so that a single patient can be answered, and the same
            whoever comes with him, here what a backend does to both is measured on `N_TYPICAL` typical angles, once,
            and undone. Typical are those of a normal distribution with the moments that the angles had in training.

    Raises:
        InvalidArgument: it is no circuit.
    """

    angle_mean: Tensor
    angle_covariance: Tensor

    def __init__(self, circuit: Circuit, normalize: bool = False) -> None:
        super().__init__()
        check_kind("The circuit", circuit, Circuit, "a qcore.Circuit, such as qcore.reuploading(4, 3)")
        self.circuit = circuit
        # Near 0 the slopes by the inputs are steepest for every circuit here; at +-pi/2, which suits RY alone, three to
        # five times flatter where there are RZ or CNOT.
        self.weights = nn.Parameter(INITIAL_SD_RAD * torch.randn(circuit.n_weights))
        self.normalization = nn.BatchNorm1d(len(circuit.observables), affine=False) if normalize else None
        if normalize:
            self.register_buffer("angle_mean", torch.zeros(circuit.n_inputs))
            self.register_buffer("angle_covariance", torch.eye(circuit.n_inputs))
        self._changes: dict[tuple[object, ...], tuple[Tensor, Tensor]] = {}

    @property
    def n_inputs(self) -> int:
        """Number of rotation angles that a call takes, in rad."""
        return self.circuit.n_inputs

    @property
    def n_outputs(self) -> int:
        """Number of expectations that a call returns, one for each observable."""
        return len(self.circuit.observables)

    def forward(self, angles: Tensor, backend: Backend | str) -> Tensor:
        """Return ``(..., n_outputs)`` expectations of angles ``(..., n_inputs)`` rad; leading axes are one batch.

        Args:
            angles: ``(..., n_inputs)`` rad.
            backend: where the circuit runs, or its text, such as ``noisy:fez``.

        Raises:
            InvalidValue: there is no such backend, or the shapes do not fit the circuit.
        """
        return self.measured(angles, backend)[0]

    def measured(self, angles: Tensor, backend: Backend | str) -> tuple[Tensor, Tensor | None]:
        """Return what `forward` does, and how far shots scatter it.

        Args:
            angles: ``(..., n_inputs)`` rad.
            backend: where the circuit runs, or its text, such as ``noisy:fez:shots=4000``.

        Returns:
            ``(..., n_outputs)`` and their covariance ``(..., n_outputs, n_outputs)``; None where they are exact. Where
            only standard errors are known, observables count as independent.

        Raises:
            InvalidValue: there is no such backend, or the shapes do not fit the circuit.
        """
        backend, flat = built(backend), angles.reshape(-1, self.circuit.n_inputs)
        run = backend.expectations(self.circuit, flat, self.weights.to(flat.dtype))
        values, covariance = run.values, run.covariance
        if covariance is None and bool(run.standard_error.any()):
            covariance = torch.diag_embed(run.standard_error.square())
        if self.normalization is not None:
            factor = values.new_ones(self.n_outputs)
            if self.training:
                check_batch(flat)
                self._remember(flat.detach())
            else:
                scale, shift = self._change(backend)
                values = values * scale.to(values.dtype) + shift.to(values.dtype)
                spread = self.normalization.get_buffer("running_var") + self.normalization.eps
                factor = (scale / spread.sqrt()).to(values.dtype)
            values = self.normalization(values)
            covariance = None if covariance is None else covariance * factor.outer(factor)
        shape = angles.shape[:-1]
        return (
            values.reshape(*shape, self.n_outputs),
            None if covariance is None else covariance.reshape(*shape, self.n_outputs, self.n_outputs),
        )

    def train(self, mode: bool = True) -> "QuantumLayer":
        """Forget what was measured of backends: the weights may change."""
        self._changes.clear()
        return super().train(mode)

    def _remember(self, angles: Tensor) -> None:
        """Follow mean and covariance of the angles as batch normalisation follows its own."""
        if len(angles) > 1:
            self.angle_mean.lerp_(angles.mean(0), MOMENTUM)
            self.angle_covariance.lerp_(torch.cov(angles.T).reshape(self.angle_covariance.shape), MOMENTUM)

    def _change(self, backend: Backend) -> tuple[Tensor, Tensor]:
        """Return scale and shift that take mean and spread of what a backend measures back to the noiseless ones."""
        # Weights can be loaded or changed at any time without notice, so they are part of the key.
        decides = (self.weights, self.angle_mean, self.angle_covariance)
        key = (backend.fingerprint, *(values.detach().cpu().numpy().tobytes() for values in decides))
        if key not in self._changes:
            self._changes[key] = self._measured_change(backend)
        return self._changes[key]

    @torch.no_grad()
    def _measured_change(self, backend: Backend) -> tuple[Tensor, Tensor]:
        typical = self.typical_angles()
        exact, noisy = (self._expectations(typical, where) for where in (make_backend("ideal"), backend))
        return _change(exact, noisy)

    def typical_angles(self, n: int = N_TYPICAL) -> Tensor:
        """Return ``(n, n_inputs)`` rad as they are typical, always the same: what noise does is measured on them."""
        n_inputs = self.circuit.n_inputs
        drawn = torch.randn(n, n_inputs, generator=torch.Generator().manual_seed(0), dtype=self.angle_mean.dtype)
        ridge = RIDGE * torch.eye(n_inputs, dtype=self.angle_mean.dtype)
        angles: Tensor = self.angle_mean + drawn @ torch.linalg.cholesky(self.angle_covariance + ridge).T
        return angles

    def read(self, values: Tensor, typical: Tensor, typical_error: Tensor) -> Tensor:
        """Return what `measured` does, of expectations that somebody else has measured, such as a processor in a job.

        Args:
            values: ``(..., n_outputs)``.
            typical: ``(n, n_outputs)`` of the first n typical angles, measured in the same place.
            typical_error: standard errors of those.

        Returns:
            ``(..., n_outputs)``, differentiable in the values and in those of the typical angles.

        Raises:
            UnsuitableCircuit: what this layer measures is not normalised.
        """
        if self.normalization is None:
            raise UnsuitableCircuit("The layer was made without normalize=True: what was measured needs no reading.")
        with torch.no_grad():
            exact = self._expectations(self.typical_angles(len(typical)), make_backend("ideal"))
        scale, shift = _change(exact.to(typical.dtype), typical, typical_error)
        spread = self.normalization.get_buffer("running_var").to(values.dtype) + self.normalization.eps
        mean = self.normalization.get_buffer("running_mean").to(values.dtype)
        return (values * scale + shift - mean) / spread.sqrt()

    def _expectations(self, angles: Tensor, backend: Backend) -> Tensor:
        return backend.expectations(self.circuit, angles, self.weights.to(angles.dtype)).values


def _change(exact: Tensor, noisy: Tensor, error: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Return scale and shift that take mean and spread of noisy expectations ``(n, n_outputs)`` to the exact ones'.

    Shots of a known standard error spread expectations more than the noise leaves them: that is taken off first.
    """
    spread = noisy.std(0)
    if error is not None:
        spread = (spread.square() - error.square().mean(0)).clamp_min(0).sqrt()
    # An observable that hardly moves has no spread to restore.
    moves = (exact.std(0) > LEAST_SPREAD) & (spread > LEAST_SPREAD)
    scale = torch.where(moves, exact.std(0) / spread.clamp_min(LEAST_SPREAD), 1.0)
    return scale, exact.mean(0) - scale * noisy.mean(0)


def check_batch(rows: Tensor) -> None:
    """Refuse a batch of one row, which has no spread to normalise by.

    Raises:
        InvalidArgument: the message says what to do in training and what afterwards.
    """
    if len(rows) == 1:
        raise InvalidArgument(
            "A single case cannot be normalised while a model is trained: take a batch of two or more, or call eval() "
            "on a trained model before it is asked."
        )


class ClassicalLayer(nn.Module):
    """What takes a circuit's place: a linear map of the same width, bounded as expectations are or left linear.

    Args:
        layer: the layer that is replaced; where it is not trained, this one is not either.
        bounded: True for a control (a layer of tanh units), False for an ablation.
    """

    def __init__(self, layer: QuantumLayer, bounded: bool) -> None:
        super().__init__()
        self.bounded = bounded
        self.linear = nn.Linear(layer.n_inputs, layer.n_outputs).requires_grad_(layer.weights.requires_grad)
        self.normalization = nn.BatchNorm1d(layer.n_outputs, affine=False) if layer.normalization is not None else None

    def forward(self, angles: Tensor, _backend: Backend | None = None) -> Tensor:
        """Return ``(..., n_outputs)`` of angles ``(..., n_inputs)``."""
        values = self.linear(angles.reshape(-1, self.linear.in_features))
        if self.bounded:
            values = torch.tanh(values)
        if self.normalization is not None:
            if self.training:
                check_batch(values)
            values = self.normalization(values)
        return values.reshape(*angles.shape[:-1], self.linear.out_features)  # type: ignore[no-any-return]

    def measured(self, angles: Tensor, backend: Backend | None = None) -> tuple[Tensor, None]:
        """Return what `forward` does: nothing is measured, and nothing scatters; see `QuantumLayer.measured`."""
        return self(angles, backend), None


def quantum_layers(model: nn.Module) -> list[QuantumLayer]:
    """Return every circuit of a model, in the order of its modules."""
    return [module for module in model.modules() if isinstance(module, QuantumLayer)]


def without_entanglers(circuit: Circuit) -> Circuit:
    """Return the circuit with every gate on more than one qubit left out."""

    def queue(inputs: Tensor, weights: Tensor) -> None:
        for operation in qml.tape.make_qscript(circuit.queue)(inputs, weights).operations:
            if len(operation.wires) == 1:
                qml.apply(operation)

    return replace(circuit, name=f"{circuit.name}-unentangled", queue=queue)


def _frozen(layer: QuantumLayer) -> nn.Module:
    layer.weights.requires_grad_(False)
    return layer


def _unentangled(layer: QuantumLayer) -> nn.Module:
    bare = QuantumLayer(without_entanglers(layer.circuit), layer.normalization is not None)
    return bare.requires_grad_(layer.weights.requires_grad)


def _linear(layer: QuantumLayer) -> nn.Module:
    return ClassicalLayer(layer, bounded=False)


def _classical(layer: QuantumLayer) -> nn.Module:
    return ClassicalLayer(layer, bounded=True)


ABLATIONS: dict[str, Callable[[QuantumLayer], nn.Module]] = {
    "frozen": _frozen,
    "unentangled": _unentangled,
    "linear": _linear,
}
"""What the circuit contributes: its weights left at random, its entanglers removed, a linear map in its place."""


def ablate(model: nn.Module, kind: str) -> nn.Module:
    """Change every circuit of an untrained model in place, and return it.

    Args:
        model: to be trained afterwards.
        kind: what is taken out of the circuits, one of `ABLATIONS`.
    """
    return _replace_circuits(model, ABLATIONS[kind])


def classical_twin(model: nn.Module) -> nn.Module:
    """Put a layer of tanh units in the place of every circuit of an untrained model, and return it: its control."""
    return _replace_circuits(model, _classical)


def _replace_circuits(model: nn.Module, replacement: Callable[[QuantumLayer], nn.Module]) -> nn.Module:
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if isinstance(child, QuantumLayer):
                setattr(parent, name, replacement(child))
    return model
