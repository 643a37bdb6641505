"""Quantum kernels and their control: what they compute, how many circuits that takes, and what noise does to them."""

from dataclasses import dataclass, field

import numpy as np
import pennylane as qml
import pytest
import torch
from sklearn.metrics.pairwise import rbf_kernel
from torch import Tensor, nn

from qcore.backends.protocol import Backend, Expectations
from qcore.backends.registry import backend
from qcore.circuits import Circuit
from qcore.circuits.ansatz import STRONG
from qcore.circuits.encodings import ANGLE, IQP
from qcore.circuits.reuploading import layered
from qcore.models.kernels import quantum
from qcore.models.kernels.gaussian import RbfKernel, twin
from qcore.models.kernels.quantum import DataScaling, FidelityKernel, ProjectedKernel
from qcore.models.quantum_layer import ABLATIONS, ablate

N_FEATURES = 3
# The trained gates of its one layer follow the data, so that an overlap does not depend on them.
FEATURE_MAP = layered(2, 1, IQP, STRONG)


@dataclass
class Counting:
    """The noiseless backend, which a processor's loss of contrast can be added to; it notes the size of every call."""

    contrast: float = 1.0
    name: str = "counting"
    fingerprint: str = "counting"
    sizes: list[int] = field(default_factory=list)

    def expectations(self, circuit: Circuit, inputs: Tensor, weights: Tensor) -> Expectations:
        self.sizes.append(len(inputs))
        found = backend("ideal").expectations(circuit, inputs, weights)
        return Expectations(self.contrast * found.values, found.standard_error, found.provenance)


