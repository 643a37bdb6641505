"""Compare two processors: their calibrations, and what their noise does to one circuit."""

import torch

import qcore

torch.manual_seed(0)
circuit = qcore.reuploading(n_qubits=4, n_layers=3)
inputs, weights = torch.rand(1000, circuit.n_inputs), torch.rand(circuit.n_weights)
exact = qcore.backend("ideal").expectations(circuit, inputs, weights).values

print("calibrations here:", ", ".join(qcore.devices()))
for name in ("fez", "sherbrooke"):
    known = qcore.device_summary(qcore.device(name))
    noisy = qcore.backend(f"noisy:{name}").expectations(circuit, inputs, weights).values
    print(f"{name}, {known['processor']}, calibrated {known['calibrated']}, best line {known['best_line_of_4']}")
    print(f"  median errors: two-qubit gate {known['error_2q']:.2%}, read-out {known['error_readout']:.2%}")
    print(f"  mean error of an expectation {(noisy - exact).abs().mean():.4f}")
