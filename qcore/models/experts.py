"""The experts family: a gated mixture of quantum experts behind a residual perceptron, for one target or several.

After Team PNU's "QNN-enhanced ResMLP-MoE" for pharmacokinetics and -dynamics, whose parts are known and whose sizes
are not all. The gate is a softmax over all experts (Jacobs et al. 1991, doi:10.1162/neco.1991.3.1.79).
"""

from collections.abc import Callable
from enum import StrEnum

import torch
from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.circuits import Circuit
from qcore.circuits.experts import expert
from qcore.models.circuit_head import BoundedAngles
from qcore.models.quantum_layer import QuantumLayer
from qcore.models.resmlp import ResidualMLP

WIDTH = 16
"""Of the encoder and of what an expert says."""
N_BLOCKS = 2
N_EXPERTS = 4


class Mode(StrEnum):
    """What the models of several targets share."""

    INDEPENDENT = "independent"
    """Nothing: a model a target."""
    MULTI_TASK = "multi-task"
    """Everything but the last layers: a head a target."""
    CASCADE = "cascade"
    """A model a target, which also sees the predictions of the targets before it: concentration, then effect."""


class QuantumExpert(nn.Module):
    """A linear map to a circuit's angles, a linear read-out, and a learnt share of the input that goes past it.

    Args:
        width: of what comes in and goes out.
        circuit: the circuit that runs for every row.
    """

    def __init__(self, width: int, circuit: Circuit) -> None:
        super().__init__()
        self.angles = BoundedAngles(width, circuit.n_inputs)
        self.quantum = QuantumLayer(circuit, normalize=True)
        self.readout = nn.Linear(self.quantum.n_outputs, width)
        self.skip = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor, backend: Backend) -> Tensor:
        """Map ``(batch, width)`` to ``(batch, width)``."""
        return self.readout(self.quantum(self.angles(x), backend)) + self.skip * x  # type: ignore[no-any-return]


class ClassicalExpert(nn.Module):
    """The control of `QuantumExpert`: a hidden layer of tanh units in the place of its maps and its circuit.

    Args:
        width: of what comes in and goes out.
        n_hidden: units of the hidden layer.
    """

    def __init__(self, width: int, n_hidden: int) -> None:
        super().__init__()
        self.hidden = nn.Linear(width, n_hidden)
        self.readout = nn.Linear(n_hidden, width)
        self.skip = nn.Parameter(torch.ones(width))

    def forward(self, x: Tensor, _backend: Backend | None = None) -> Tensor:
        """Map ``(batch, width)`` to ``(batch, width)``."""
        return self.readout(torch.tanh(self.hidden(x))) + self.skip * x  # type: ignore[no-any-return]


class Mixture(nn.Module):
    """An encoder, experts weighed by a gate, and a small head for every output.

    Args:
        n_features: length of a feature vector.
        experts: each maps `WIDTH` numbers and a backend to `WIDTH` numbers.
        n_outputs: number of outputs, a head each.
        dropout: share of hidden units left out at every training step.
    """

    def __init__(self, n_features: int, experts: list[nn.Module], n_outputs: int, dropout: float) -> None:
        super().__init__()
        self.encoder = ResidualMLP(n_features, WIDTH, N_BLOCKS, dropout)
        self.gate = nn.Linear(WIDTH, len(experts))
        self.experts = nn.ModuleList(experts)
        self.heads = nn.ModuleList(
            nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.SiLU(), nn.Dropout(dropout), nn.Linear(WIDTH, 1))
            for _ in range(n_outputs)
        )

    def shares(self, x: Tensor) -> Tensor:
        """Return how much each expert counts, ``(batch, n_experts)``, which adds up to 1."""
        return torch.softmax(self.gate(self.encoder(x)), dim=-1)

    def forward(self, x: Tensor, backend: Backend | None = None) -> Tensor:
        """Return ``(batch, n_outputs)`` of ``(batch, n_features)``; every expert is one call for all patients."""
        encoded = self.encoder(x)
        shares = torch.softmax(self.gate(encoded), dim=-1)
        outputs = torch.stack([expert(encoded, backend) for expert in self.experts], dim=1)
        mixed = (shares.unsqueeze(-1) * outputs).sum(1)
        return torch.cat([head(mixed) for head in self.heads], dim=-1)


class Independent(nn.Module):
    """A mixture of experts for every target, which share nothing.

    Args:
        mixtures: in the order of the targets, each with one output.
    """

    def __init__(self, mixtures: list[Mixture]) -> None:
        super().__init__()
        self.mixtures = nn.ModuleList(mixtures)

    def forward(self, x: Tensor, backend: Backend | None = None) -> Tensor:
        """Return ``(batch, n_targets)`` of ``(batch, n_features)``."""
        return torch.cat([mixture(x, backend) for mixture in self.mixtures], dim=-1)


