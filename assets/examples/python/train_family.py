"""Train a model family under the noise of a processor, and test it with and without, beside its classical twin."""

import torch

import qcore

torch.manual_seed(0)
x = torch.randn(600, 4)  # 600 patients with four features
y = (x[:, :1] * x[:, 1:2] + 0.5 * x[:, 2:3] > 0).float()  # a rule that is not linear
train, test = slice(0, 400), slice(400, 600)


def accuracy(model: torch.nn.Module, place: qcore.Backend) -> float:
    with torch.no_grad():
        return float(((model(x[test], place) > 0) == y[test].bool()).float().mean())


family = qcore.FAMILIES["variational"]
shape = qcore.Shape(qcore.Kind.TABLE, n_features=4)
recipe = qcore.Recipe(epochs=30, batch=50, learning_rate=0.03)
noisy, ideal = qcore.backend("noisy:fez"), qcore.backend("ideal")

hybrid = family.build(shape, 3, 2)  # three qubits, two layers
qcore.train_family(family, hybrid, x[train], y[train], recipe, noisy, seed=0)
print(f"hybrid, trained under noise: {accuracy(hybrid, noisy):.3f} under noise, {accuracy(hybrid, ideal):.3f} without")

twin = family.control(shape, 3, 2)  # a layer of tanh units in place of the circuit
qcore.train_family(family, twin, x[train], y[train], recipe, ideal, seed=0)
print(f"classical twin: {accuracy(twin, ideal):.3f}")
