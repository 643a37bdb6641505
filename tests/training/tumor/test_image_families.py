"""Training of tumour families on whole images: certain kinds alone, one ResNet for all, and what a circuit adds."""

from pathlib import Path

import numpy as np
import pytest
import torch

from qcore.evidence.metrics import mean_auroc
from qcore.models.images.cells import STRIDE, CellFeatures
from qcore.tasks.classification.model import CONTROL, HYBRID, RESNET
from qcore.tasks.classification.preparation import InCells
from qcore.tasks.classification.store import names_of_models
from qcore.tasks.questions import QUESTIONS, entry
from qcore.training.classification.cases import Cases
from qcore.training.classification.recipes import NOISELESS
from qcore.training.classification.reference import reference
from qcore.training.classification.study import Study
from qcore.training.classification.train import Training
from qcore.training.loop.recipe import Recipe
from qcore.training.tumor.cases import TumorCases, certain

RECIPE, SMALL = Recipe(1, batch=4), 64
"""Side of images in cells, pixels: enough for a few."""


def slices(n: int, side: int, seed: int) -> TumorCases:
    """Return noise with kinds in turns; every fifth is a tumour of no kind, every seventh is not to be judged."""
    generator = torch.Generator().manual_seed(seed)
    y = torch.nn.functional.one_hot(torch.arange(n) % 4, 4).float()
    y[4::5] = torch.tensor([0, 1, 1, 1]) / 3
    y[6::7] = 0
    x = torch.rand(n, 1, side, side, generator=generator)
    return TumorCases(
        x, y, torch.zeros(n, SMALL // STRIDE, SMALL // STRIDE), np.array([f"{i}" for i in range(n)]), "noise"
    )


def test_images_whose_kind_is_certain_train_whole_images() -> None:
    cases = slices(70, 64, 0)
    found = certain(cases, 48)
    kept = cases.y.max(1).values == 1
    assert len(found.x) == int(kept.sum()) == 48
    assert found.x.shape[1:] == (1, 48, 48)
    assert torch.equal(found.y, cases.y[kept])
    assert found.people is not None
    assert len(found.people) == len(found.cells) == len(found.x)


def test_every_question_with_references_has_one_family_that_brings_them() -> None:
    for name, question in QUESTIONS.items():
        every = [entry(name, family) for family in question.families]
        bringing = [each for each in every if each.brings_references]
        assert len(bringing) == (1 if question.references else 0)
        assert names_of_models(bringing[0]) == (HYBRID, CONTROL, *question.references)
    assert names_of_models(entry("tumor")) == (HYBRID, CONTROL)


def test_families_of_images_are_compared_with_the_resnet_that_one_of_them_brought(data: Path) -> None:
    x = torch.rand(3, 1, 256, 256, generator=torch.Generator().manual_seed(0))
    test = Cases(x, torch.eye(4)[:3])
    found = reference(entry("tumor", "hqcnn"), test, data)
    assert found is not None
    assert (found.name, found.probabilities.shape) == (RESNET, (3, 4))
    for own in (entry("tumor"), entry("tumor", "resistant")):
        assert reference(own, test, data) is None


@pytest.mark.usefixtures("few_resamples")
def test_features_that_were_learnt_beforehand_are_kept_in_a_study(tmp_path: Path) -> None:
    torch.manual_seed(0)
    features = InCells(SMALL)
    features.features = CellFeatures()
    features.eval()

    def cases(n: int, seed: int, with_cells: bool = False) -> Cases:
        made = slices(n, 32, seed)
        y = torch.nn.functional.one_hot(torch.arange(n) % 4, 4).float()
        return Cases(made.x, y, "noise", cells=made.cells if with_cells else None)

    training, validation, test = cases(8, 1, with_cells=True), cases(32, 2), cases(32, 3)
    model = Training(
        entry("tumor"),
        training,
        tmp_path,
        validation,
        (0,),
        recipe_for=lambda _: RECIPE,
        trained_on=NOISELESS,
        preparation=features,
    ).run()
    told: list[str] = []
    study = Study(model, training, validation, test, tmp_path, told.append, lambda _: RECIPE)
    found = study.ablations()
    assert [each.kind for each in found] == ["frozen", "linear"]
    logits = model.logits(HYBRID, test.x, "ideal").mean(0)
    whole = mean_auroc(test.outcome, model.entry.question.labels.scores(logits))
    for each in found:
        assert each.difference.value == pytest.approx(whole - each.auroc, abs=2e-4)
    assert study.learning_curve() == []
    assert len(told) == 2
