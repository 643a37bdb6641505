"""Kernel-target alignment: the measure, and that training by it tells outcomes apart better."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from qcore.backends.registry import backend
from qcore.circuits.encodings import IQP
from qcore.circuits.reuploading import layered
from qcore.models.kernels import alignment
from qcore.models.kernels.alignment import align, centred_alignment
from qcore.models.kernels.gaussian import RbfKernel
from qcore.models.kernels.quantum import FidelityKernel, ProjectedKernel


def problem(n: int = 60, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Return features of which only the first two tell anything: whether they have the same sign."""
    x = torch.randn(n, 3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    return x, (x[:, 0] * x[:, 1] > 0).double()


def test_the_alignment_as_cortes_defines_it() -> None:
    x, y = problem(12)
    gram = RbfKernel(3).double().gram(x).detach()
    centring = np.eye(12) - 1 / 12
    centred = centring @ gram.numpy() @ centring
    target = centring @ np.outer(2 * y - 1, 2 * y - 1) @ centring
    expected = np.sum(centred * target) / np.linalg.norm(centred) / np.linalg.norm(target)
    assert float(centred_alignment(gram, y)) == pytest.approx(expected, abs=1e-12)


def test_a_kernel_that_knows_the_outcome_has_alignment_1() -> None:
    _, y = problem()
    knows = (y[:, None] == y).double()
    assert float(centred_alignment(knows, y)) == pytest.approx(1, abs=1e-12)
    assert float(centred_alignment(3 * knows + 2, y)) == pytest.approx(1, abs=1e-12)


def test_a_kernel_that_says_the_same_of_all_has_none_however_rare_a_class() -> None:
    y = torch.zeros(50, dtype=torch.float64)
    y[:3] = 1
    almost_constant = torch.ones(50, 50, dtype=torch.float64) + 0.01 * torch.eye(50, dtype=torch.float64)
    assert float(centred_alignment(almost_constant, y)) < 0.2


@pytest.mark.parametrize("where", ["ideal", "noisy:fez", "noisy:fez:shots=500"])
@pytest.mark.parametrize("kind", [FidelityKernel, ProjectedKernel])
def test_training_aligns_a_quantum_kernel(kind: type[nn.Module], where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("STEPS", 50), ("PATIENTS_A_STEP", 40), ("LEARNING_RATE", 0.05)):
        monkeypatch.setattr(alignment, name, value)
    torch.manual_seed(0)
    kernel, (x, y) = kind(layered(2, 2, IQP), 3).double(), problem(160)
    new_x, new_y = problem(80, seed=1)
    with torch.no_grad():
        before = centred_alignment(kernel.gram(new_x, backend(where)), new_y)
        start = {name: value.clone() for name, value in kernel.state_dict().items()}
        with torch.enable_grad():
            history = align(kernel, x, y, backend(where))
        after = centred_alignment(kernel.gram(new_x, backend(where)), new_y)
    assert len(history) == 50
    assert after > before + 0.03
    for name, value in kernel.state_dict().items():
        assert (value != start[name]).all(), name


def test_training_aligns_the_control_and_finds_what_does_not_matter() -> None:
    kernel, (x, y) = RbfKernel(3).double(), problem(200)
    align(kernel, x, y, backend("ideal"))
    lengths = kernel.metric.detach().norm(dim=0)
    assert lengths[2] < 0.5 * lengths[:2].min()


def test_values_align_as_classes_do() -> None:
    x, _ = problem(100)
    y = torch.sin(2 * x[:, 0]) * 1000 + 5000
    kernel = RbfKernel(3).double()
    before = centred_alignment(kernel.gram(x), y)
    align(kernel, x, y, backend("ideal"))
    assert centred_alignment(kernel.gram(x), y) > before + 0.2


def test_the_same_seed_trains_the_same_kernel() -> None:
    x, y = problem()
    histories = [align(RbfKernel(3).double(), x, y, backend("ideal"), seed) for seed in (4, 4, 5)]
    assert histories[0] == histories[1] != histories[2]


def test_a_frozen_parameter_is_left_alone() -> None:
    torch.manual_seed(0)
    kernel, (x, y) = FidelityKernel(layered(2, 2, IQP), 3).double(), problem(20)
    kernel.layer.weights.requires_grad_(False)
    weights, factors = kernel.layer.weights.clone(), kernel.scaling.factors.detach().clone()
    align(kernel, x, y, backend("ideal"))
    assert torch.equal(kernel.layer.weights, weights)
    assert (kernel.scaling.factors != factors).all()


@pytest.mark.parametrize("n_positive", [1, 4, 100])
def test_every_step_sees_both_classes(n_positive: int, monkeypatch: pytest.MonkeyPatch) -> None:
    x, _ = problem(200)
    y = torch.zeros(200, dtype=torch.float64)
    y[:n_positive] = 1
    shares = []

    def noted(gram: Tensor, outcomes: Tensor) -> Tensor:
        shares.append(float(outcomes.mean()))
        return centred_alignment(gram, outcomes)

    monkeypatch.setattr(alignment, "centred_alignment", noted)
    align(RbfKernel(3).double(), x, y, backend("ideal"))
    assert min(shares) > 0
    # One slice of the sorted outcomes, one patient: the share in a draw is within one patient of the whole.
    assert max(abs(share - n_positive / 200) for share in shares) <= 1 / alignment.PATIENTS_A_STEP


def test_one_outcome_alone_is_refused() -> None:
    x, y = problem()
    with pytest.raises(ValueError, match="nothing to align"):
        align(RbfKernel(3).double(), x, torch.ones_like(y), backend("ideal"))
    with pytest.raises(ValueError, match="nothing to align"):
        centred_alignment(RbfKernel(3).double().gram(x), torch.ones_like(y))
