"""The circuit type every backend runs, and what a drawing of one shows."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import torch
from pennylane.operation import Operator
from pennylane.tape import make_qscript
from torch import Tensor

from qcore.arguments import check_kind, check_whole
from qcore.circuits.dependence import Source, Watch
from qcore.circuits.recording import one_thread_at_a_time
from qcore.errors import InvalidArgument, UnsuitableCircuit

Queue = Callable[[Tensor, Tensor], None]


@dataclass(frozen=True, eq=False)
class Shortcut:
    """Noiseless expectations of a circuit by a shorter way than gate by gate.

    Attributes:
        queue: of the circuit it was written for.
        observables: the observables that the shorter way gives, in its order.
        expectations: of inputs ``(batch, n_inputs)`` and weights ``(n_weights,)``, ``(batch, n_observables)``,
            differentiable in both.
    """

    queue: Queue
    observables: tuple[Operator, ...]
    expectations: Callable[[Tensor, Tensor], Tensor]


@dataclass(frozen=True, eq=False, repr=False)
class Circuit:
    """A parameterised circuit; immutable, and the same on every backend; equal to itself alone.

    Attributes:
        name: identifies gates and shape, e.g. ``reuploading-4x3``.
        n_qubits: width of the register.
        n_inputs: rotation angles that differ from patient to patient.
        n_weights: rotation angles that are trained and shared by all patients.
        queue: queues the PennyLane gates for inputs ``(..., n_inputs)`` rad and weights
            ``(n_weights,)`` rad; a leading axis of the inputs is a batch.
        observables: what is measured, in order.
        shortcut: where somebody has written one. It holds for this very circuit: one that is made from it with other
            gates or observables runs gate by gate again.
    """

    name: str
    n_qubits: int
    n_inputs: int
    n_weights: int
    queue: Queue
    observables: tuple[Operator, ...]
    shortcut: Shortcut | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that cannot be, and observables outside the register; gates are looked at when they run.

        Raises:
            InvalidArgument: a number is none or too small, or ``queue`` cannot be called.
            UnsuitableCircuit: nothing is measured, or something that is no qubit of the circuit.
        """
        for name, least in (("n_qubits", 1), ("n_inputs", 0), ("n_weights", 0)):
            check_whole(name, getattr(self, name), least)
        if not callable(self.queue):
            raise InvalidArgument("queue must be a function of inputs and weights that queues PennyLane's gates.")
        if not isinstance(self.observables, tuple) or not self.observables:
            raise UnsuitableCircuit(
                "observables must be a tuple of PennyLane's, such as (qml.PauliZ(0),): what is read."
            )
        for observable in self.observables:
            check_kind("Each of the observables", observable, Operator, "one of PennyLane's, such as qml.PauliZ(0)")
            _check_wires(self, "observable", observable)

    def __repr__(self) -> str:
        """Return name, size and what is measured, on one line."""
        size = f"{self.n_qubits} qubits, {self.n_inputs} inputs, {self.n_weights} weights"
        return f"Circuit {self.name}: {size}, measures {', '.join(map(str, self.observables))}"

    @property
    def by_shortcut(self) -> Callable[[Tensor, Tensor], Tensor] | None:
        """The noiseless expectations by the shortcut; None where there is none for these gates and observables."""
        short = self.shortcut
        if short is None or short.queue is not self.queue or short.observables is not self.observables:
            return None
        return short.expectations


@dataclass(frozen=True)
class Gate:
    """One gate of a circuit, for drawing.

    Attributes:
        name: as PennyLane calls it.
        wires: qubits it acts on.
        source: "input", "weight" or "fixed": where its angles come from; "input" where both have a part.
    """

    name: str
    wires: tuple[int, ...]
    source: str


def _check_wires(circuit: Circuit, what: str, operator: Operator) -> None:
    outside = [wire for wire in operator.wires if wire not in range(circuit.n_qubits)]
    if outside:
        raise UnsuitableCircuit(
            f"The {what} {operator.name} of {circuit.name} acts on wire {outside[0]!r}: its wires are the numbers 0 to "
            f"{circuit.n_qubits - 1}."
        )


@lru_cache(maxsize=256)
@one_thread_at_a_time
def check_gates(circuit: Circuit) -> None:
    """Refuse a circuit whose gates cannot be queued or lie outside its register; looked at once a circuit.

    Raises:
        UnsuitableCircuit: the message says which gate, or what its function could not do.
    """
    try:
        queued = make_qscript(circuit.queue)(torch.zeros(circuit.n_inputs), torch.zeros(circuit.n_weights)).operations
    except IndexError as error:
        raise UnsuitableCircuit(
            f"The gates of {circuit.name} ask for an angle that is not there ({error}): it says to take "
            f"{circuit.n_inputs} inputs and {circuit.n_weights} weights."
        ) from error
    for gate in queued:
        _check_wires(circuit, "gate", gate)


@one_thread_at_a_time
def gates(circuit: Circuit) -> list[Gate]:
    """Return the gates of a circuit in order."""
    generator = torch.Generator().manual_seed(0)
    inputs, weights = (torch.rand(count, generator=generator) for count in (circuit.n_inputs, circuit.n_weights))
    with Watch(inputs, weights, Source.INPUTS | Source.WEIGHTS) as watch:
        operations = make_qscript(circuit.queue)(inputs, weights).operations
    return [Gate(operation.name, tuple(operation.wires), _source(operation, watch)) for operation in operations]


def _source(operation: Operator, watch: Watch) -> str:
    sources = [watch.source(parameter) for parameter in operation.parameters]
    if any(source & Source.INPUTS for source in sources):
        return "input"
    return "weight" if any(sources) else "fixed"


def depth(circuit: Circuit) -> int:
    """Return the longest chain of gates that must follow each other."""
    level = [0] * circuit.n_qubits
    for gate in gates(circuit):
        reached = 1 + max(level[wire] for wire in gate.wires)
        for wire in gate.wires:
            level[wire] = reached
    return max(level)
