"""A backend that remembers what ran."""

import torch

from qcore.backends.registry import backend
from qcore.backends.watched import Watched
from qcore.circuits.experts import expert


def test_it_answers_as_the_other_and_counts_circuits() -> None:
    circuit, inputs = expert(2, 1), torch.rand(3, 2)
    weights = torch.rand(circuit.n_weights)
    watched = Watched(backend("ideal"))
    assert (watched.name, watched.provenance, watched.n_circuits) == ("ideal", None, 0)
    found = watched.expectations(circuit, inputs, weights)
    torch.testing.assert_close(found.values, backend("ideal").expectations(circuit, inputs, weights).values)
    watched.expectations(circuit, inputs[:1], weights)
    assert watched.n_circuits == 4
    assert watched.provenance is not None
    assert watched.provenance.device == "state vectors in torch"
