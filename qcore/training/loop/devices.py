"""Training across devices: every step runs its circuits on the next one, so that no single noise is learnt by heart."""

from collections.abc import Sequence

from torch import Tensor

from qcore.backends.protocol import Backend, Expectations
from qcore.backends.registry import backend
from qcore.circuits import Circuit


class AcrossDevices:
    """A backend that stands for several in turns: after every training step circuits run on the next one.

    Args:
        names: as the registry spells them.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.name = ", ".join(names)
        self._places = [backend(name) for name in names]
        self._turn = 0

    @property
    def fingerprint(self) -> str:
        """That of the device whose turn it is."""
        return self._places[self._turn].fingerprint

    def next_step(self) -> None:
        """Go on to the next device; a model of several circuits runs all of them on one device in one step."""
        self._turn = (self._turn + 1) % len(self._places)

    def expectations(self, circuit: Circuit, inputs: Tensor, weights: Tensor) -> Expectations:
        """Run one circuit for a batch where it is its turn; the provenance says where that was."""
        return self._places[self._turn].expectations(circuit, inputs, weights)


def training_backend(names: Sequence[str]) -> Backend:
    """Return the one backend of that name, or all of them in turns."""
    return backend(names[0]) if len(names) == 1 else AcrossDevices(names)
