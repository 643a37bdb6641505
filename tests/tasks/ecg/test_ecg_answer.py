"""What the released ECG models say: of made-up recordings, under noise, with shots; and what speaks for it."""

from functools import cache

import numpy as np
import pytest
import torch

from qcore.io.ecg.leads import INDEPENDENT
from qcore.tasks.classification.model import CONTROL, HYBRID, RESNET_1D
from qcore.tasks.ecg.answer import Answer, answer, load
from qcore.tasks.ecg.attention import Attended, agreement
from qcore.tasks.ecg.question import AF, CD, LABELS, NORM
from qcore.tasks.ecg.synthetic_cases import synthetic
from qcore.tasks.ecg.windows import Windows, windows

FEZ = "noisy:fez:3"


@cache
def seen(name: str) -> Windows:
    return windows(synthetic(name).ecg)


def said(name: str, backend: str = "ideal", model: str = HYBRID) -> Answer:
    return answer(load(), seen(name).x, backend, model)


@pytest.mark.parametrize(
    ("name", "label"), [("normal", NORM), ("atrial_fibrillation", AF), ("left_bundle_branch_block", CD)]
)
def test_textbook_recordings_are_told_by_every_model(name: str, label: str) -> None:
    for model in (HYBRID, CONTROL, RESNET_1D):
        found = said(name, model=model).diagnoses
        assert found[label].is_given
        assert max(found, key=lambda each: found[each].probability) == label
        assert all(each.low <= each.probability <= each.high for each in found.values())


def test_noise_moves_the_hybrid_alone_and_changes_no_decision_here() -> None:
    exact, noisy = said("atrial_fibrillation"), said("atrial_fibrillation", FEZ)
    assert noisy.backend == FEZ
    moved = [abs(exact.diagnoses[name].probability - noisy.diagnoses[name].probability) for name in LABELS.names]
    assert 0 < max(moved) < 0.1
    assert all(exact.diagnoses[name].is_given == noisy.diagnoses[name].is_given for name in LABELS.names)
    assert said("normal", FEZ, CONTROL).diagnoses == said("normal", model=CONTROL).diagnoses


def test_the_error_from_shots_is_the_scatter_of_repeated_runs() -> None:
    runs = [said("hypertrophy", f"noisy:fez:shots=500:seed={seed}").diagnoses for seed in range(12)]
    for name in LABELS.names:
        values, told = [run[name].probability for run in runs], np.mean([run[name].standard_error for run in runs])
        # Twelve runs know their own scatter to a fifth.
        assert told / 2 < np.std(values, ddof=1) < 2 * told, name
    assert all(each.standard_error == 0 for each in said("hypertrophy").diagnoses.values())


def test_windows_are_averaged() -> None:
    both = torch.cat([seen("normal").x, seen("atrial_fibrillation").x])
    found = answer(load(), both, "ideal").diagnoses[AF].probability
    assert said("normal").diagnoses[AF].probability < found < said("atrial_fibrillation").diagnoses[AF].probability


def test_contributions_of_stretches_add_up_to_what_is_said() -> None:
    x = seen("left_bundle_branch_block").x
    found = Attended(load(), x, CD, "ideal").stretches()
    probability = said("left_bundle_branch_block").diagnoses[CD].probability
    assert found.base_value + found.values.sum() == pytest.approx(np.log(probability / (1 - probability)), abs=1e-3)


def test_integrated_gradients_add_up_and_agree_with_themselves_alone() -> None:
    attended = Attended(load(), seen("left_bundle_branch_block").x, CD, "ideal")
    found = attended.integrated_gradients()
    assert found.values.shape == (len(INDEPENDENT), 1000)
    whole = abs(found.base_value) + abs(found.values.sum())
    assert abs(found.residual) < 0.1 * whole
    assert agreement(found, found) == pytest.approx(1)
    assert 0 < agreement(found, attended.stretches()) < 1


def test_hiding_the_wide_qrs_takes_the_block_away_and_hiding_nothing_takes_nothing() -> None:
    made = synthetic("left_bundle_branch_block")
    beats = np.rint(made.beats / made.ecg.rate_hz * 100).astype(int)
    spans = {"QRS": [(beat - 8, beat + 10) for beat in beats], "P": [], "nothing": [(0, 1)]}
    found = Attended(load(), seen("left_bundle_branch_block").x, CD, FEZ).occlusion(spans)
    assert set(found) == {"QRS", "nothing"}
    assert found["QRS"].values.max() > 0.3
    assert np.abs(found["nothing"].values).max() < 1e-6


def test_a_map_changes_when_the_weights_are_drawn_anew() -> None:
    """The sanity check of Adebayo et al. 2018, arXiv:1810.03292."""
    model, x = load(), seen("left_bundle_branch_block").x
    known = Attended(model, x, CD, "ideal").integrated_gradients()
    trunks = model.preparation.state_dict()
    kept = {name: value.clone() for name, value in trunks.items()}
    generator = torch.Generator().manual_seed(0)
    try:
        with torch.no_grad():
            for name, value in trunks.items():
                if name.endswith("0.weight") and value.ndim == 3:
                    value.copy_(value.std() * torch.randn(value.shape, generator=generator))
        unknown = Attended(model, x, CD, "ideal").integrated_gradients()
    finally:
        model.preparation.load_state_dict(kept)
    assert abs(np.corrcoef(known.values.ravel(), unknown.values.ravel())[0, 1]) < 0.5
