"""A circuit in the instructions of one processor, placed on its qubits: what the engine simulates and hardware runs."""

from dataclasses import dataclass

from torch import Tensor

from qcore.noise.transpile.trace import Trace


@dataclass(frozen=True)
class Angle:
    """An RZ angle in rad: ``offset + sum(coefficient * slot)``.

    Attributes:
        offset: constant part, rad.
        terms: (slot, coefficient) pairs; none where the angle is fixed.
    """

    offset: float
    terms: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True)
class Instruction:
    """One instruction of a processor, as a transpiled circuit holds it.

    Attributes:
        name: ``rz`` (virtual: no error, no duration), ``sx``, ``x``, ``cz``, ``ecr`` or ``delay``.
        qubits: positions in the register, 0 to n_qubits - 1; for ECR in the direction of calibration.
        angle: of an RZ, else None.
        duration_s: of a delay, else 0 (the device knows the length of its gates).
    """

    name: str
    qubits: tuple[int, ...]
    angle: Angle | None = None
    duration_s: float = 0.0


@dataclass(frozen=True)
class IsaCircuit:
    """A transpiled and scheduled circuit; immutable.

    Attributes:
        trace: the circuit it was made from: gives the value of every slot.
        line: physical qubit of every position of the register.
        instructions: in order; delays fill the time in which a qubit waits (as late as possible).
        measured: position in the register of every qubit of the original circuit.
        duration_s: length of the schedule without the measurement, s.
        of_template: True where its instructions are the same for all weights; see `qcore.noise.transpile.template`.
    """

    trace: Trace
    line: tuple[int, ...]
    instructions: tuple[Instruction, ...]
    measured: tuple[int, ...]
    duration_s: float
    of_template: bool = True

    def slots(self, inputs: Tensor, weights: Tensor) -> Tensor:
        """Return the angles that differ from call to call, ``(batch, n_slots)`` rad, differentiable.

        Args:
            inputs: ``(batch, n_inputs)`` angles of the patients, rad.
            weights: ``(n_weights,)`` rad; ignored where they were bound before transpiling.
        """
        return self.trace.slots(inputs, weights)
