"""A backend that remembers what ran, for what calls circuits deep inside a model."""

from torch import Tensor

from qcore.backends.protocol import Backend, Expectations, Provenance
from qcore.circuits import Circuit


class Watched:
    """Another backend, of whose runs the last provenance and the number of circuits are kept.

    Args:
        backend: the backend that runs the circuits.

    Attributes:
        provenance: of the last run; None before the first.
        n_circuits: that were run, one a row of a batch.
    """

    def __init__(self, backend: Backend) -> None:
        self.provenance: Provenance | None = None
        self.n_circuits = 0
        self._backend = backend

    @property
    def name(self) -> str:
        """Short identifier of the backend that is watched."""
        return self._backend.name

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the backend that is watched: watching changes no answer."""
        return self._backend.fingerprint

    def expectations(self, circuit: Circuit, inputs: Tensor, weights: Tensor) -> Expectations:
        """Run one circuit for a batch; see `Backend.expectations`."""
        measured = self._backend.expectations(circuit, inputs, weights)
        self.provenance = measured.provenance
        self.n_circuits += len(inputs)
        return measured
