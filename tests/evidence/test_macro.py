"""The mean AUROC over labels, with its interval and what two models differ by."""

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from qcore.evidence import metrics
from qcore.evidence.macro import macro_evidence


def test_it_is_the_mean_of_the_labels_and_compares_on_the_same_cases(monkeypatch: pytest.MonkeyPatch) -> None:
    for function in (metrics.estimate, metrics.paired_difference):
        monkeypatch.setattr(function, "__defaults__", (100,))
    rng = np.random.default_rng(0)
    outcome = rng.integers(0, 2, (120, 2)).astype(float)
    good, poor = outcome + rng.normal(0, 1, outcome.shape), outcome + rng.normal(0, 3, outcome.shape)
    found = macro_evidence(("a", "b"), outcome, good, {"control": poor})
    each = [roc_auc_score(outcome[:, column], good[:, column]) for column in range(2)]
    assert found.auroc.value == pytest.approx(np.mean(each), abs=1e-4)
    assert found.auroc.low < found.auroc.value < found.auroc.high
    difference = found.differences["control"]
    assert difference.value == pytest.approx(found.auroc.value - found.controls["control"].value, abs=2e-4)
    assert difference.low > 0
