"""Instructions sorted into symbolic layers of RZ rotations and the fixed noisy stretches between them."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from qcore.noise import channels
from qcore.noise.channels import Matrix
from qcore.noise.model import NoiseModel
from qcore.noise.transpile.isa import Angle, Instruction, IsaCircuit


@dataclass(frozen=True)
class Local:
    """A fixed map on one or two qubits.

    Attributes:
        qubits: positions in the register.
        matrix: ``(4^k, 4^k)`` Pauli transfer matrix, gate and noise together.
    """

    qubits: tuple[int, ...]
    matrix: Matrix


@dataclass(frozen=True)
class NoisyCircuit:
    """A noisy circuit: stretch 0, rotations 1, stretch 1, rotations 2, …, stretch K.

    Attributes:
        n_qubits: width of the register.
        stretches: K + 1 lists of fixed maps, in order.
        rotations: K layers; each gives the angle of the qubits it turns. No qubit turns twice in a layer.
        readout: for every position, P(1 given 0) and P(0 given 1).
    """

    n_qubits: int
    stretches: tuple[tuple[Local, ...], ...]
    rotations: tuple[dict[int, Angle], ...]
    readout: tuple[tuple[float, float], ...]


def noisy_circuit(isa: IsaCircuit, noise: NoiseModel) -> NoisyCircuit:
    """Give every instruction its noise and cut the circuit at its symbolic rotations.

    An instruction belongs to the stretch after the last symbolic rotation it depends on; rotations that do not depend
    on each other share a layer. Consecutive fixed maps of the same qubits are multiplied together.
    """
    level = [0] * len(isa.line)
    stretches: list[list[Local]] = [[]]
    rotations: list[dict[int, Angle]] = []
    for instruction in isa.instructions:
        reached = max(level[qubit] for qubit in instruction.qubits)
        if instruction.angle is not None and instruction.angle.terms:
            if reached == len(rotations):
                rotations.append({})
                stretches.append([])
            (qubit,) = instruction.qubits
            rotations[reached][qubit] = instruction.angle
            level[qubit] = reached + 1
            continue
        for qubit in instruction.qubits:
            level[qubit] = reached
        stretches[reached].append(_noisy(instruction, isa.line, noise))
    return NoisyCircuit(
        n_qubits=len(isa.line),
        stretches=tuple(_fused(stretch) for stretch in stretches),
        rotations=tuple(rotations),
        readout=tuple(noise.readout(physical) for physical in isa.line),
    )


def _noisy(instruction: Instruction, line: tuple[int, ...], noise: NoiseModel) -> Local:
    physical = tuple(line[qubit] for qubit in instruction.qubits)
    if instruction.angle is not None:
        matrix = channels.rz(instruction.angle.offset)
    elif instruction.name == "delay":
        matrix = noise.idle(physical[0], instruction.duration_s)
    else:
        matrix = noise.gate(instruction.name, physical) @ channels.gate(instruction.name)
    return Local(instruction.qubits, matrix)


def _fused(stretch: Iterable[Local]) -> tuple[Local, ...]:
    """Multiply maps of one qubit into each other and into the pair map that comes next or came last."""
    waiting: dict[int, Matrix] = {}
    fused: list[Local] = []
    last: dict[int, int] = {}
    for local in stretch:
        if len(local.qubits) == 1:
            (qubit,) = local.qubits
            waiting[qubit] = local.matrix @ waiting[qubit] if qubit in waiting else local.matrix
            continue
        first, second = local.qubits
        before = channels.tensor(waiting.pop(first, np.eye(4)), waiting.pop(second, np.eye(4)))
        matrix = local.matrix @ before
        if first in last and last[first] == last.get(second):
            together = last[first]
            same_order = fused[together].qubits == local.qubits
            earlier = fused[together].matrix if same_order else swapped(fused[together].matrix)
            fused[together] = Local(local.qubits, matrix @ earlier)
            continue
        last[first] = last[second] = len(fused)
        fused.append(Local(local.qubits, matrix))
    for qubit, matrix in waiting.items():
        if qubit not in last:
            fused.append(Local((qubit,), matrix))
            continue
        position = last[qubit]
        after = (matrix if other == qubit else np.eye(4) for other in fused[position].qubits)
        fused[position] = Local(fused[position].qubits, channels.tensor(*after) @ fused[position].matrix)
    return tuple(Local(local.qubits, channels.clean(local.matrix)) for local in fused)


def swapped(matrix: Matrix) -> Matrix:
    """Return a map of two qubits with the qubits exchanged."""
    return matrix.reshape(4, 4, 4, 4).transpose(1, 0, 3, 2).reshape(16, 16)
