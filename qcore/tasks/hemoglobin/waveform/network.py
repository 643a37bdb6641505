"""The waveform network: convolutions along time, age and sex beside them, and the variational family as its end."""

import torch
from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.io.ecg.leads import INDEPENDENT
from qcore.models.circuit_head import CircuitHead
from qcore.models.families import FAMILIES, Kind, Shape
from qcore.models.signals.trunk import SignalTrunk
from qcore.tasks.hemoglobin.network import TWIN

FAMILY = FAMILIES["variational"]
WIDTHS = (16, 24, 32, 48)
N_QUBITS, N_LAYERS = 4, 2
DROPOUT = 0.2
PERSON = ("age_years", "female")


class WaveformRegressor(nn.Module):
    """Ten seconds of eight leads, age and sex in, haemoglobin out; all of it passes the circuit.

    Args:
        kind: ``hybrid`` or ``control`` (its twin, with tanh units in the circuit's place).
    """

    mean: Tensor
    spread: Tensor

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.trunk = SignalTrunk(len(INDEPENDENT), WIDTHS)
        shape = Shape(Kind.SIGNAL, self.trunk.n_out + len(PERSON), dropout=DROPOUT)
        head = (FAMILY.control if kind == TWIN else FAMILY.build)(shape, N_QUBITS, N_LAYERS)
        if not isinstance(head, CircuitHead):
            raise TypeError(f"the family {FAMILY.name} has no read-out of its own")
        self.head = head
        # Of age, sex and haemoglobin.
        self.register_buffer("mean", torch.zeros(len(PERSON) + 1))
        self.register_buffer("spread", torch.ones(len(PERSON) + 1))

    def features(self, x: Tensor, person: Tensor) -> Tensor:
        """Return what the head reads, ``(n, n_features, n_stretches)``.

        Args:
            x: ``(n, 8, 1000)`` mV, as `signal.read_signal` returns it.
            person: ``(n, 2)`` age in years, and 1 for a woman or 0 for a man.
        """
        stretches = self.trunk(x)
        known = (person - self.mean[:2]) / self.spread[:2]
        return torch.cat([stretches, known[:, :, None].expand(-1, -1, stretches.shape[-1])], dim=1)

    def standardized(self, x: Tensor, person: Tensor, backend: Backend) -> Tensor:
        """Return haemoglobin ``(n,)`` in standard deviations from the mean of the training set."""
        return self.head(self.features(x, person), backend)[:, 0]  # type: ignore[no-any-return]

    def measured(self, x: Tensor, person: Tensor, backend: Backend) -> tuple[Tensor, Tensor]:
        """Return haemoglobin and its standard error from shots, ``(n,)`` g/dL each; 0 where exact."""
        outputs, errors = self.head.measured(self.features(x, person), backend)
        return outputs[:, 0] * self.spread[2] + self.mean[2], errors[:, 0] * self.spread[2]
