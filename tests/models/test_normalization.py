"""Post-measurement normalisation: what noise does to all patients alike, it takes out again."""

import torch
from torch import Tensor

from qcore.backends.registry import backend
from qcore.circuits import reuploading
from qcore.models.basis import Plain
from qcore.models.variational import VariationalClassifier

N_FEATURES = 3


def classifier(normalize: bool) -> VariationalClassifier:
    torch.manual_seed(4)
    return VariationalClassifier(reuploading(2, 2), Plain(N_FEATURES), normalize=normalize).double()


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


def test_the_standard_error_of_the_log_odds_is_that_of_repeated_shots() -> None:
    people, model = patients(3), classifier(normalize=True)
    for _ in range(50):
        model(patients(), backend("ideal"))
    model.eval()
    with torch.no_grad():
        runs = [model.expectations(people, backend(f"noisy:fez:shots=500:seed={seed}")) for seed in range(200)]
        spread = torch.stack([model.logits(run) for run in runs]).std(0)
        claimed = model.standard_error(runs[0])
    assert ((spread / claimed - 1).abs() < 0.25).all()
