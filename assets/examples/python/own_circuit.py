"""Your own PennyLane circuit under device noise, with gradients by its weights and by a batch of 1,000 inputs."""

import pennylane as qml
import torch

import qcore


def gates(inputs: torch.Tensor, weights: torch.Tensor) -> None:
    for qubit in range(3):
        qml.RX(inputs[..., qubit], wires=qubit)
        qml.RY(weights[qubit], wires=qubit)
    qml.CNOT(wires=[0, 1])
    qml.CNOT(wires=[1, 2])
    qml.RZ(weights[3] * inputs[..., 0], wires=2)
    qml.Hadamard(wires=2)


circuit = qcore.Circuit(
    name="mine",
    n_qubits=3,
    n_inputs=3,
    n_weights=4,
    queue=gates,
    observables=(qml.PauliZ(0), qml.PauliX(1) @ qml.PauliZ(2)),
)
torch.manual_seed(0)
inputs = torch.rand(1000, 3, requires_grad=True)
weights = torch.rand(4, requires_grad=True)

values = qcore.backend("noisy:fez").expectations(circuit, inputs, weights).values
by_inputs, by_weights = torch.autograd.grad(values.sum(), (inputs, weights))
print("expectations", tuple(values.shape))
print("gradient by the inputs", tuple(by_inputs.shape))
print("gradient by the weights, a patient", (by_weights / 1000).numpy().round(4))
