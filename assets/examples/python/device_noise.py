"""Run one circuit without noise, and under the calibrated noise of an IBM processor."""

import torch

import qcore

torch.manual_seed(0)
circuit = qcore.reuploading(n_qubits=4, n_layers=3)
inputs = torch.rand(5, circuit.n_inputs)  # five patients; angles in rad
weights = torch.rand(circuit.n_weights)  # shared by all patients; angles in rad

for name in ("ideal", "noisy:fez", "noisy:fez:3", "noisy:fez:shots=4000"):
    answer = qcore.backend(name).expectations(circuit, inputs, weights)
    z, error = answer.values[0, 0], answer.standard_error[0, 0]
    print(f"{name:20}  <Z> of the first qubit {z:.4f} ± {error:.4f}  ({answer.provenance.device})")
