"""The circuit of QAOA for a cost of spins: phases by the cost and turns of every qubit, in layers."""

from itertools import combinations

import pennylane as qml
from torch import Tensor

from qcore.circuits import Circuit
from qcore.circuits.recording import one_thread_at_a_time
from qcore.errors import InvalidValue
from qcore.optimisation.network import Meeting, network
from qcore.optimisation.qubo import Ising
from qcore.optimisation.reading import z_strings

MAX_QUBITS = 9
"""What the noise engine simulates, so that a problem which runs anywhere runs everywhere."""
MAX_LAYERS = 8
NEGLIGIBLE = 1e-12
"""A normalised coefficient this small is rounding."""


@one_thread_at_a_time
def qaoa(ising: Ising, n_layers: int) -> Circuit:
    """Build the circuit, which measures `z_strings`.

    From the equal superposition of all strings every layer applies ``exp(-i gamma C)``, then ``exp(i beta sum of X)``,
    with C the cost less its mean, in units of its standard deviation over all strings: so angles of one problem suit
    another, whatever the cost is counted in. With both signs so, annealing is a rising gamma and a falling beta.
    Bits that interact are brought together by a swap network, forth in one layer and back in the next, for a line of
    qubits has no other pairs than neighbours. Coefficients enter rotations only, so that all problems of a size compile
    to the same noisy program. Method: Farhi, Goldstone and Gutmann 2014, arXiv:1411.4028.

    Args:
        ising: the cost, of at most `MAX_QUBITS` spins.
        n_layers: layers of the circuit, 1 to `MAX_LAYERS`.

    Returns:
        A circuit without weights for inputs ``(batch, 2 n_layers)`` rad: the gammas, then the betas.

    Raises:
        InvalidValue: too many spins or layers, or a cost that is the same for every string.
    """
    n = len(ising.fields)
    _check(ising, n_layers)
    fields = ising.fields / ising.spread
    coupling = {pair: ising.couplings[pair] / ising.spread for pair in combinations(range(n), 2)}
    route = network(n, [pair for pair, strength in coupling.items() if abs(strength) > NEGLIGIBLE])

    def fields_on_bits(gamma: Tensor) -> None:
        for bit in range(n):
            qml.RZ(2 * fields[bit] * gamma, wires=bit)

    def queue(inputs: Tensor, _weights: Tensor) -> None:
        for bit in range(n):
            qml.Hadamard(wires=bit)
        for layer in range(n_layers):
            gamma, beta = inputs[..., layer], inputs[..., n_layers + layer]
            forth = layer % 2 == 0
            # Bit i is on wire i before the way forth and after the way back.
            if forth:
                fields_on_bits(gamma)
            for meeting in route.meetings if forth else reversed(route.meetings):
                _meet(meeting, 2 * coupling[meeting.bits] * gamma)
            if not forth:
                fields_on_bits(gamma)
            for wire in range(n):
                qml.RX(-2 * beta, wires=wire)

    return Circuit(
        name=f"qaoa-{n}x{n_layers}",
        n_qubits=n,
        n_inputs=2 * n_layers,
        n_weights=0,
        queue=queue,
        observables=z_strings(route.order if n_layers % 2 else tuple(range(n))),
    )


def _meet(meeting: Meeting, angle: Tensor) -> None:
    """Queue ``exp(-i angle ZZ / 2)``, a swap or both, which share a CNOT."""
    first, second = meeting.wire, meeting.wire + 1
    if meeting.interact:
        qml.CNOT(wires=[first, second])
        qml.RZ(angle, wires=second)
        if meeting.swap:
            qml.CNOT(wires=[second, first])
        qml.CNOT(wires=[first, second])
    elif meeting.swap:
        qml.SWAP(wires=[first, second])


def _check(ising: Ising, n_layers: int) -> None:
    n = len(ising.fields)
    if n > MAX_QUBITS:
        raise InvalidValue(f"The problem has {n} bits, each of which needs a qubit: at most {MAX_QUBITS} are possible.")
    if not 1 <= n_layers <= MAX_LAYERS:
        raise InvalidValue(f"The number of layers must lie between 1 and {MAX_LAYERS}, not {n_layers}.")
    if not ising.spread > NEGLIGIBLE * abs(ising.constant):
        raise InvalidValue("Every choice costs the same, so there is nothing to optimise.")
