"""What every backend promises: the same circuit in, expectations with their provenance out."""

import time
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from qcore.arguments import check_kind
from qcore.circuits import Circuit
from qcore.circuits.circuit import check_gates
from qcore.errors import InvalidArgument


@dataclass(frozen=True)
class Provenance:
    """What really ran; shown on the screen, in exports and in the audit trail.

    Attributes:
        backend: name of the backend.
        device: name of the simulator or processor.
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


@dataclass(frozen=True, repr=False)
class Expectations:
    """Expectation values of a batch.

    Attributes:
        values: ``(batch, n_observables)``, dimensionless in [-1, 1], differentiable where the backend is.
        standard_error: same shape; 0 where the result is exact.
        provenance: device, calibration, shots and job that the values come from.
        covariance: ``(batch, n_observables, n_observables)`` of the values, where it is known: observables read from
            the same shots vary together. None where exact, and where only standard errors are known.
    """

    values: Tensor
    standard_error: Tensor
    provenance: Provenance
    covariance: Tensor | None = None

    def __repr__(self) -> str:
        """Return the shape of the values and where they come from, on one line."""
        shape, largest = tuple(self.values.shape), float(self.standard_error.max()) if self.values.numel() else 0.0
        return f"Expectations {shape} on {self.provenance.device}, largest standard error {largest:.2g}"

    @classmethod
    def exact(cls, values: Tensor, backend: str, device: str, start: float) -> "Expectations":
        """Return expectations without any noise or shots, with standard error 0.

        Args:
            values: ``(batch, n_observables)`` expectation of every observable.
            backend: name of the backend.
            device: name of the simulator.
            start: `time.perf_counter` before the run.
        """
        provenance = Provenance(
            backend=backend,
            device=device,
            calibration_time=None,
            shots=None,
            seed=None,
            mitigation="none",
            job_id=None,
            seconds=time.perf_counter() - start,
        )
        return cls(values, torch.zeros_like(values), provenance)


class Backend(Protocol):
    """A place where circuits run."""

    @property
    def name(self) -> str:
        """Short identifier, unique in the registry."""
        ...

    @property
    def fingerprint(self) -> str:
        """Text that differs wherever an answer may differ: the key of every cache of answers.

        The name is none: all backends that were not made by the registry share the name of their kind, and a processor
        is called the same after its calibration.
        """
        ...

    def expectations(self, circuit: Circuit, inputs: Tensor, weights: Tensor) -> Expectations:
        """Run one circuit for a batch.

        Args:
            circuit: the circuit, which gives gates and observables.
            inputs: ``(batch, n_inputs)`` angles of the patients, rad.
            weights: ``(n_weights,)`` trained angles, rad.

        Raises:
            InvalidArgument: the shapes do not fit the circuit, nothing is given, or an angle is not finite.
            UnsuitableCircuit: the circuit cannot run as it is written.
        """
        ...


def check_shapes(circuit: Circuit, inputs: Tensor, weights: Tensor) -> None:
    """Check what a backend is given.

    Raises:
        InvalidArgument: it is no circuit, the shapes do not fit it, nothing is given, or it is no finite
            floating-point number.
        UnsuitableCircuit: the circuit's gates cannot be queued, or lie outside its register.
    """
    check_kind("The circuit", circuit, Circuit, "a qcore.Circuit, such as qcore.reuploading(4, 3)")
    if not all(isinstance(each, Tensor) for each in (inputs, weights)):
        raise InvalidArgument("Inputs and weights must be torch tensors: torch.as_tensor makes one of an array.")
    if inputs.ndim != 2 or inputs.shape[1] != circuit.n_inputs:
        raise InvalidArgument(f"{circuit.name} takes inputs (batch, {circuit.n_inputs}), not {tuple(inputs.shape)}.")
    if not inputs.is_floating_point() or not len(inputs) or not bool(torch.isfinite(inputs).all()):
        raise InvalidArgument("Inputs must be finite floating-point angles, in rad, of one patient or more.")
    if weights.shape != (circuit.n_weights,):
        raise InvalidArgument(f"{circuit.name} takes {circuit.n_weights} weights, not {tuple(weights.shape)}.")
    if not bool(torch.isfinite(weights).all()):
        raise InvalidArgument("Weights must be finite angles, in rad.")
    check_gates(circuit)
