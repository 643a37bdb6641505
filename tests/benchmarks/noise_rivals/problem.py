"""What every simulator is given: the same instructions, the same channels, the same patients."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from qcore.circuits import Circuit, reuploading
from qcore.noise import channels
from qcore.noise.compile import isa_circuit
from qcore.noise.device.calibration import load
from qcore.noise.device.processor import Device
from qcore.noise.model import CalibratedNoise
from qcore.noise.transpile.isa import Angle, IsaCircuit
from qcore.noise.transpile.trace import symbolic_trace

DEVICE = "fez"
Array = NDArray[np.float64]
Kraus = list[NDArray[np.complex128]]


@dataclass(frozen=True)
class Step:
    """One instruction with its noise.

    Attributes:
        name: ``rz``, ``sx``, ``x``, ``cz`` or ``delay``.
        qubits: positions in the register.
        angle: of an RZ; every other step has Kraus operators instead.
        kraus: ``(2^k, 2^k)`` each, the gate and then its noise in one; the first qubit is the more significant.
        duration_s: of a delay.
    """

    name: str
    qubits: tuple[int, ...]
    angle: Angle | None
    kraus: Kraus
    duration_s: float


@dataclass(frozen=True)
class Problem:
    """A circuit under the noise of a device, and weights for it.

    Attributes:
        circuit: as our engine gets it; Z is measured on every qubit.
        device: its calibration.
        line: physical qubit of every position in the register.
        steps: in order.
        measured: position in the register of every qubit of the circuit.
        readout: ``(2, n_qubits)``: what is read is ``readout[0] + readout[1] * <Z>``, by qubit of the circuit.
        offset, from_inputs, from_weights: slots = offset + inputs @ from_inputs + weights @ from_weights, rad.
        weights: ``(n_weights,)`` rad.
    """

    circuit: Circuit
    device: Device
    line: tuple[int, ...]
    steps: tuple[Step, ...]
    measured: tuple[int, ...]
    readout: Array
    offset: Array
    from_inputs: Array
    from_weights: Array
    weights: Array

    @property
    def n_qubits(self) -> int:
        """Width of the register."""
        return len(self.line)

    @property
    def n_slots(self) -> int:
        """Number of RZ angles that differ from call to call."""
        return len(self.offset)

    def slots(self, inputs: Array) -> Array:
        """Return the angles ``(batch, n_slots)`` rad of a batch of inputs ``(batch, n_inputs)`` rad."""
        return self.offset + inputs @ self.from_inputs + self.weights @ self.from_weights

    def read(self, z: Array) -> Array:
        """Return what is read where ``<Z>`` of every qubit of the circuit, ``(..., n_qubits)``, is `z`."""
        return self.readout[0] + self.readout[1] * z


@lru_cache
def problem(n_qubits: int, n_layers: int) -> Problem:
    """Return the data-re-uploading circuit of this size on the best line of the device."""
    circuit, noise = reuploading(n_qubits, n_layers), CalibratedNoise(load(DEVICE))
    isa = isa_circuit(symbolic_trace(circuit), noise.device)
    if isa.trace.affine is None:
        raise ValueError(f"the angles of {circuit.name} are not affine in inputs and weights")
    offset, from_inputs, from_weights = (part.numpy() for part in isa.trace.affine)
    errors = np.array([noise.readout(isa.line[position]) for position in isa.measured])
    return Problem(
        circuit=circuit,
        device=noise.device,
        line=isa.line,
        steps=_steps(isa, noise),
        measured=isa.measured,
        readout=np.stack([errors[:, 1] - errors[:, 0], 1 - errors.sum(axis=1)]),
        offset=offset,
        from_inputs=from_inputs,
        from_weights=from_weights,
        weights=np.random.default_rng(0).uniform(-np.pi, np.pi, circuit.n_weights),
    )


def _steps(isa: IsaCircuit, noise: CalibratedNoise) -> tuple[Step, ...]:
    steps = []
    for instruction in isa.instructions:
        physical = tuple(isa.line[qubit] for qubit in instruction.qubits)
        if instruction.angle is not None:
            kraus: Kraus = []
        elif instruction.name == "delay":
            kraus = channels.to_kraus(noise.idle(physical[0], instruction.duration_s))
        else:
            error = noise.gate(instruction.name, physical)
            kraus = channels.to_kraus(error @ channels.gate(instruction.name))
        steps.append(Step(instruction.name, instruction.qubits, instruction.angle, kraus, instruction.duration_s))
    return tuple(steps)