def features(n: int = 6, seed: int = 3) -> Tensor:
    return torch.randn(n, N_FEATURES, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


def built(kind: type[nn.Module], feature_map: Circuit | None = None) -> nn.Module:
    torch.manual_seed(1)
    return kind(feature_map or layered(2, 2, IQP), N_FEATURES).double()


def states(kernel: nn.Module, feature_map: Circuit, x: Tensor) -> list[np.ndarray]:
    """Return the state vectors of a feature map of one layer, whose trained gates are the same for all patients."""
    device = qml.device("default.qubit", wires=feature_map.n_qubits)

    @qml.qnode(device)
    def run(angles: Tensor) -> object:
        feature_map.queue(angles, torch.full((feature_map.n_weights,), 0.7, dtype=torch.float64))
        return qml.state()

    return [np.asarray(run(angles)) for angles in kernel.scaling(x).detach()]


both = pytest.mark.parametrize("kind", [FidelityKernel, ProjectedKernel])
everywhere = pytest.mark.parametrize("where", ["ideal", "noisy:fez", "noisy:fez:3:shots=500"])


def test_the_fidelity_kernel_is_the_squared_overlap_of_states() -> None:
    kernel, x = built(FidelityKernel, FEATURE_MAP), features()
    vectors = states(kernel, FEATURE_MAP, x)
    expected = [[abs(np.vdot(a, b)) ** 2 for a in vectors] for b in vectors]
    gram = kernel.gram(x, backend("ideal")).detach()
    assert np.ptp(expected) > 0.5
    np.testing.assert_allclose(gram, expected, rtol=0, atol=1e-12)
    assert np.linalg.eigvalsh(gram).min() > -1e-12


def test_the_projected_kernel_is_a_gaussian_of_reduced_states() -> None:
    kernel, x = built(ProjectedKernel, layered(2, 1, ANGLE, STRONG)), features()
    with torch.no_grad():
        kernel.log_width.fill_(0.4)
        kernel.layer.weights.fill_(0.7)
    matrices = [qml.math.dm_from_state_vector(vector) for vector in states(kernel, layered(2, 1, ANGLE, STRONG), x)]
    expected = np.empty((len(x), len(x)))
    for i, first in enumerate(matrices):
        for j, second in enumerate(matrices):
            parts = [qml.math.reduce_dm(first, [q]) - qml.math.reduce_dm(second, [q]) for q in (0, 1)]
            expected[i, j] = np.exp(-np.exp(0.4) * sum(np.linalg.norm(part) ** 2 for part in parts))
    assert np.ptp(expected) > 0.5
    np.testing.assert_allclose(kernel.gram(x, backend("ideal")).detach(), expected, rtol=0, atol=1e-12)


@both
@everywhere
def test_new_patients_are_compared_as_training_patients_are(kind: type[nn.Module], where: str) -> None:
    kernel, x = built(kind), features()
    with torch.no_grad():
        gram, cross = kernel.gram(x, backend(where)), kernel.cross(x[:2], x[2:], backend(where))
    assert torch.equal(gram, gram.T)
    torch.testing.assert_close(gram.diagonal(), torch.ones(6, dtype=torch.float64), rtol=0, atol=1e-12)
    torch.testing.assert_close(cross, gram[:2, 2:], rtol=0, atol=1e-12)


def test_every_pair_is_measured_once_and_never_too_many_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel, x, counting = built(FidelityKernel), features(6), Counting()
    expected, cross = kernel.gram(x, counting), kernel.cross(x[:4], x, counting)
    assert counting.sizes == [6 * 7 // 2, 4 * 6, 4 + 6]
    monkeypatch.setattr(quantum, "CIRCUITS_AT_ONCE", 5)
    counting.sizes.clear()
    torch.testing.assert_close(kernel.gram(x, counting), expected, rtol=0, atol=1e-14)
    torch.testing.assert_close(kernel.cross(x[:4], x, counting), cross, rtol=0, atol=1e-14)
    assert max(counting.sizes) == 5


def test_projected_takes_one_circuit_a_patient(monkeypatch: pytest.MonkeyPatch) -> None:
    kernel, x, counting = built(ProjectedKernel), features(6), Counting()
    expected = kernel.gram(x, counting)
    assert counting.sizes == [6]
    monkeypatch.setattr(quantum, "CIRCUITS_AT_ONCE", 4)
    torch.testing.assert_close(kernel.gram(x, counting), expected, rtol=0, atol=1e-14)
    assert counting.sizes == [6, 4, 2]


def test_loss_of_contrast_is_divided_out() -> None:
    kernel, x = built(FidelityKernel), features()
    dim = Counting(contrast=0.6)
    torch.testing.assert_close(kernel.measured_gram(x, dim), 0.6 * kernel.gram(x, backend("ideal")))
    torch.testing.assert_close(kernel.gram(x, dim), kernel.gram(x, backend("ideal")))
    torch.testing.assert_close(kernel.cross(x, x[:2], dim), kernel.gram(x, backend("ideal"))[:, :2])


def test_what_is_measured_under_noise_is_kept() -> None:
    kernel, x, noisy = built(FidelityKernel), features(), backend("noisy:fez")
    with torch.no_grad():
        measured, gram = kernel.measured_gram(x, noisy), kernel.gram(x, noisy)
        pair = kernel.measured(x[:1], x[1:2], noisy)
    assert (measured.diagonal() < 0.99).all()
    assert float(measured[0, 1]) == pytest.approx(float(pair), abs=1e-12)
    assert float(gram[0, 1]) == pytest.approx(float(pair / (measured[0, 0] * measured[1, 1]).sqrt()), abs=1e-12)


def test_nothing_is_divided_by_pure_noise() -> None:
    kernel, x = built(FidelityKernel), features()
    gram = kernel.gram(x, Counting(contrast=0.0))
    torch.testing.assert_close(gram, torch.eye(6, dtype=torch.float64))


def test_shots_scatter_around_the_exact_fidelity() -> None:
    kernel, x = built(FidelityKernel), features(30)
    with torch.no_grad():
        exact = kernel.measured_gram(x, backend("noisy:fez"))
        sampled = kernel.measured_gram(x, backend("noisy:fez:shots=500"))
    upper = torch.triu_indices(30, 30).unbind()
    deviation = ((sampled - exact) / (exact * (1 - exact) / 500).sqrt())[upper]
    assert float(deviation.std()) == pytest.approx(1, abs=0.15)
    assert abs(float(deviation.mean())) < 5 / np.sqrt(len(deviation))


@both
@everywhere
def test_gradients_reach_data_and_every_parameter(kind: type[nn.Module], where: str) -> None:
    kernel, x = built(kind), features().requires_grad_()
    (kernel.gram(x, backend(where)) * torch.arange(36.0).reshape(6, 6)).sum().backward()
    for name, parameter in [("x", x), *kernel.named_parameters()]:
        assert parameter.grad is not None, name
        assert (parameter.grad.abs() > 1e-9).all(), name


@both
def test_single_precision(kind: type[nn.Module]) -> None:
    kernel, x = built(kind), features()
    double = kernel.gram(x, backend("noisy:fez")).detach()
    single = kernel.float().gram(x.float(), backend("noisy:fez")).detach()
    assert single.dtype == torch.float32
    torch.testing.assert_close(single.double(), double, rtol=0, atol=1e-4)


def test_features_are_dealt_to_angles_in_turn() -> None:
    scaling, x = DataScaling(3, 5).double(), features()
    with torch.no_grad():
        scaling.factors.copy_(torch.tensor([1.0, 2.0, 3.0]))
    torch.testing.assert_close(scaling(x), torch.stack([x[:, 0], 2 * x[:, 1], 3 * x[:, 2], x[:, 0], 2 * x[:, 1]], 1))


def test_more_features_than_angles_are_mixed() -> None:
    scaling, x = DataScaling(3, 2).double(), features()
    torch.testing.assert_close(scaling(x), x @ scaling.factors.T)
    # At first a rotation and one scale: no feature is lost or favoured by chance.
    torch.testing.assert_close(scaling.factors @ scaling.factors.T, torch.eye(2).double(), atol=1e-6, rtol=0)


def test_the_control_is_a_gaussian_kernel() -> None:
    kernel, x = RbfKernel(N_FEATURES).double(), features()
    np.testing.assert_allclose(kernel.gram(x).detach(), rbf_kernel(x, gamma=1 / N_FEATURES), rtol=0, atol=1e-6)
    torch.testing.assert_close(kernel.cross(x[:2], x[2:]), kernel.gram(x)[:2, 2:])
    assert (RbfKernel(4, 2).metric != 0).any(dim=0).all(), "every feature counts from the start"


@both
@pytest.mark.parametrize("shape", [(4, 2, 4), (4, 3, 4), (4, 2, 10)])
def test_the_control_learns_about_as_many_numbers(kind: type[nn.Module], shape: tuple[int, int, int]) -> None:
    n_qubits, n_layers, n_features = shape
    kernel = kind(layered(n_qubits, n_layers, IQP), n_features)
    n_trained = sum(parameter.numel() for parameter in kernel.parameters())
    assert twin(kernel, n_features).metric.numel() == pytest.approx(n_trained, rel=0.1)


@both
@pytest.mark.parametrize("kind_of_ablation", ABLATIONS)
def test_ablations_leave_a_kernel(kind: type[nn.Module], kind_of_ablation: str) -> None:
    where: Backend = backend("ideal")
    whole, ablated = built(kind), ablate(built(kind), kind_of_ablation).double()
    gram = ablated.gram(features(), where).detach()
    torch.testing.assert_close(gram.diagonal(), torch.ones(6, dtype=torch.float64), rtol=0, atol=1e-12)
    assert torch.equal(gram, whole.gram(features(), where)) == (kind_of_ablation == "frozen")
