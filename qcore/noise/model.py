"""Noise models: the channel that follows every instruction of a processor, calibrated or set by hand."""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Protocol

import numpy as np

from qcore.arguments import check_kind, check_number
from qcore.errors import InvalidArgument
from qcore.noise import channels
from qcore.noise.channels import Matrix
from qcore.noise.device.processor import MAX_SCALE, Device, Edge, Qubit

HAND_MADE_QUBITS = 9
PULSE_S, TWO_QUBIT_GATE_S, READOUT_S, DT_S = 32e-9, 68e-9, 2e-6, 4e-9
"""Durations of a Heron processor, for noise set by hand."""


class NoiseModel(Protocol):
    """What happens beside the intended gates. All matrices are Pauli transfer matrices (see `channels`)."""

    @property
    def label(self) -> str:
        """For people: what is simulated."""
        ...

    @property
    def device(self) -> Device:
        """The processor at scale 1, which decides how a circuit is transpiled."""
        ...

    @property
    def fingerprint(self) -> str | None:
        """Text that differs wherever a channel differs; None where channels are drawn anew each time."""
        ...

    def gate(self, name: str, qubits: tuple[int, ...]) -> Matrix:
        """Return the error after a gate on physical qubits, ``(4^k, 4^k)``."""
        ...

    def idle(self, qubit: int, time_s: float) -> Matrix:
        """Return what happens to a physical qubit that waits, ``(4, 4)``."""
        ...

    def readout(self, qubit: int) -> tuple[float, float]:
        """Return (P(1 given 0), P(0 given 1)) of a physical qubit."""
        ...


