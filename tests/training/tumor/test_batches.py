"""Batches of the tumour model: sources weighted, tumours pasted, cells labelled, images in bounds."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from made_up_slices import slices

from qcore.backends.registry import backend
from qcore.circuits.ansatz import SEPARATE
from qcore.circuits.encodings import ANGLE
from qcore.circuits.reuploading import layered
from qcore.models.images.cells import CellExperts, image_logits
from qcore.training.tumor.batches import MORE_OFTEN, Batches, cell_labels, weights
from qcore.training.tumor.pasting import Paster


def test_rare_sources_are_drawn_more_often_than_their_size_and_kinds_in_fixed_shares() -> None:
    weight, made = weights(slices()), slices()
    assert weight.sum() == pytest.approx(1)
    healthy = made.kind == 0
    assert weight[healthy].sum() == pytest.approx(0.5 / 0.97)
    assert weight[healthy & (made.source == "b")].mean() > weight[healthy & (made.source == "a")].mean()


def test_slices_of_varied_collections_are_drawn_more_often() -> None:
    made = slices()
    healthy = np.flatnonzero(made.kind == 0)
    half = len(healthy) // 2
    source = made.source.astype("<U20")
    source[healthy[:half]], source[healthy[half : 2 * half]] = "ixi", "kaggle healthy"
    weight = weights(replace(made, source=source))
    assert weight[healthy[half]] / weight[healthy[0]] == pytest.approx(MORE_OFTEN)


def test_a_kind_that_is_not_asked_for_takes_no_place_from_the_others() -> None:
    made = slices()
    made.kind[2:6] = 4
    weight = weights(made)
    assert weight[made.kind == 4].sum() == pytest.approx(0.03)
    assert weight[made.kind == 0].sum() == pytest.approx(0.5)


def test_a_tumour_is_pasted_into_the_head_and_a_healthy_piece_leaves_no_label() -> None:
    made = slices()
    paster, rng = Paster.of(made), np.random.default_rng(0)
    assert set(paster.donors) == set(range(2, 12, 2))
    head = torch.from_numpy(made.images[1, 0]).float() / 255
    changed, where = paster.pasted(head, tumour=True, rng=rng) or (head, head)
    inside = where > 0
    assert 40 < inside.sum() < 20_000
    assert changed[inside].mean() > head[inside].mean() + 0.1
    assert torch.equal(changed[~inside & (head == 0)][:50], torch.zeros(50))
    assert paster.pasted(torch.zeros(64, 64), tumour=True, rng=rng) is None


def test_a_batch_holds_images_in_bounds_and_what_is_known_of_every_cell() -> None:
    batch = Batches(slices(), 96, seed=3).draw(64)
    assert batch.x.shape == (64, 1, 96, 96)
    assert 0 <= float(batch.x.min()) < float(batch.x.max()) < 1.201
    assert batch.cells.shape == (64, 6, 6)
    assert set(batch.cells.unique().tolist()) == {-1.0, 0.0, 1.0}
    healthy, moved_out = batch.y[:, 0] == 1, batch.y.sum(1) == 0
    unnamed = (batch.y > 0).sum(1) == 3
    assert healthy.any()
    assert unnamed.any()
    assert torch.allclose(batch.y[~moved_out].sum(1), torch.ones(1))
    assert not (batch.cells[healthy] == 1).any()
    assert (batch.cells[unnamed] == 1).flatten(1).any(1).all()
    assert torch.equal(batch.x, Batches(slices(), 96, seed=3).draw(64).x)
    assert not torch.equal(batch.x, Batches(slices(), 96, seed=4).draw(64).x)


def test_cells_are_labelled_by_what_covers_them() -> None:
    tumour, unknown = torch.zeros(2, 64, 64), torch.zeros(2, 64, 64)
    tumour[0, :16, :16] = 1
    tumour[0, 16:32, :4] = 1
    unknown[0, 32:48, 32:48] = 1
    tumour[1, 40:44, 20:24] = 1
    labels = cell_labels(tumour, unknown, 4)
    assert labels[0, 0, 0] == 1
    assert labels[0, 1, 0] == -1, "a quarter is neither"
    assert labels[0, 2, 2] == -1
    assert labels[0].eq(0).sum() == 13
    assert labels[1, 2, 1] == 1, "the only cell of a tumour smaller than a cell"
    assert labels[1].eq(0).sum() == 15


def test_the_image_is_what_its_most_suspicious_cells_say() -> None:
    cells = torch.full((1, 4, 5, 5), -4.0)
    cells[0, 0, 1, 1:5] = torch.tensor([2.0, 3.0, 4.0, 5.0])
    cells[0, 2, 1, 1:5] = 3.0
    logits = image_logits(cells)
    none = float(torch.softmax(logits, 1)[0, 0])
    evidence = np.array([2.0, 3.0, 4.0, 5.0, *[-4.0] * 21])
    of_image = float((evidence * np.exp(evidence)).sum() / np.exp(evidence).sum())
    assert 4 < of_image < 5
    assert none == pytest.approx(1 / (1 + np.exp(of_image)), rel=1e-5)
    assert int(logits.argmax()) == 2


def test_circuits_read_every_cell_by_itself() -> None:
    torch.manual_seed(0)
    experts = CellExperts(8, layered(2, 2, ANGLE, SEPARATE, "xyz-zz"), 3, 4).eval()
    x = torch.randn(2, 8, 3, 3)
    cells = experts.cells(x, backend("ideal"))
    assert cells.shape == (2, 4, 3, 3)
    moved = x.clone()
    moved[0, :, 1, 2] += 1
    changed = (experts.cells(moved, backend("ideal")) - cells).abs().sum(1) > 1e-6
    assert changed.nonzero().tolist() == [[0, 1, 2]]
    assert experts(x, backend("ideal")).shape == (2, 4)
