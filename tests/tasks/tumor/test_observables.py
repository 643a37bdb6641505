"""The evidence of a cell term by term, and how far shots scatter it."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from qcore.backends.registry import backend
from qcore.circuits.ansatz import SEPARATE
from qcore.circuits.encodings import ANGLE
from qcore.circuits.reuploading import layered
from qcore.models.images.cells import CellExperts
from qcore.tasks.classification.model import HYBRID
from qcore.tasks.tumor.answer import load, preparation
from qcore.tasks.tumor.attention import METHODS, Attended
from qcore.tasks.tumor.evidence import evidence, of_cells, of_images, where_it_rests, with_errors
from qcore.tasks.tumor.examples import EXAMPLES
from qcore.tasks.tumor.looked import Looked, look
from qcore.tasks.tumor.observables import deciding_cell, terms

SHOTS = "noisy:fez:shots=400:seed={}"


@pytest.fixture(scope="module")
def looked() -> Looked:
    """One slice through the lesion of a made-up head."""
    series = EXAMPLES["ring"].series()
    middle = len(series) // 2
    return look(
        replace(series, pixels=series.pixels[middle : middle + 1], geometry=None, spacing_mm=(1.0, 1.0)),
        preparation(load()),
    )


@pytest.mark.parametrize("where", ["ideal", "noisy:fez:3", SHOTS.format(1)])
def test_terms_and_bias_add_up_to_the_evidence_of_the_deciding_cell(where: str, looked: Looked) -> None:
    model = load()
    cell = deciding_cell(model, looked, 0, where)
    found = terms(model, looked, 0, cell, where)
    with torch.no_grad():
        cells = [member.cells(looked.x, backend(where))[0, 0] for member in model.members[HYBRID]]  # type: ignore[operator]
    assert found.evidence == pytest.approx([float(of_member[cell]) for of_member in cells], abs=1e-5)
    assert float(torch.stack(cells).mean(0).max()) == pytest.approx(found.evidence.mean(), abs=1e-5)
    assert found.observables == ("X0", "X1", "Y0", "Y1", "Z0", "Z1", "Z0 Z1")
    assert found.kinds == ("X", "Y", "Z", "ZZ")
    assert found.by_kind().sum(1) + found.bias == pytest.approx(found.evidence)
    assert bool(found.standard_error().all()) == ("shots" in where) == (found.standard_error_of_all > 0)


def test_noise_moves_terms_and_not_the_bias(looked: Looked) -> None:
    model = load()
    cell = deciding_cell(model, looked, 0, "ideal")
    before, here = (terms(model, looked, 0, cell, where) for where in ("ideal", "noisy:fez:3"))
    assert np.abs(here.terms - before.terms).max() > 1e-4
    assert np.array_equal(here.bias, before.bias)


def test_the_map_of_the_cells_carries_the_error_of_shots(looked: Looked) -> None:
    found = METHODS["cells"](Attended(load(), looked, 0, SHOTS.format(0)))
    assert (found.standard_error > 0).all()
    assert 0 < found.scatter < 0.5
    assert not METHODS["cells"](Attended(load(), looked, 0, "noisy:fez:1")).standard_error.any()


def test_standard_errors_are_how_far_shots_scatter_what_is_read() -> None:
    torch.manual_seed(0)
    members = [CellExperts(5, layered(2, 1, ANGLE, SEPARATE, "xyz-zz"), 2, 3).eval() for _ in range(2)]
    features = torch.randn(1, 5, 2, 2)
    with torch.no_grad():
        rests = where_it_rests([member.cells(features, backend("ideal")) for member in members])
    for read in (of_images, of_cells, rests):
        runs = [with_errors(members, features, backend(SHOTS.format(seed)), read) for seed in range(60)]
        values, errors = (np.stack(each).reshape(60, -1) for each in zip(*runs, strict=True))
        assert values.std(axis=0, ddof=1) == pytest.approx(errors.mean(0), rel=0.35)
        exact, none = with_errors(members, features, backend("ideal"), read)
        assert exact == pytest.approx(evidence(members, features, backend("ideal"), read).detach().numpy())
        assert not none.any()