@dataclass(frozen=True)
class CalibratedNoise:
    """The noise of a device by its calibration, built as Qiskit Aer's ``NoiseModel.from_backend`` builds it.

    After every gate stands depolarising noise and then thermal relaxation for the gate's length, the depolarising part
    such that both together have the calibrated average infidelity. Where relaxation alone exceeds it, nothing is added
    and the gate has the error of relaxation, as in Aer: T1, T2 and gate errors are measured at different times and by
    different means. So 17 % of the SX of FakeFez have more than their calibrated error, 1.5 times at the median and 3.2
    at most (on Sherbrooke 29 %, and 19 % of its two-qubit gates; on Berlin and Miami none).

    Waiting qubits relax. Not in any calibration, and so not here: coherent errors, crosstalk (ZZ) between neighbours,
    leakage, drift since the calibration.

    Attributes:
        device: calibration of the processor, errors unscaled.
        scale: 0 to 5; multiplies every error rate.
    """

    device: Device
    scale: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what is no calibration, and a scale that cannot be.

        Raises:
            InvalidArgument: the device is none, or the scale is not in 0 to 5.
        """
        check_kind("device", self.device, Device, "a calibration, such as qcore.device('fez')")
        check_number("scale", self.scale, 0, MAX_SCALE)

    @property
    def label(self) -> str:
        """What is simulated, in words for people."""
        return f"noise of {self.device.label}" + ("" if self.scale == 1 else f" × {self.scale:g}")

    @cached_property
    def fingerprint(self) -> str:
        """Text made of the whole calibration and the scale; see `NoiseModel.fingerprint`."""
        return f"{self.device.fingerprint}x{self.scale!r}"

    @cached_property
    def _scaled(self) -> Device:
        return self.device.scaled(self.scale)

    @cached_property
    def _edges(self) -> dict[frozenset[int], Edge]:
        return {frozenset(edge.qubits): edge for edge in self._scaled.edges}

    def gate(self, name: str, qubits: tuple[int, ...]) -> Matrix:
        """Return depolarising noise, then relaxation."""
        if len(qubits) == 2:
            edge = self._edges[frozenset(qubits)]
            error, duration_s = edge.error, edge.duration_s
        else:
            qubit = self._scaled.qubits[qubits[0]]
            error = qubit.sx_error if name == "sx" else qubit.x_error
            duration_s = qubit.pulse_duration_s
        relaxation = channels.tensor(*(self.idle(qubit, duration_s) for qubit in qubits))
        return relaxation @ channels.depolarizing(_missing_depolarization(error, relaxation), len(qubits))

    def idle(self, qubit: int, time_s: float) -> Matrix:
        """Return the thermal relaxation of a qubit that waits, ``(4, 4)``."""
        calibrated = self._scaled.qubits[qubit]
        return channels.thermal_relaxation(calibrated.t1_s, calibrated.t2_s, time_s)

    def readout(self, qubit: int) -> tuple[float, float]:
        """Return the asymmetric read-out error."""
        calibrated = self._scaled.qubits[qubit]
        return calibrated.p1_given_0, calibrated.p0_given_1


@dataclass(frozen=True)
class HandMadeNoise:
    """The same noise on every qubit, set by hand for study, on a line of qubits with CZ gates.

    Attributes:
        depolarizing_1q, depolarizing_2q: probability of the depolarising channel after a pulse and after a CZ.
        amplitude_damping, phase_damping: probabilities on every qubit after every gate.
        t1_s, t2_s: thermal relaxation during gates and waiting, s; t2_s is at most twice t1_s, and where it is not set
            the phase is lost only by what T1 brings, which is just that.
        p1_given_0, p0_given_1: read-out errors.
    """

    depolarizing_1q: float = 0.0
    depolarizing_2q: float = 0.0
    amplitude_damping: float = 0.0
    phase_damping: float = 0.0
    t1_s: float = float("inf")
    t2_s: float = float("inf")
    p1_given_0: float = 0.0
    p0_given_1: float = 0.0

    def __post_init__(self) -> None:
        """Refuse settings that no noise can have.

        Raises:
            InvalidArgument: a probability is not in 0 to 1, a time is not positive, or T2 is longer than any qubit's
                can be.
        """
        for field in fields(self):
            value = getattr(self, field.name)
            if not field.name.endswith("_s"):
                check_number(field.name, value, 0, 1)
            elif value != float("inf"):
                check_number(field.name, value, above=0)
        if self.t2_s < float("inf") and self.t2_s > 2 * self.t1_s:
            raise InvalidArgument(f"t2_s must be at most twice t1_s, which is {2 * self.t1_s:g} s.")

    @property
    def label(self) -> str:
        """For people: what is not zero."""
        words = {
            "depolarizing_1q": "depolarising after a pulse {:g}",
            "depolarizing_2q": "after a two-qubit gate {:g}",
            "amplitude_damping": "amplitude damping {:g}",
            "phase_damping": "phase damping {:g}",
            "t1_s": "T1 {:g} s",
            "t2_s": "T2 {:g} s",
            "p1_given_0": "1 read for 0 {:g}",
            "p0_given_1": "0 read for 1 {:g}",
        }
        parts = [
            words[f.name].format(getattr(self, f.name)) for f in fields(self) if getattr(self, f.name) != f.default
        ]
        return f"noise set by hand ({', '.join(parts) or 'none'})"

    @cached_property
    def device(self) -> Device:
        """A line of equal qubits."""
        qubit = Qubit(
            t1_s=self.t1_s,
            t2_s=self.t2_s,
            # Errors do not matter here: all qubits are equal, and the channels below are made from the settings.
            p1_given_0=0.0,
            p0_given_1=0.0,
            sx_error=0.0,
            x_error=0.0,
            pulse_duration_s=PULSE_S,
            x=0.0,
            y=0.0,
        )
        pairs = ((first, first + 1) for first in range(HAND_MADE_QUBITS - 1))
        return Device(
            name="hand-made",
            label="a line of equal qubits",
            processor="hand-made",
            calibration_time="",
            source="set by hand",
            two_qubit_gate="cz",
            readout_duration_s=READOUT_S,
            dt_s=DT_S,
            qubits=tuple(Qubit(**{**vars(qubit), "x": float(number)}) for number in range(HAND_MADE_QUBITS)),
            edges=tuple(Edge(pair, 0.0, TWO_QUBIT_GATE_S) for pair in pairs),
        )

    @cached_property
    def fingerprint(self) -> str:
        """Text made of all settings; see `NoiseModel.fingerprint`."""
        return repr(self)

    def gate(self, name: str, qubits: tuple[int, ...]) -> Matrix:  # noqa: ARG002 - both pulses are alike
        """Return depolarising noise, then damping and relaxation on every qubit of the gate."""
        probability = self.depolarizing_1q if len(qubits) == 1 else self.depolarizing_2q
        on_one_qubit = (
            self.idle(qubits[0], PULSE_S if len(qubits) == 1 else TWO_QUBIT_GATE_S)
            @ channels.phase_damping(self.phase_damping)
            @ channels.amplitude_damping(self.amplitude_damping)
        )
        local = channels.tensor(*[on_one_qubit] * len(qubits))
        return local @ channels.depolarizing(probability, len(qubits))

    def idle(self, qubit: int, time_s: float) -> Matrix:  # noqa: ARG002 - all qubits are alike
        """Return the thermal relaxation of a qubit that waits, ``(4, 4)``."""
        return channels.thermal_relaxation(self.t1_s, self.t2_s, time_s)

    def readout(self, qubit: int) -> tuple[float, float]:  # noqa: ARG002 - all qubits are alike
        """Return the read-out errors (P(1 given 0), P(0 given 1)), which are those of every qubit."""
        return self.p1_given_0, self.p0_given_1


def _missing_depolarization(error: float, relaxation: Matrix) -> float:
    """Return the depolarising probability that brings relaxation up to an average infidelity (as in Qiskit Aer)."""
    dim = round(np.sqrt(len(relaxation)))
    from_relaxation = channels.average_infidelity(relaxation)
    error = min(error, dim / (dim + 1))
    if error <= from_relaxation:
        return 0.0
    probability = dim * (error - from_relaxation) / (dim * (1 - from_relaxation) - 1)
    return float(min(probability, dim**2 / (dim**2 - 1)))