class Cascade(nn.Module):
    """A mixture a target; each also sees the predictions of those before it.

    No gradient leads back through a prediction: the first target is learnt for its own sake, and what the second is
    given means the same in training and afterwards.

    Args:
        mixtures: in the order of the targets, each with one output and one feature more than the one before.
    """

    def __init__(self, mixtures: list[Mixture]) -> None:
        super().__init__()
        self.mixtures = nn.ModuleList(mixtures)

    def forward(self, x: Tensor, backend: Backend | None = None) -> Tensor:
        """Return ``(batch, n_targets)`` of ``(batch, n_features)``."""
        predicted = x.new_zeros(len(x), 0)
        for mixture in self.mixtures:
            with_earlier = torch.cat([x, predicted.detach()], dim=-1)
            predicted = torch.cat([predicted, mixture(with_earlier, backend)], dim=-1)
        return predicted


ExpertsModel = Mixture | Independent | Cascade


def quantum_experts(
    mode: Mode, n_features: int, n_targets: int, n_qubits: int, n_layers: int, dropout: float = 0.0
) -> ExpertsModel:
    """Build an untrained hybrid: a gated mixture of experts, each read from a circuit.

    Args:
        mode: what the models of several targets share.
        n_features: length of a feature vector.
        n_targets: outputs, in the order of a cascade.
        n_qubits: width of the circuit of every expert.
        n_layers: of every expert's circuit.
        dropout: share of hidden units left out at every training step, and by `dropout_draws`.
    """
    circuit = expert(n_qubits, n_layers)
    return _experts(mode, n_features, n_targets, lambda: QuantumExpert(WIDTH, circuit), dropout)


def classical_experts(
    mode: Mode, n_features: int, n_targets: int, n_qubits: int, n_layers: int, dropout: float = 0.0
) -> ExpertsModel:
    """Build the untrained control of `quantum_experts`: experts of as many hidden units as give about its parameters.

    Args:
        mode: what the models of several targets share.
        n_features: length of a feature vector.
        n_targets: outputs, in the order of a cascade.
        n_qubits: of every expert of the hybrid.
        n_layers: layers of its circuits.
        dropout: share of hidden units left out at every training step, and by `dropout_draws`.
    """
    wanted = sum(parameter.numel() for parameter in QuantumExpert(WIDTH, expert(n_qubits, n_layers)).parameters())
    # The biases of the read-out and the skip are there whatever the number of hidden units.
    n_hidden = max(1, round((wanted - 2 * WIDTH) / (2 * WIDTH + 1)))
    return _experts(mode, n_features, n_targets, lambda: ClassicalExpert(WIDTH, n_hidden), dropout)


def _experts(
    mode: Mode, n_features: int, n_targets: int, expert: Callable[[], nn.Module], dropout: float
) -> ExpertsModel:
    def mixture(n_seen: int, n_outputs: int) -> Mixture:
        return Mixture(n_seen, [expert() for _ in range(N_EXPERTS)], n_outputs, dropout)

    if mode is Mode.MULTI_TASK:
        return mixture(n_features, n_targets)
    if mode is Mode.CASCADE:
        return Cascade([mixture(n_features + before, 1) for before in range(n_targets)])
    return Independent([mixture(n_features, 1) for _ in range(n_targets)])


@torch.no_grad()
def dropout_draws(model: nn.Module, x: Tensor, backend: Backend | None, n_draws: int, seed: int) -> Tensor:
    """Predict with dropout left on, again and again: the spread says how unsure the model is.

    Everything else, normalisation after measurement above all, stays as it is after training. Source: Gal and
    Ghahramani 2016, arXiv:1506.02142.

    Args:
        model: a network with dropout.
        x: ``(batch, ...)`` inputs of the model.
        backend: where circuits run, all draws in one call each.
        n_draws: number of predictions drawn.
        seed: of what is left out.

    Returns:
        ``(n_draws, batch, n_outputs)``.

    Raises:
        ValueError: the model has no dropout.
    """
    dropouts = [module for module in model.modules() if isinstance(module, nn.Dropout) and module.p > 0]
    if not dropouts:
        raise ValueError("this model was built without dropout, so every draw would be the same")
    was_training = {module: module.training for module in model.modules()}
    model.eval()
    for dropout in dropouts:
        dropout.training = True
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            repeated = x.repeat(n_draws, *[1] * (x.ndim - 1))
            drawn: Tensor = model(repeated, backend)
    finally:
        for module, training in was_training.items():
            module.training = training
    return drawn.reshape(n_draws, len(x), -1)
