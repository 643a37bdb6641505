"""What every backend promises: the same circuit in, expectations with their provenance out."""

from dataclasses import dataclass
from typing import Protocol

from torch import Tensor

from qcore.circuits import Circuit


@dataclass(frozen=True)
class Provenance:
    """What really ran; shown on the screen, in exports and in the audit trail.

    Attributes:
        backend: name of the backend.
        device: simulator or processor.
        calibration_time: ISO time of the noise calibration, None where there is no noise.
        shots: measurements per circuit, None where exact.
        seed: of the random numbers, None where none are used.
        mitigation: error mitigation applied, "none" if none.
        job_id: of the hardware job, None where none was sent.
        seconds: wall-clock time of the run.
    """

    backend: str
    device: str
    calibration_time: str | None
    shots: int | None
    seed: int | None
    mitigation: str
    job_id: str | None
    seconds: float


@dataclass(frozen=True)
class Expectations:
    """Expectation values of a batch.

    Attributes:
        values: ``(batch, n_observables)``, dimensionless in [-1, 1], differentiable where the backend is.
        standard_error: same shape; 0 where the result is exact.
        provenance: what ran.
    """

    values: Tensor
    standard_error: Tensor
    provenance: Provenance


class Backend(Protocol):
    """A place where circuits run."""

    @property
    def name(self) -> str:
        """Short identifier, unique in the registry."""
        ...

    def expectations(self, circuit: Circuit, inputs: Tensor, weights: Tensor) -> Expectations:
        """Run one circuit for a batch.

        Args:
            circuit: what to run.
            inputs: ``(batch, n_inputs)`` rad.
            weights: ``(n_weights,)`` rad.

        Raises:
            ValueError: the shapes do not fit the circuit.
        """
        ...
