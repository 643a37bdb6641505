"""Heads on kernels, against scikit-learn and linear algebra; and the whole model: call, calibration, disk, devices."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.metrics import roc_auc_score
from sklearn.svm import LinearSVC
from torch import Tensor

from qcore.backends.registry import backend
from qcore.circuits.encodings import IQP
from qcore.circuits.reuploading import layered
from qcore.evidence.calibration import fit_platt
from qcore.models.encoded import load_weights, save_weights
from qcore.models.kernels import alignment, heads
from qcore.models.kernels.gaussian import RbfKernel
from qcore.models.kernels.heads import fit_support_vectors
from qcore.models.kernels.model import KernelModel
from qcore.models.kernels.quantum import FidelityKernel, ProjectedKernel

Array = NDArray[np.float64]
N_LANDMARKS = 8
KINDS = {"fidelity": FidelityKernel, "projected": ProjectedKernel}
each_kind = pytest.mark.parametrize("kind", KINDS)


def problem(n: int = 60, seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """Return features, classes and values that follow a curved boundary."""
    x = torch.randn(n, 2, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    value = x.square().sum(1)
    return x, (value > 1.5).double(), value


def gram_of(x: Tensor, y: Tensor) -> Array:
    return RbfKernel(2).double().cross(x, y).detach().numpy()


def quantum(kind: str) -> KernelModel:
    torch.manual_seed(0)
    return KernelModel(KINDS[kind](layered(2, 2, IQP), 2), 2, N_LANDMARKS).double()


def test_calibration_finds_the_log_odds() -> None:
    generator = np.random.default_rng(0)
    decisions = generator.normal(size=20000) * 0.01
    y = (generator.random(20000) < 1 / (1 + np.exp(-(150 * decisions - 1)))).astype(float)
    platt = fit_platt(decisions, y)
    slope, intercept = platt.slope, platt.intercept
    assert slope == pytest.approx(150, rel=0.05)
    assert intercept == pytest.approx(-1, abs=0.05)


def test_separated_classes_get_finite_log_odds() -> None:
    y = np.repeat([0.0, 1.0], 20)
    platt = fit_platt(2 * y - 1, y)
    slope, intercept = platt.slope, platt.intercept
    # Platt's targets: 21/22 and 1/22.
    assert slope + intercept == pytest.approx(np.log(21), abs=0.01)
    assert intercept - slope == pytest.approx(-np.log(21), abs=0.01)


@pytest.mark.parametrize("decisions", [np.zeros(40), -np.repeat([0.0, 1.0], [30, 10])], ids=["nothing", "the reverse"])
def test_decisions_that_do_not_help_give_the_prevalence(decisions: Array) -> None:
    platt = fit_platt(decisions, np.repeat([0.0, 1.0], [30, 10]))
    assert platt.slope == 0
    assert 1 / (1 + np.exp(-platt.intercept)) == pytest.approx(10 / 40, abs=0.03)


def features_of(x: Tensor, new: Tensor) -> tuple[Array, Array]:
    """Exact features of a Gaussian kernel: rows of its root."""
    gram, cross = gram_of(x, x), gram_of(new, x)
    values, vectors = np.linalg.eigh(gram)
    whiten = vectors[:, values > 1e-4] / np.sqrt(values[values > 1e-4])
    return gram @ whiten, cross @ whiten


def test_support_vectors_learn_and_are_calibrated() -> None:
    x, y, _ = problem(150)
    new, new_y, _ = problem(300, seed=1)
    design, rows = features_of(x, new)
    fitted = fit_support_vectors(design, y.numpy())
    log_odds = rows @ fitted.coefficients + fitted.intercept
    assert roc_auc_score(new_y, log_odds) > 0.95
    # Calibrated: the mean risk is the prevalence.
    assert (1 / (1 + np.exp(-log_odds))).mean() == pytest.approx(float(new_y.mean()), abs=0.1)


def test_support_vectors_as_scikit_learn_finds_them() -> None:
    x, y, _ = problem()
    design, rows = features_of(x, problem(20, seed=1)[0])
    fitted = fit_support_vectors(design, y.numpy())
    log_odds = rows @ fitted.coefficients + fitted.intercept
    # Whatever cost was chosen, log odds are a line through the decision values of that machine.
    residuals = []
    for cost in heads.COSTS:
        decisions = LinearSVC(C=cost, dual=False).fit(design, y).decision_function(rows)
        line = np.polyfit(decisions, log_odds, 1)
        assert line[0] > 0
        residuals.append(np.abs(np.polyval(line, decisions) - log_odds).max())
    assert min(residuals) < 1e-6 * np.ptp(log_odds)


def test_three_patients_of_a_class_are_enough() -> None:
    x, _, value = problem(30)
    design, _ = features_of(x, x)
    rare = (value >= value.topk(3).values.min()).double().numpy()
    fitted = fit_support_vectors(design, rare)
    assert np.isfinite(design @ fitted.coefficients + fitted.intercept).all()
    with pytest.raises(ValueError, match="split"):
        fit_support_vectors(design, (value == value.max()).double().numpy())


@each_kind
@pytest.mark.parametrize("where", ["ideal", "noisy:fez", "noisy:fez:3:shots=500"])
def test_the_model_learns_everywhere(kind: str, where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alignment, "STEPS", 10)
    x, y, _ = problem()
    new, new_y, _ = problem(100, seed=1)
    model = quantum(kind)
    history = model.fit(x, y[:, None], backend(where))
    with torch.no_grad():
        log_odds = model(new, backend(where))
    assert len(history) == 10
    assert log_odds.shape == (100, 1)
    assert roc_auc_score(new_y, log_odds[:, 0]) > 0.75
    known = torch.cdist(model.points, x).min(1).values
    assert (known > 0.001).all(), "no point is a patient"


@each_kind
def test_the_model_survives_the_disk(kind: str, tmp_path: Path) -> None:
    x, y, _ = problem(40)
    model = quantum(kind)
    model.fit_head(x, y, backend("ideal"))
    save_weights(model, tmp_path / "weights.safetensors")
    torch.manual_seed(5)
    read = KernelModel(KINDS[kind](layered(2, 2, IQP), 2), 2, N_LANDMARKS).double()
    load_weights(read, tmp_path / "weights.safetensors")
    assert len(read.points) > 0
    assert torch.equal(read(x, backend("ideal")), model(x, backend("ideal")))


def test_gradients_flow_to_the_features_of_a_patient() -> None:
    x, y, _ = problem(40)
    model = quantum("fidelity")
    model.fit_head(x, y, backend("ideal"))
    one = x[:1].clone().requires_grad_()
    model(one, backend("noisy:fez")).sum().backward()
    assert one.grad is not None
    assert (one.grad.abs() > 1e-6).all()


def test_single_precision() -> None:
    x, y, _ = problem(40)
    model = quantum("fidelity")
    model.fit_head(x, y, backend("ideal"))
    expected = model(x, backend("ideal"))
    found = model.float()(x.float(), backend("ideal"))
    assert found.dtype == torch.float32
    torch.testing.assert_close(found.double(), expected, rtol=0, atol=1e-2)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="fitted first"):
        quantum("projected")(problem()[0], backend("ideal"))
