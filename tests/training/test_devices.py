"""Training across devices: each call the next one, in order."""

import torch

from qcore.backends.registry import backend
from qcore.circuits import reuploading
from qcore.training.devices import training_backend

NAMES = ("ideal", "noisy:fez", "noisy:sherbrooke:5")
CIRCUIT = reuploading(2, 2)
INPUTS = torch.rand(3, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
WEIGHTS = torch.full((4,), 0.4, dtype=torch.float64)


def test_every_call_runs_on_the_next_one() -> None:
    across = training_backend(NAMES)
    assert across.name == "ideal, noisy:fez, noisy:sherbrooke:5"
    for name in (*NAMES, *NAMES):
        found = across.expectations(CIRCUIT, INPUTS, WEIGHTS)
        expected = backend(name).expectations(CIRCUIT, INPUTS, WEIGHTS)
        torch.testing.assert_close(found.values, expected.values, rtol=0, atol=0)
        assert found.provenance.device == expected.provenance.device


def test_one_name_is_that_backend() -> None:
    assert training_backend(["noisy:fez"]).name == "noisy:fez"
