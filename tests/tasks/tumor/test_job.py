"""A slice on a processor: what is sent, and that what comes back is read as the model reads its own cells."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from qcore.backends.registry import backend
from qcore.circuits import reuploading
from qcore.errors import UnsuitableCircuit
from qcore.models.quantum_layer import QuantumLayer
from qcore.tasks.classification.model import HYBRID
from qcore.tasks.tumor.answer import answer, load, preparation
from qcore.tasks.tumor.examples import EXAMPLES
from qcore.tasks.tumor.job import N_CELLS_SENT, N_TYPICAL_SENT, CellsJob, Measured, cells_job, read_job
from qcore.tasks.tumor.looked import Looked, look

NO_WEIGHTS = torch.empty(0)
SLICES = slice(26, 31)


@pytest.fixture(scope="module")
def looked() -> Looked:
    """A few slices around the lesion of a made-up head."""
    series = EXAMPLES["ring"].series()
    return look(replace(series, pixels=series.pixels[SLICES]), preparation(load()))


@pytest.fixture(scope="module")
def job(looked: Looked) -> CellsJob:
    return cells_job(load(), looked, answer(load(), looked, "ideal").place)


def measured(looked: Looked, job: CellsJob, where: str) -> Measured:
    return read_job(load(), looked, job, backend(where).expectations(job.circuit, job.inputs, NO_WEIGHTS))


def test_the_cells_that_weigh_most_and_typical_angles_of_every_member_are_sent(job: CellsJob) -> None:
    members = load().members[HYBRID]
    n_experts, circuit = members[0].n_experts, members[0].quantum.circuit  # type: ignore[union-attr]
    sets = len(members) * (N_CELLS_SENT * n_experts + N_TYPICAL_SENT)  # type: ignore[operator]
    assert job.inputs.shape == (sets, circuit.n_inputs + circuit.n_weights)  # type: ignore[operator, union-attr]
    assert job.circuit.n_weights == 0
    assert len(job.cells.unique()) == N_CELLS_SENT
    assert 0.5 < job.share < 1


def test_a_job_without_noise_gives_the_noiseless_answer(looked: Looked, job: CellsJob) -> None:
    exact, found = answer(load(), looked, "ideal"), measured(looked, job, "ideal")
    assert found.answer.by_slice == pytest.approx(exact.by_slice, abs=1e-5)
    assert found.answer.probabilities == pytest.approx(dict(exact.probabilities), abs=1e-5)
    assert found.answer.possible == exact.possible
    assert found.tumour == pytest.approx(1 - exact.by_slice[job.place, 0], abs=1e-5)
    assert found.standard_error == 0


def test_only_the_slice_that_was_sent_is_as_measured(looked: Looked, job: CellsJob) -> None:
    exact, found = answer(load(), looked, "ideal"), measured(looked, job, "noisy:fez:5")
    moved = np.abs(found.answer.by_slice - exact.by_slice).max(axis=1) > 1e-6
    assert np.flatnonzero(moved).tolist() == [job.place]
    assert found.answer.backend == "noisy:fez:5"


def test_the_standard_error_is_the_scatter_of_repeated_jobs(looked: Looked, job: CellsJob) -> None:
    runs = [measured(looked, job, f"noisy:fez:shots=500:seed={seed}") for seed in range(40)]
    tumour, error = (np.array([getattr(run, name) for run in runs]) for name in ("tumour", "standard_error"))
    # Forty runs tell their own scatter to 11 %.
    assert 0.6 < tumour.std(ddof=1) / error.mean() < 1.5
    exact = measured(looked, job, "noisy:fez").tumour
    assert tumour.mean() == pytest.approx(exact, abs=4 * tumour.std(ddof=1) / np.sqrt(len(runs)) + 0.001)


def test_what_is_not_normalised_needs_no_reading() -> None:
    layer = QuantumLayer(reuploading(2, 1))
    with pytest.raises(UnsuitableCircuit, match="normalize=True"):
        layer.read(torch.zeros(1, 2), torch.zeros(4, 2), torch.zeros(4, 2))
