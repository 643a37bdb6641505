"""The recurrent family: LSTM and GRU cells whose gates are read from a small circuit, and a model over series.

Source: Chen et al. 2020, arXiv:2009.01783, where each gate has a circuit of its own. Here the gates of a moment are one
call: they share a circuit and its weights, and stand below each other in the batch with angles of their own. Where an
input angle meets a trained one of the same axis the two add up, so that the offset of a gate's angle is as good as a
trained weight of its own.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pad_sequence

from qcore.backends.protocol import Backend
from qcore.circuits import Circuit
from qcore.errors import InvalidArgument
from qcore.models.circuit_head import BoundedAngles
from qcore.models.quantum_layer import QuantumLayer

N_GATES = 4
"""An LSTM has four; of a GRU's three the candidate has two parts, one of which the reset gate multiplies."""
KEPT = 1
"""Index of the gate that keeps the past: second in both cells, here and in torch."""
KEPT_BIAS = 1.0
"""A cell starts out remembering: Jozefowicz et al. 2015, PMLR 37:2342."""


def padded(series: Sequence[Tensor]) -> Tensor:
    """Put series of unequal length below each other.

    Args:
        series: series of the patients, each ``(time, n_features)``.

    Returns:
        ``(batch, longest, n_features)``, NaN where a series is over.
    """
    return pad_sequence(list(series), batch_first=True, padding_value=torch.nan)


class GateCircuits(nn.Module):
    """What every gate reads of a moment and the state before it, in one call of one circuit.

    Args:
        n_features: number of features measured at one moment.
        n_hidden: length of the hidden state.
        circuit: small; a row of the batch for every gate.
    """

    def __init__(self, n_features: int, n_hidden: int, circuit: Circuit) -> None:
        super().__init__()
        self.angles = BoundedAngles(n_features + n_hidden, N_GATES * circuit.n_inputs)
        self.quantum = QuantumLayer(circuit)
        reach = self.quantum.n_outputs**-0.5
        self.weight = nn.Parameter(torch.empty(N_GATES, n_hidden, self.quantum.n_outputs).uniform_(-reach, reach))
        self.bias = nn.Parameter(torch.zeros(N_GATES, n_hidden))
        nn.init.constant_(self.bias[KEPT], KEPT_BIAS)

    def forward(self, moment: Tensor, hidden: Tensor, backend: Backend) -> tuple[Tensor, ...]:
        """Return four tensors ``(batch, n_hidden)`` for ``(batch, n_features)`` and ``(batch, n_hidden)``."""
        angles = self.angles(torch.cat([moment, hidden], dim=-1)).unflatten(-1, (N_GATES, -1))
        measured = self.quantum(angles, backend)
        return (torch.einsum("bgo,gho->bgh", measured, self.weight) + self.bias).unbind(1)


class QuantumLSTMCell(nn.Module):
    """Input, forget, cell and output gate of an LSTM (doi:10.1162/neco.1997.9.8.1735), each read from a circuit.

    Args:
        n_features: number of features measured at one moment.
        n_hidden: length of the hidden state, which the cell state follows in one tensor.
        circuit: what every gate runs.
    """

    def __init__(self, n_features: int, n_hidden: int, circuit: Circuit) -> None:
        super().__init__()
        self.n_features, self.n_hidden, self.n_state = n_features, n_hidden, 2 * n_hidden
        self.gates = GateCircuits(n_features, n_hidden, circuit)

    def forward(self, moment: Tensor, state: Tensor, backend: Backend) -> Tensor:
        """Return the state ``(batch, n_state)`` after a moment ``(batch, n_features)``."""
        hidden, cell = state.chunk(2, dim=-1)
        let_in, keep, candidate, show = self.gates(moment, hidden, backend)
        cell = torch.sigmoid(keep) * cell + torch.sigmoid(let_in) * torch.tanh(candidate)
        return torch.cat([torch.sigmoid(show) * torch.tanh(cell), cell], dim=-1)


class QuantumGRUCell(nn.Module):
    """Reset and update gate and candidate of a GRU (arXiv:1406.1078), each read from a circuit.

    As in torch the reset gate multiplies a part of the candidate and not the state: no circuit waits for another.

    Args:
        n_features: number of features measured at one moment.
        n_hidden: length of the hidden state.
        circuit: what every gate runs.
    """

    def __init__(self, n_features: int, n_hidden: int, circuit: Circuit) -> None:
        super().__init__()
        self.n_features, self.n_hidden, self.n_state = n_features, n_hidden, n_hidden
        self.gates = GateCircuits(n_features, n_hidden, circuit)

    def forward(self, moment: Tensor, state: Tensor, backend: Backend) -> Tensor:
        """Return the state ``(batch, n_state)`` after a moment ``(batch, n_features)``."""
        reset, keep, fresh, remembered = self.gates(moment, state, backend)
        candidate = torch.tanh(fresh + torch.sigmoid(reset) * remembered)
        return candidate + torch.sigmoid(keep) * (state - candidate)


