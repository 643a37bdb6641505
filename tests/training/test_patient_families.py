"""Families that read patients, not images: recurrent cells over courses, and kernels."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from blob_question import ENGINE
from sklearn.datasets import make_classification
from sklearn.metrics import roc_auc_score

from qcore.tasks.aki.course import COLUMNS
from qcore.tasks.aki.inputs import INPUT_NAMES
from qcore.tasks.classification import store
from qcore.tasks.classification.model import CONTROL, GRADIENT_BOOSTING, HYBRID
from qcore.tasks.questions import QUESTIONS, entry
from qcore.training.classification.card import card
from qcore.training.classification.cases import Cases
from qcore.training.classification.evaluate import evaluate
from qcore.training.classification.recipes import recipe_of
from qcore.training.classification.reference import Reference
from qcore.training.classification.train import Training

pytestmark = pytest.mark.usefixtures("few_resamples")

X, Y = (torch.from_numpy(part).float() for part in make_classification(400, 12, random_state=0, flip_y=0.05))
PATIENTS = Cases(X, Y[:, None])


def course_of(rows: Cases) -> Cases:
    """Eight steps, of which the last shows the outcome."""
    x = torch.rand(len(rows), 8, len(COLUMNS), generator=torch.Generator().manual_seed(0), dtype=torch.float64) + 1
    x[:, -1, 0] += rows.y[:, 0]
    x[:, :, COLUMNS.index("icu_type")] = 1
    x[0, :3, 1] = torch.nan
    return Cases(x, rows.y)


@pytest.mark.parametrize("family", ["gru", "projected-kernel"])
def test_patients_are_answered_by_recurrent_cells_and_by_kernels_too(family: str, tmp_path: Path) -> None:
    wanted = entry("aki", family)
    if family == "gru":
        cases = course_of(PATIENTS)
    else:
        x = PATIENTS.x.double().exp()
        x[:, INPUT_NAMES.index("icu_type")] = 2
        x[0, 0] = torch.nan
        cases = Cases(x, PATIENTS.y)
    first, last = cases.part(torch.arange(300)), cases.part(torch.arange(300, 400))
    recipe = replace(recipe_of(wanted, HYBRID), epochs=8)
    trained = Training(wanted, first, tmp_path, last, (0,), recipe_for=lambda _: recipe).run()
    (label,) = QUESTIONS["aki"].labels.columns
    threshold = trained.facts.thresholds[label.name]
    assert 0 < threshold < 1
    risk = trained.probabilities(HYBRID, last.x, ENGINE)
    assert np.mean(risk[last.y.numpy() > 0] >= threshold) >= (label.sensitivity or 1)
    assert roc_auc_score(last.y, risk) > 0.8
    boosting = Reference(GRADIENT_BOOSTING, np.full((100, 1), 0.5), 7, 0.1)
    found = evaluate(trained, last, ENGINE, boosting)
    assert found.only.controls[GRADIENT_BOOSTING]["auroc"].value == 0.5
    assert (found.parameters[GRADIENT_BOOSTING], set(found.only.controls)) == (7, {CONTROL, GRADIENT_BOOSTING})
    store.save(trained, tmp_path)
    loaded = store.load(wanted, tmp_path)
    np.testing.assert_allclose(loaded.probabilities(HYBRID, last.x, ENGINE), risk, atol=1e-6)
    text = card(loaded, found)
    assert wanted.definition.label in text
    assert f"qlinical study aki --family {family}" in text
    assert ("Kernel trained by alignment" in text) == (family != "gru")
