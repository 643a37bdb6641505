"""A processor on the day of its calibration: what the noise of every gate is made from."""

import hashlib
from dataclasses import dataclass, fields, replace
from functools import cached_property

MAX_SCALE = 5.0
MAX_READOUT_ERROR = 0.5
"""At one half a measurement says nothing; scaling stops there."""


@dataclass(frozen=True)
class Qubit:
    """Calibration of one qubit: how long it keeps a state, and how often its pulses and its read-out err.

    Attributes:
        t1_s, t2_s: relaxation and dephasing time, s; infinite where nothing relaxes.
        p1_given_0, p0_given_1: probability to read 1 where 0 was prepared, and the reverse.
        sx_error, x_error: average gate infidelity of the two pulses.
        pulse_duration_s: length of SX and of X, s.
        x, y: place in a drawing of the processor, in units of the lattice.
    """

    t1_s: float
    t2_s: float
    p1_given_0: float
    p0_given_1: float
    sx_error: float
    x_error: float
    pulse_duration_s: float
    x: float
    y: float

    @property
    def readout_error(self) -> float:
        """Mean of both read-out errors."""
        return (self.p1_given_0 + self.p0_given_1) / 2


@dataclass(frozen=True)
class Edge:
    """Calibration of the two-qubit gate on one pair of neighbours.

    Attributes:
        qubits: the pair, in the direction in which the gate was calibrated (matters for ECR).
        error: average infidelity of the gate, from 0 to 1.
        duration_s: length of the gate, s.
    """

    qubits: tuple[int, int]
    error: float
    duration_s: float


@dataclass(frozen=True, repr=False)
class Device:
    """A calibration snapshot; immutable. RZ is virtual: without error and duration.

    Attributes:
        name: short identifier, e.g. ``fez``.
        label: for people, e.g. ``IBM Fez``.
        processor: family and revision, e.g. ``Heron r2``.
        calibration_time: ISO 8601 with time zone.
        source: where the snapshot comes from, e.g. ``FakeFez 1.2.8 (qiskit-ibm-runtime 0.51.0)``.
        two_qubit_gate: name of the native gate on two qubits, ``cz`` or ``ecr``.
        readout_duration_s: length of a measurement, s.
        dt_s: clock cycle that every duration is a multiple of, s.
        qubits: calibration of every qubit, in order of its number.
        edges: pairs that have the two-qubit gate; pairs that failed calibration are left out.
    """

    name: str
    label: str
    processor: str
    calibration_time: str
    source: str
    two_qubit_gate: str
    readout_duration_s: float
    dt_s: float
    qubits: tuple[Qubit, ...]
    edges: tuple[Edge, ...]

    @cached_property
    def fingerprint(self) -> str:
        """Hash of the whole calibration."""
        # Kept programs are named by it: written as a dataclass writes itself, whatever `__repr__` shows.
        text = ", ".join(f"{item.name}={getattr(self, item.name)!r}" for item in fields(self))
        return hashlib.sha256(f"Device({text})".encode()).hexdigest()

    def __repr__(self) -> str:
        """Return name, processor, size and date of the calibration, on one line."""
        size = f"{len(self.qubits)} qubits, {len(self.edges)} pairs with {self.two_qubit_gate.upper()}"
        return f"Device {self.name} ({self.label}, {self.processor}): {size}, calibrated {self.calibration_time or '-'}"

    def scaled(self, factor: float) -> "Device":
        """Return the device with every error rate, relaxation rate and read-out error `factor` times as large.

        0 is a perfect processor, 1 the calibrated one. Durations stay.

        Raises:
            ValueError: the factor is not in 0 to 5.
        """
        if not 0 <= factor <= MAX_SCALE:
            raise ValueError(f"a noise scale lies between 0 and {MAX_SCALE:g}")
        return replace(
            self,
            qubits=tuple(
                replace(
                    qubit,
                    t1_s=qubit.t1_s / factor if factor else float("inf"),
                    t2_s=qubit.t2_s / factor if factor else float("inf"),
                    p1_given_0=_scaled_readout(qubit.p1_given_0, factor),
                    p0_given_1=_scaled_readout(qubit.p0_given_1, factor),
                    sx_error=qubit.sx_error * factor,
                    x_error=qubit.x_error * factor,
                )
                for qubit in self.qubits
            ),
            edges=tuple(replace(edge, error=edge.error * factor) for edge in self.edges),
        )


def _scaled_readout(probability: float, factor: float) -> float:
    # Of the few qubits whose read-out is wrong more than half the time, the error does not grow.
    return min(probability * factor, max(MAX_READOUT_ERROR, probability))