class LSTMCell(nn.Module):
    """The control of `QuantumLSTMCell`: torch's cell.

    Args:
        n_features: number of features measured at one moment.
        n_hidden: length of the hidden state, which the cell state follows in one tensor.
    """

    def __init__(self, n_features: int, n_hidden: int) -> None:
        super().__init__()
        self.n_features, self.n_hidden, self.n_state = n_features, n_hidden, 2 * n_hidden
        self.cell = nn.LSTMCell(n_features, n_hidden)
        _remember(self.cell)

    def forward(self, moment: Tensor, state: Tensor, _backend: Backend | None = None) -> Tensor:
        """Return the state ``(batch, n_state)`` after a moment ``(batch, n_features)``."""
        hidden, cell = state.chunk(2, dim=-1)
        return torch.cat(self.cell(moment, (hidden, cell)), dim=-1)


class GRUCell(nn.Module):
    """The control of `QuantumGRUCell`: torch's cell.

    Args:
        n_features: number of features measured at one moment.
        n_hidden: length of the hidden state.
    """

    def __init__(self, n_features: int, n_hidden: int) -> None:
        super().__init__()
        self.n_features, self.n_hidden, self.n_state = n_features, n_hidden, n_hidden
        self.cell = nn.GRUCell(n_features, n_hidden)
        _remember(self.cell)

    def forward(self, moment: Tensor, state: Tensor, _backend: Backend | None = None) -> Tensor:
        """Return the state ``(batch, n_state)`` after a moment ``(batch, n_features)``."""
        return self.cell(moment, state)  # type: ignore[no-any-return]


def _remember(cell: nn.RNNCellBase) -> None:
    with torch.no_grad():
        cell.bias_ih.unflatten(0, (-1, cell.hidden_size))[KEPT] = KEPT_BIAS


Cell = QuantumLSTMCell | QuantumGRUCell | LSTMCell | GRUCell


class RecurrentModel(nn.Module):
    """A cell over a series, and a linear read-out of the state after its last moment.

    Args:
        cell: any of this file.
        n_outputs: outputs of the read-out.
        dropout: share of the last hidden state left out at every training step.
        time_last: True where features stand before time, as in a signal.
    """

    def __init__(self, cell: Cell, n_outputs: int, dropout: float = 0.0, time_last: bool = False) -> None:
        super().__init__()
        self.time_last = time_last
        self.cell = cell
        self.dropout = nn.Dropout(dropout)
        self.readout = nn.Linear(cell.n_hidden, n_outputs)

    def forward(self, x: Tensor, backend: Backend | None = None) -> Tensor:
        """Return ``(batch, n_outputs)``; all patients are one call a moment, and those without it are left out.

        Args:
            x: ``(batch, time, n_features)``, or ``(batch, n_features, time)`` where time comes last; a moment that is
                not there is NaN in every feature (see `padded`), and the state passes it by.
            backend: where the circuit runs; the control needs none.

        Raises:
            InvalidArgument: a series has no moment, or a moment is NaN only in part.
        """
        if self.time_last:
            x = x.transpose(1, 2)
        charted = ~torch.isnan(x).all(-1)
        if not charted.any(1).all():
            raise InvalidArgument("Every series needs at least one moment.")
        if torch.isnan(x[charted]).any():
            raise InvalidArgument("A moment has all of its features, or is NaN in every one.")
        state = x.new_zeros(len(x), self.cell.n_state)
        for moment, present in zip(x.unbind(1), charted.unbind(1), strict=True):
            (rows,) = present.nonzero(as_tuple=True)
            if len(rows):
                state = state.index_copy(0, rows, self.cell(moment[rows], state[rows], backend))
        return self.readout(self.dropout(state[:, : self.cell.n_hidden]))  # type: ignore[no-any-return]


def classical_control(model: RecurrentModel) -> RecurrentModel:
    """Build the untrained control of a hybrid: torch's cell, as long a state as gives about as many parameters.

    Args:
        model: with a quantum cell.
    """
    is_lstm = isinstance(model.cell, QuantumLSTMCell)
    n_features, n_outputs = model.cell.n_features, model.readout.out_features
    wanted = sum(parameter.numel() for parameter in model.parameters())

    def missed(n_hidden: int) -> int:
        in_cell = (4 if is_lstm else 3) * n_hidden * (n_features + n_hidden + 2)
        return abs(in_cell + n_outputs * (n_hidden + 1) - wanted)

    n_hidden = min(range(1, math.isqrt(wanted) + 1), key=missed)
    cell = LSTMCell(n_features, n_hidden) if is_lstm else GRUCell(n_features, n_hidden)
    return RecurrentModel(cell, n_outputs, model.dropout.p, model.time_last)
