"""Heads on kernels, against scikit-learn and linear algebra; and the whole model: call, calibration, disk, devices."""

from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.metrics import roc_auc_score
from sklearn.svm import SVC
from torch import Tensor

from qcore.backends.registry import backend
from qcore.circuits.encodings import IQP
from qcore.circuits.reuploading import layered
from qcore.models.encoded import load_weights, save_weights
from qcore.models.kernels import alignment, heads
from qcore.models.kernels.gaussian import RbfKernel
from qcore.models.kernels.heads import HEADS, calibrated, fit_on_features, fit_on_gram, nearest_positive
from qcore.models.kernels.model import KernelModel
from qcore.models.kernels.quantum import FidelityKernel, ProjectedKernel

Array = NDArray[np.float64]
each_head = pytest.mark.parametrize("head", HEADS)
KINDS = {"fidelity": FidelityKernel, "projected": ProjectedKernel}
each_kind = pytest.mark.parametrize("kind", KINDS)


def problem(n: int = 60, seed: int = 0) -> tuple[Tensor, Tensor, Tensor]:
    """Return features, classes and values that follow a curved boundary."""
    x = torch.randn(n, 2, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    value = x.square().sum(1)
    return x, (value > 1.5).double(), value


def gram_of(x: Tensor, y: Tensor) -> Array:
    return RbfKernel(2).double().cross(x, y).detach().numpy()


def quantum(kind: str, **settings: object) -> KernelModel:
    torch.manual_seed(0)
    return KernelModel(KINDS[kind](layered(2, 2, IQP), 2), 2, **settings).double()


def test_the_nearest_positive_matrix() -> None:
    noise = np.random.default_rng(0).normal(size=(6, 6))
    measured = noise + noise.T
    values, vectors = np.linalg.eigh(measured)
    positive, projector = nearest_positive(measured)
    np.testing.assert_allclose(positive, vectors @ np.diag(values.clip(0)) @ vectors.T, atol=1e-12)
    assert projector is not None
    np.testing.assert_allclose(projector @ measured, positive, atol=1e-12)
    np.testing.assert_allclose(projector @ projector, projector, atol=1e-12)


def test_a_positive_matrix_stays_as_it_is() -> None:
    factors = np.random.default_rng(0).normal(size=(6, 3))
    positive, projector = nearest_positive(factors @ factors.T)
    np.testing.assert_allclose(positive, factors @ factors.T, atol=1e-12)
    assert projector is None
    # Single precision is no reason to keep all patients as support vectors.
    assert nearest_positive((factors @ factors.T).astype(np.float32).astype(np.float64))[1] is None


def test_support_vectors_as_scikit_learn_finds_them() -> None:
    x, y, _ = problem()
    new = problem(20, seed=1)[0]
    gram = gram_of(x, x)
    fitted = fit_on_gram("svm", gram, y.numpy(), classes=True)
    log_odds = gram_of(new, x) @ fitted.coefficients + fitted.intercept
    # Whatever cost was chosen, log odds are a line through the decision values of that machine.
    residuals = []
    for cost in heads.COSTS:
        decisions = SVC(C=cost, gamma=0.5).fit(x, y).decision_function(new)
        line = np.polyfit(decisions, log_odds, 1)
        assert line[0] > 0
        residuals.append(np.abs(np.polyval(line, decisions) - log_odds).max())
    assert min(residuals) < 1e-2 * np.ptp(log_odds)
    assert (fitted.coefficients == 0).any()


def test_ridge_solves_its_equations() -> None:
    x, _, y = problem()
    gram = gram_of(x, x)
    fitted = fit_on_gram("ridge", gram, y.numpy(), classes=False)
    residual = y.numpy() - y.numpy().mean() - gram @ fitted.coefficients
    # (K + alpha) c = y: what is left is alpha c.
    alphas = residual / fitted.coefficients
    assert np.ptp(alphas) < 1e-6
    assert np.isclose(alphas[0], heads.PENALTIES, atol=1e-6).any()


def test_a_gaussian_process_of_values_as_scikit_learn_fits_it_to_the_features() -> None:
    x, _, y = problem()
    y = y + 0.3 * torch.randn(60, generator=torch.Generator().manual_seed(8), dtype=torch.float64)
    new = problem(20, seed=1)[0]
    fitted = fit_on_gram("gp", gram_of(x, x), y.numpy(), classes=False)
    kernel = ConstantKernel() * RBF(1.0, length_scale_bounds="fixed") + WhiteKernel()
    mean = float(y.mean())
    expected = GaussianProcessRegressor(kernel).fit(x, y - mean).predict(new) + mean
    np.testing.assert_allclose(gram_of(new, x) @ fitted.coefficients + fitted.intercept, expected, atol=1e-3)


def test_a_gaussian_process_of_classes_as_scikit_learn_fits_it_to_the_features() -> None:
    x, y, _ = problem()
    new = problem(20, seed=1)[0]
    fitted = heads._process_classes(gram_of(x, x), y.numpy())
    process = GaussianProcessClassifier(ConstantKernel() * RBF(1.0, length_scale_bounds="fixed")).fit(x, y)
    expected, _ = process.latent_mean_and_variance(new)
    np.testing.assert_allclose(gram_of(new, x) @ fitted.coefficients, expected, atol=1e-2)


def test_calibration_finds_the_log_odds() -> None:
    generator = np.random.default_rng(0)
    decisions = generator.normal(size=20000) * 0.01
    y = (generator.random(20000) < 1 / (1 + np.exp(-(150 * decisions - 1)))).astype(float)
    slope, intercept = calibrated(decisions, y)
    assert slope == pytest.approx(150, rel=0.05)
    assert intercept == pytest.approx(-1, abs=0.05)


def test_separated_classes_get_finite_log_odds() -> None:
    y = np.repeat([0.0, 1.0], 20)
    slope, intercept = calibrated(2 * y - 1, y)
    # Platt's targets: 21/22 and 1/22.
    assert slope + intercept == pytest.approx(np.log(21), abs=0.01)
    assert intercept - slope == pytest.approx(-np.log(21), abs=0.01)


@pytest.mark.parametrize("decisions", [np.zeros(40), -np.repeat([0.0, 1.0], [30, 10])], ids=["nothing", "the reverse"])
def test_decisions_that_do_not_help_give_the_prevalence(decisions: Array) -> None:
    slope, intercept = calibrated(decisions, np.repeat([0.0, 1.0], [30, 10]))
    assert slope == 0
    assert 1 / (1 + np.exp(-intercept)) == pytest.approx(10 / 40, abs=0.03)


@each_head
def test_shots_do_not_leave_the_positive_part(head: str) -> None:
    x, y, _ = problem()
    noise = np.random.default_rng(0).normal(size=(60, 60)) * 0.03
    gram = gram_of(x, x) + (noise + noise.T) / 2
    projector = nearest_positive(gram)[1]
    fitted = fit_on_gram(head, gram, y.numpy(), classes=True)
    np.testing.assert_allclose(projector @ fitted.coefficients, fitted.coefficients, atol=1e-8)


@each_head
def test_every_head_learns_from_a_gram_matrix_and_from_features(head: str) -> None:
    x, y, value = problem(150)
    new, new_y, new_value = problem(300, seed=1)
    gram, cross = gram_of(x, x), gram_of(new, x)
    # Exact features of the same kernel: rows of its root.
    values, vectors = np.linalg.eigh(gram)
    whiten = vectors[:, values > 1e-4] / np.sqrt(values[values > 1e-4])
    for fit, design, rows in (
        (fit_on_gram, gram, cross),
        (fit_on_features, gram @ whiten, cross @ whiten),
    ):
        fitted = fit(head, design, y.numpy(), classes=True)
        log_odds = rows @ fitted.coefficients + fitted.intercept
        assert roc_auc_score(new_y, log_odds) > 0.95
        # Calibrated: the mean risk is the prevalence.
        assert (1 / (1 + np.exp(-log_odds))).mean() == pytest.approx(float(new_y.mean()), abs=0.1)
        fitted = fit(head, design, ((value - value.mean()) / value.std()).numpy(), classes=False)
        predicted = rows @ fitted.coefficients + fitted.intercept
        assert np.corrcoef(predicted, new_value)[0, 1] > 0.9


@each_head
def test_three_patients_of_a_class_are_enough(head: str) -> None:
    x, _, value = problem(30)
    rare = (value >= value.topk(3).values.min()).double().numpy()
    fitted = fit_on_gram(head, gram_of(x, x), rare, classes=True)
    log_odds = gram_of(x, x) @ fitted.coefficients + fitted.intercept
    assert np.isfinite(log_odds).all()
    with pytest.raises(ValueError, match="split"):
        fit_on_gram(head, gram_of(x, x), (value == value.max()).double().numpy(), classes=True)


@each_kind
@pytest.mark.parametrize("where", ["ideal", "noisy:fez", "noisy:fez:3:shots=500"])
@pytest.mark.parametrize("n_landmarks", [None, 8])
def test_the_model_learns_everywhere(
    kind: str, where: str, n_landmarks: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alignment, "STEPS", 10)
    x, y, _ = problem()
    new, new_y, _ = problem(100, seed=1)
    model = quantum(kind, n_landmarks=n_landmarks)
    history = model.fit(x, y[:, None], backend(where))
    with torch.no_grad():
        log_odds = model(new, backend(where))
    assert len(history) == 10
    assert log_odds.shape == (100, 1)
    assert roc_auc_score(new_y, log_odds[:, 0]) > 0.75
    known = torch.cdist(model.points, x).min(1).values
    assert (known == 0).all() if n_landmarks is None else (known > 0.001).all()


@each_head
def test_values_keep_their_unit(head: str) -> None:
    x, _, value = problem()
    new, _, new_value = problem(100, seed=1)
    model = KernelModel(RbfKernel(2), 2, head, classes=False).double()
    model.fit_head(x, value * 1000 + 5000, backend("ideal"))
    error = model(new, backend("ideal"))[:, 0] - (new_value * 1000 + 5000)
    assert error.detach().abs().median() < 0.1 * value.std() * 1000


@each_kind
@each_head
def test_the_model_survives_the_disk(kind: str, head: str, tmp_path: Path) -> None:
    x, y, _ = problem(40)
    model = quantum(kind, head=head)
    model.fit_head(x, y, backend("ideal"))
    save_weights(model, tmp_path / "weights.safetensors")
    torch.manual_seed(5)
    read = KernelModel(KINDS[kind](layered(2, 2, IQP), 2), 2, head).double()
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
    model = quantum("fidelity", head="ridge")
    model.fit_head(x, y, backend("ideal"))
    expected = model(x, backend("ideal"))
    found = model.float()(x.float(), backend("ideal"))
    assert found.dtype == torch.float32
    torch.testing.assert_close(found.double(), expected, rtol=0, atol=1e-2)


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="no head 'tree'"):
        KernelModel(RbfKernel(2), 2, "tree")
    with pytest.raises(ValueError, match="fitted first"):
        quantum("projected")(problem()[0], backend("ideal"))
