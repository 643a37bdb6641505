"""Post-measurement normalisation: what noise does to all patients alike, it takes out again."""

import pytest
import torch
from torch import Tensor

from qcore.backends.registry import backend
from qcore.circuits import reuploading
from qcore.models.basis import Plain
from qcore.models.variational import VariationalClassifier, renormalized

N_FEATURES = 3


def classifier(normalize: bool) -> VariationalClassifier:
    torch.manual_seed(4)
    return VariationalClassifier(reuploading(2, 2), Plain(N_FEATURES), normalize).double()


def patients(n: int = 300) -> Tensor:
    return torch.randn(n, N_FEATURES, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


def test_in_training_every_observable_has_mean_0_and_variance_1() -> None:
    model, ideal = classifier(normalize=True), backend("ideal")
    seen: list[Tensor] = []
    assert model.normalization is not None
    model.normalization.register_forward_hook(lambda *call: seen.append(call[2]))
    model(patients(), ideal)
    torch.testing.assert_close(seen[0].mean(0), torch.zeros(2, dtype=torch.float64), atol=1e-9, rtol=0)
    torch.testing.assert_close(seen[0].var(0, unbiased=False), torch.ones(2, dtype=torch.float64), atol=1e-3, rtol=0)


def test_without_it_the_weights_file_is_what_it_was() -> None:
    assert not [name for name in classifier(normalize=False).state_dict() if "normalization" in name]


def test_read_out_errors_vanish_once_it_is_renormalised_on_the_device() -> None:
    ideal, noisy = backend("ideal"), backend("noisy:p1_given_0=0.05:p0_given_1=0.15")
    model, people = classifier(normalize=True).eval(), patients()
    model = renormalized(model, people, ideal)
    with torch.no_grad():
        wanted = model(people, ideal)
        unmended = model(people, noisy)
        # Read-out errors scale and shift every expectation, which is just what normalisation takes out.
        mended = renormalized(model, people, noisy)(people, noisy)
    assert (unmended - wanted).abs().max() > 0.01
    assert (mended - wanted).abs().max() < 0.001 * (unmended - wanted).abs().max()


def test_renormalising_leaves_the_model_it_was_given_alone() -> None:
    model = classifier(normalize=True).eval()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    renormalized(model, patients(), backend("noisy:fez:3"))
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_a_model_without_normalisation_cannot_be_renormalised() -> None:
    with pytest.raises(ValueError, match="without post-measurement normalisation"):
        renormalized(classifier(normalize=False), patients(), backend("ideal"))


def test_the_standard_error_of_the_log_odds_is_that_of_repeated_shots() -> None:
    people = patients(3)
    model = renormalized(classifier(normalize=True).eval(), patients(), backend("ideal"))
    with torch.no_grad():
        runs = [model.expectations(people, backend(f"noisy:fez:shots=500:seed={seed}")) for seed in range(200)]
        spread = torch.stack([model.logits(run) for run in runs]).std(0)
        claimed = model.standard_error(runs[0])
    assert ((spread / claimed - 1).abs() < 0.25).all()
