"""The training of one waveform network, an epoch at a time; what an epoch leaves is kept, and the next goes on there.

An interrupted training ends with the same weights as one that was not: order, dropout and rate of every epoch depend
on its number alone.
"""

import json
import math
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor
from torch.nn.functional import mse_loss

from qcore.backends.registry import backend
from qcore.tasks.hemoglobin.waveform.network import WaveformRegressor

BATCH, LEARNING_RATE, WEIGHT_DECAY, WARM_UP_STEPS = 64, 3e-3, 1e-2, 20
RECORDS_A_CALL = 256
MODEL, BEST, MOMENTS = "model.", "best.", "moments."


@dataclass(frozen=True, eq=False)
class Records:
    """Recordings with what is to be learnt.

    Attributes:
        x: ``(n, 8, 1000)`` mV, on the disk or in memory.
        person: ``(n, 2)`` age in years, and 1 for a woman.
        y: ``(n,)`` g/dL.
        rows: those of x that belong here, in the order of the others.
    """

    x: NDArray[np.float16]
    person: NDArray[np.float64]
    y: NDArray[np.float64]
    rows: NDArray[np.int64]

    def batch(self, chosen: NDArray[np.int64]) -> tuple[Tensor, Tensor, Tensor]:
        """Return signals, persons and outcomes of some rows."""
        x = torch.from_numpy(np.asarray(self.x[self.rows[chosen]], dtype=np.float32))
        return x, torch.from_numpy(self.person[chosen]).float(), torch.from_numpy(self.y[chosen]).float()


@dataclass
class State:
    """Where a training stands.

    Attributes:
        epoch: epochs that are done.
        best_epoch: that with the least error on the validation patients.
        best_mse: of it, in variances of the training set.
        seconds: of training so far.
    """

    epoch: int = 0
    best_epoch: int = 0
    best_mse: float = math.inf
    seconds: float = 0.0


def fit(
    network: WaveformRegressor,
    training: Records,
    validation: Records,
    epochs: int,
    seed: int,
    file: Path,
    key: str,
    on_epoch: Callable[[int, State], object],
) -> State:
    """Train a network in place; it ends with the weights of its best epoch.

    Args:
        network: untrained, its scalings set.
        training: what it learns from.
        validation: what says which epoch is the best.
        epochs: passes over the training records.
        seed: of order and dropout.
        file: in which every epoch leaves its state.
        key: differs wherever data, network or epochs do; a file of another key is overwritten.
        on_epoch: is told the number of epochs done and the state.
    """
    optimiser = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    state, best = _resumed(file, key, network, optimiser)
    steps = max(1, len(training.y) // BATCH)
    ideal = backend("ideal")
    while state.epoch < epochs:
        start = time.perf_counter()
        torch.manual_seed(1000 * seed + state.epoch)
        order = torch.randperm(len(training.y)).numpy()
        network.train()
        for step in range(steps):
            _set_rate(optimiser, state.epoch * steps + step, steps * epochs)
            x, person, y = training.batch(order[step * BATCH : (step + 1) * BATCH])
            target = (y - network.mean[2]) / network.spread[2]
            loss = mse_loss(network.standardized(x, person, ideal), target)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
        network.eval()
        mse = _mse(network, validation)
        state.epoch += 1
        state.seconds += time.perf_counter() - start
        if mse < state.best_mse:
            state.best_epoch, state.best_mse = state.epoch, mse
            best = {name: value.clone() for name, value in network.state_dict().items()}
        _keep(file, key, network, optimiser, state, best)
        on_epoch(state.epoch, state)
    network.load_state_dict(best)
    network.eval()
    return state


@torch.no_grad()
def _mse(network: WaveformRegressor, records: Records) -> float:
    total, ideal = 0.0, backend("ideal")
    for rows in np.array_split(np.arange(len(records.y)), max(1, math.ceil(len(records.y) / RECORDS_A_CALL))):
        x, person, y = records.batch(rows)
        target = (y - network.mean[2]) / network.spread[2]
        total += float(mse_loss(network.standardized(x, person, ideal), target, reduction="sum"))
    return total / len(records.y)


def _set_rate(optimiser: torch.optim.Optimizer, step: int, steps: int) -> None:
    rate = LEARNING_RATE * min(1.0, (step + 1) / WARM_UP_STEPS) * 0.5 * (1 + math.cos(math.pi * step / steps))
    for group in optimiser.param_groups:
        group["lr"] = rate


def _keep(
    file: Path,
    key: str,
    network: WaveformRegressor,
    optimiser: torch.optim.Optimizer,
    state: State,
    best: Mapping[str, Tensor],
) -> None:
    tensors = {MODEL + name: value for name, value in network.state_dict().items()}
    tensors |= {BEST + name: value for name, value in best.items()}
    for number, moments in optimiser.state_dict()["state"].items():
        tensors |= {f"{MOMENTS}{number}.{name}": torch.as_tensor(value) for name, value in moments.items()}
    # Written beside and moved, so that a run killed while it writes leaves the epoch before.
    beside = file.with_suffix(".part")
    copies = {name: value.detach().clone().contiguous() for name, value in tensors.items()}
    save_file(copies, beside, metadata={"key": key, "state": json.dumps(vars(state))})
    os.replace(beside, file)  # noqa: PTH105 - atomic, and says so


def _resumed(
    file: Path, key: str, network: WaveformRegressor, optimiser: torch.optim.Optimizer
) -> tuple[State, dict[str, Tensor]]:
    """Put network and optimiser where the file left them; a new state where there is none for this key."""
    fresh = State(), {name: value.clone() for name, value in network.state_dict().items()}
    if not file.is_file():
        return fresh
    try:
        with safe_open(file, framework="pt") as kept:
            said = kept.metadata() or {}
            if said.get("key") != key:
                return fresh
            tensors = {name: kept.get_tensor(name) for name in kept.keys()}  # noqa: SIM118 - not a mapping
    except SafetensorError:
        return fresh
    network.load_state_dict({name.removeprefix(MODEL): t for name, t in tensors.items() if name.startswith(MODEL)})
    moments: dict[int, dict[str, Tensor]] = {}
    for name, value in tensors.items():
        if name.startswith(MOMENTS):
            number, what = name.removeprefix(MOMENTS).split(".")
            moments.setdefault(int(number), {})[what] = value
    optimiser.load_state_dict({**optimiser.state_dict(), "state": moments})
    best = {name.removeprefix(BEST): value for name, value in tensors.items() if name.startswith(BEST)}
    return State(**json.loads(said["state"])), best
