"""The hybrid classifier and its control: shapes, what they compute, gradients, and weights on disk."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from qcore.backends.ideal import IdealBackend
from qcore.backends.noisy import NoisyBackend
from qcore.backends.protocol import Expectations, Provenance
from qcore.circuits import reuploading
from qcore.errors import MissingAsset
from qcore.models.basis import Plain, TwoSided
from qcore.models.encoded import load_weights, n_parameters, save_weights
from qcore.models.encoder import Feature, TableEncoder
from qcore.models.mlp import MLPClassifier
from qcore.models.variational import VariationalClassifier
from qcore.noise.device.calibration import load
from qcore.noise.model import CalibratedNoise

N_FEATURES = 5


def features(n: int = 7) -> Tensor:
    return torch.randn(n, N_FEATURES, generator=torch.Generator().manual_seed(2), dtype=torch.float64)


def variational(seed: int = 0) -> VariationalClassifier:
    torch.manual_seed(seed)
    return VariationalClassifier(reuploading(2, 2), TwoSided(N_FEATURES, 3)).double()


def perceptron(seed: int = 0, n_hidden: int = 4) -> MLPClassifier:
    torch.manual_seed(seed)
    return MLPClassifier(Plain(N_FEATURES), n_hidden).double()


def test_the_hybrid_is_two_linear_maps_around_a_circuit() -> None:
    model, x = variational(), features()
    angles = TwoSided(N_FEATURES, 3)(x) @ model.angles.weight.T
    expected = IdealBackend().expectations(model.circuit, angles, model.weights).values @ model.readout.weight.T
    logits = model(x, IdealBackend())
    assert logits.shape == (7, 1)
    torch.testing.assert_close(logits, expected + model.readout.bias, rtol=0, atol=1e-12)
    assert torch.equal(model.logits(model.expectations(x, IdealBackend())), logits)


def measured(covariance: Tensor | None, standard_error: Tensor) -> Expectations:
    provenance = Provenance("test", "test", None, 100, 0, "none", None, 0.0)
    return Expectations(torch.zeros_like(standard_error), standard_error, provenance, covariance)


def test_without_sampling_the_logit_has_no_error() -> None:
    model, x = variational(), features()
    error = model.standard_error(model.expectations(x, IdealBackend()))
    assert torch.equal(error, torch.zeros(7, 1, dtype=torch.float64))


def test_the_error_of_the_logit_knows_what_varies_together() -> None:
    model = variational()
    with torch.no_grad():
        model.readout.weight.copy_(torch.tensor([[2.0, -3.0]]))
    errors = torch.tensor([[0.1, 0.2], [0.1, 0.2]], dtype=torch.float64)
    together = torch.tensor([[0.01, 0.02], [0.02, 0.04]], dtype=torch.float64)
    covariance = torch.stack([together, torch.diag(together.diagonal())])
    # Fully correlated, 2 and -3 times the errors take from each other; independent, their squares add up.
    expected = torch.tensor([abs(2 * 0.1 - 3 * 0.2), np.hypot(2 * 0.1, 3 * 0.2)], dtype=torch.float64)[:, None]
    torch.testing.assert_close(model.standard_error(measured(covariance, errors)), expected)
    # Where nothing is known of the correlation, the worst is assumed: 2 x 0.1 + 3 x 0.2.
    at_most = model.standard_error(measured(None, errors))
    torch.testing.assert_close(at_most, torch.full((2, 1), 0.8, dtype=torch.float64))


def test_the_error_of_the_logit_is_its_scatter_over_seeds() -> None:
    model, x = variational(), features(1)
    noise = CalibratedNoise(load("fez"))
    with torch.no_grad():
        runs = [model.expectations(x, NoisyBackend(noise, shots=200, seed=seed)) for seed in range(300)]
        scatter = torch.cat([model.logits(run) for run in runs]).std()
        reported = model.standard_error(runs[0])
    assert float(scatter / reported) == pytest.approx(1, abs=5 / np.sqrt(600))


def test_the_hybrid_trains_under_noise_and_shots() -> None:
    model = variational()
    backend = NoisyBackend(CalibratedNoise(load("fez")), shots=100)
    model(features(), backend).square().mean().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


def test_the_logit_is_bounded_by_the_read_out() -> None:
    model = variational()
    logits = model(1000 * features(200), IdealBackend())
    reach = model.readout.weight.abs().sum() + 1e-9
    assert ((logits - model.readout.bias).abs() <= reach).all()


def test_training_starts_at_a_rare_event() -> None:
    for seed in range(5):
        risk = torch.sigmoid(variational(seed)(features(100), IdealBackend()))
        assert 0.02 < risk.mean() < 0.4


def test_the_gradient_reaches_every_parameter() -> None:
    model = variational()
    model(features(), IdealBackend()).square().mean().backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
    assert (model.angles.weight.grad != 0).all()
    assert (model.readout.weight.grad != 0).all()
    assert (model.weights.grad != 0).all()


def test_the_perceptron_as_numpy() -> None:
    model, x = perceptron(), features()
    state = {name: value.numpy() for name, value in model.state_dict().items()}
    hidden = np.maximum(x.numpy() @ state["hidden.weight"].T + state["hidden.bias"], 0)
    expected = hidden @ state["readout.weight"].T + state["readout.bias"]
    logits = model(x)
    assert logits.shape == (7, 1)
    np.testing.assert_allclose(logits.detach().numpy(), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("n", [1, 2])
def test_a_batch_of_one_stays_a_batch(n: int) -> None:
    assert perceptron()(features(n)).shape == (n, 1)
    assert variational()(features(n), IdealBackend()).shape == (n, 1)


def filled(model: nn.Module) -> nn.Module:
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(1.0)
    return model


def test_parameters_are_counted_by_what_the_model_is_made_of() -> None:
    assert n_parameters(filled(perceptron(n_hidden=4))) == 4 * (N_FEATURES + 1) + 4 + 1
    circuit = reuploading(2, 2)
    expected = circuit.n_inputs * (N_FEATURES + 3) + circuit.n_weights + circuit.n_qubits + 1
    assert n_parameters(filled(variational())) == expected
    assert n_parameters(TableEncoder(("a",), (Feature("a"),), {})) == 0, "fitted scales are not trained"


def test_a_pruned_weight_is_no_parameter() -> None:
    model = filled(perceptron(n_hidden=4))
    before = n_parameters(model)
    with torch.no_grad():
        model.hidden.weight[0, :3] = 0.0
        model.readout.weight[0, 0] = -0.0
    assert n_parameters(model) == before - 4


@pytest.mark.parametrize("build", [variational, perceptron])
def test_weights_survive_the_disk(build: type[nn.Module], tmp_path: Path) -> None:
    saved, read = build(0), build(1)
    arguments = (features(), IdealBackend()) if isinstance(saved, VariationalClassifier) else (features(),)
    assert not torch.equal(saved(*arguments), read(*arguments))
    save_weights(saved, tmp_path / "new" / "folder" / "weights.safetensors")
    load_weights(read, tmp_path / "new" / "folder" / "weights.safetensors")
    assert torch.equal(saved(*arguments), read(*arguments))
    assert not read.training


@pytest.mark.parametrize("other", [perceptron(n_hidden=5), variational()], ids=["another width", "another kind"])
def test_weights_of_another_model_are_refused(other: nn.Module, tmp_path: Path) -> None:
    save_weights(other, tmp_path / "weights.safetensors")
    with pytest.raises(MissingAsset, match="does not fit"):
        load_weights(perceptron(n_hidden=4), tmp_path / "weights.safetensors")


def test_several_labels_have_an_output_and_an_error_each() -> None:
    torch.manual_seed(0)
    model = VariationalClassifier(reuploading(2, 2), Plain(N_FEATURES), n_outputs=3).double()
    errors = torch.tensor([[0.1, 0.2]], dtype=torch.float64)
    assert model(features(), IdealBackend()).shape == (7, 3)
    found = model.standard_error(measured(torch.diag_embed(errors.square()), errors))
    expected = (model.readout.weight.square() @ errors[0].square()).sqrt()
    torch.testing.assert_close(found[0], expected.detach())
