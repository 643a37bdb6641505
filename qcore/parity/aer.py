"""The reference for noise: Qiskit Aer's density matrix under the errors that Aer makes from a calibration."""

import numpy as np
from numpy.typing import NDArray
from qiskit import QuantumCircuit
from qiskit.circuit import Delay
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel, ReadoutError, RelaxationNoisePass
from qiskit_aer.noise.device.models import basic_device_gate_errors
from torch import Tensor

from qcore.backends.qiskit_circuit import observables, parameter_array, to_qiskit
from qcore.noise.device.processor import Device
from qcore.noise.transpile.isa import IsaCircuit
from qcore.noise.transpile.placement import line_target

Array = NDArray[np.float64]


def noise_model(device: Device, line: tuple[int, ...]) -> NoiseModel:
    """Return Aer's noise model of a line of qubits, numbered 0 to n - 1.

    Gate errors and relaxation as in ``NoiseModel.from_backend``. That makes the read-out symmetric, because a Qiskit
    target holds one read-out error a qubit; here it is as asymmetric as it was calibrated.
    """
    target = line_target(device, line)
    model = NoiseModel(basis_gates=["rz", "sx", "x", device.two_qubit_gate])
    for name, qubits, error in basic_device_gate_errors(target=target):
        model.add_quantum_error(error, name, qubits)
    t1s = [device.qubits[q].t1_s for q in line]
    t2s = [min(device.qubits[q].t2_s, 2 * device.qubits[q].t1_s) for q in line]
    # As from_backend does: Aer has no public way to let waiting qubits relax.
    model._custom_noise_passes.append(RelaxationNoisePass(t1s, t2s, dt=device.dt_s, op_types=Delay))
    for position, physical in enumerate(line):
        p10, p01 = device.qubits[physical].p1_given_0, device.qubits[physical].p0_given_1
        model.add_readout_error(ReadoutError([[1 - p10, p10], [p01, 1 - p01]]), [position])
    return model


def expectations(isa: IsaCircuit, device: Device, inputs: Tensor, weights: Tensor) -> Array:
    """Return ``(batch, n_observables)``, every Pauli word measured along its own letters."""
    circuit = to_qiskit(isa, dt_s=device.dt_s)
    angles = parameter_array(circuit, isa, inputs, weights)
    measured = observables(isa.trace.circuit, isa)
    simulator = AerSimulator(method="density_matrix", noise_model=noise_model(device, isa.line))
    words = sorted({word for observable in measured for word in observable.paulis.to_labels()})
    runs = [_along(circuit.assign_parameters(row), word) for row in angles for word in words]
    results = simulator.run(runs).result()
    confusion = [
        np.array([[1 - q.p1_given_0, q.p1_given_0], [q.p0_given_1, 1 - q.p0_given_1]])
        for q in (device.qubits[physical] for physical in isa.line)
    ]
    means = np.array([
        _parity(np.asarray(results.data(number)["probabilities"]), words[number % len(words)], confusion)
        for number in range(len(runs))
    ]).reshape(len(angles), len(words))  # fmt: skip
    share = np.array([[dict(o.to_list()).get(word, 0.0) for o in measured] for word in words]).real
    return np.asarray(means @ share)


def _along(circuit: QuantumCircuit, word: str) -> QuantumCircuit:
    """Turn every letter to Z with the device's own pulses and save the probabilities."""
    turned = circuit.copy()
    for qubit, letter in enumerate(reversed(word)):
        if letter == "X":
            turned.rz(np.pi / 2, qubit)
        if letter in "XY":
            turned.sx(qubit)
    turned.save_probabilities()
    return turned


def _parity(probabilities: Array, word: str, confusion: list[Array]) -> float:
    """Return the mean product of outcomes on the qubits of a word, read with error."""
    letters = word[::-1]
    tensor = probabilities.reshape([2] * len(letters)).transpose()  # axis q is now qubit q
    for letter, errors in zip(letters, confusion, strict=True):
        outcome = np.ones(2) if letter == "I" else errors @ np.array([1.0, -1.0])
        tensor = np.tensordot(outcome, tensor, axes=([0], [0]))
    return float(tensor)
