"""The trained models on made-up images: what is said agrees with itself, and where they look hangs on their weights."""

import copy
from dataclasses import replace

import numpy as np
import pytest
import torch

from qcore.tasks.classification.model import HYBRID
from qcore.tasks.imaging.answer import answer, label_of, load
from qcore.tasks.imaging.attention import attention
from qcore.tasks.imaging.examples import EXAMPLES
from qcore.tasks.imaging.preparation import prepared
from qcore.tasks.imaging.subjects import SUBJECTS


@pytest.mark.parametrize("key", EXAMPLES)
def test_what_is_answered_is_possible_and_noise_hardly_moves_it(key: str) -> None:
    example = EXAMPLES[key]
    model, case = load(example.question), prepared(example.series(), SUBJECTS[example.question])
    found, noisy = (answer(model, case, backend) for backend in ("ideal", "noisy:fez"))
    label = label_of(model)
    assert 0 < found.probability < 1
    assert found.threshold == model.facts.thresholds[label.name]
    assert (label.name if found.is_yes else label.absent) in found.possible
    assert found.is_certain == (len(found.possible) == 1)
    assert noisy.backend == "noisy:fez"
    assert noisy.probability == pytest.approx(found.probability, abs=0.02)


@pytest.mark.parametrize("key", ["ragged", "thick"])
def test_where_a_model_looks_hangs_on_its_weights(key: str) -> None:
    example = EXAMPLES[key]
    model, case = load(example.question), prepared(example.series(), SUBJECTS[example.question])
    found = attention(model, case, "ideal").values
    assert found.shape == tuple(case.x.shape[2:])
    assert np.abs(found).max() > 0.1
    others = [copy.deepcopy(member) for member in model.members[HYBRID]]
    generator = torch.Generator().manual_seed(0)
    for other in others:
        for weights in other.parameters():
            weights.data = weights.data[torch.randperm(len(weights), generator=generator)]
    shuffled = replace(model, members={**model.members, HYBRID: others})
    where = np.abs(found) > 0
    assert abs(np.corrcoef(found[where], attention(shuffled, case, "ideal").values[where])[0, 1]) < 0.7
