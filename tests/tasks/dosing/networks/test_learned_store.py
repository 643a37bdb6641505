"""Trained models on the disk: what is loaded predicts the same, and what is damaged ends in a sentence."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from made_up_study import known, part, study

from qcore.backends.registry import backend
from qcore.errors import InvalidValue, MissingAsset
from qcore.tasks.dosing.networks.base import Base, fit_superposition
from qcore.tasks.dosing.networks.dose_history import half_lives_of
from qcore.tasks.dosing.networks.early_samples import fit_early
from qcore.tasks.dosing.networks.features import fit_features
from qcore.tasks.dosing.networks.mechanistic import Mechanistic
from qcore.tasks.dosing.networks.model import Build, Corrector, Experts, Learned
from qcore.tasks.dosing.networks.samples import measured_moments
from qcore.tasks.dosing.networks.store import MEMBERS, MODEL, load, save

IDEAL = backend("ideal")
WHOLE = study(12)
TRAINING, OTHERS = part(WHOLE, range(8)), part(WHOLE, range(8, 12))
END = 30.0


def learned(start: str, end: float | None, experts: Experts = Experts.QUANTUM, noise: float = 0.1) -> Learned:
    base: Base = fit_superposition(TRAINING)
    if start == "mechanistic":
        base = Mechanistic(known().structure, known().vector, end)
    moments = measured_moments(TRAINING, -np.inf if end is None else end)
    early = None if end is None else fit_early(TRAINING, base, end)
    features = fit_features(TRAINING, moments, base, early, half_lives_of(TRAINING, 3))
    members = []
    for seed in range(2):
        torch.manual_seed(seed)
        member = Corrector(Build(experts, n_qubits=2, n_layers=1), features.n_features)
        for parameter in member.parameters():
            torch.nn.init.normal_(parameter, std=0.3)
        member.shift.copy_(torch.tensor([0.01, -0.02]))
        members.append(member.eval())
    return Learned(features, tuple(members), torch.tensor([noise, 0.2], dtype=torch.float64))


@pytest.mark.parametrize("end", [None, END])
@pytest.mark.parametrize("start", ["superposition", "mechanistic"])
@pytest.mark.parametrize("experts", list(Experts))
def test_what_is_loaded_predicts_exactly_the_same(
    start: str, end: float | None, experts: Experts, tmp_path: Path
) -> None:
    model = learned(start, end, experts)
    save(model, tmp_path)
    again = load(tmp_path)
    moments = measured_moments(OTHERS, -np.inf if end is None else end)
    assert torch.equal(model.predicted(OTHERS, moments, IDEAL), again.predicted(OTHERS, moments, IDEAL))
    assert torch.equal(model.interval(OTHERS, moments, IDEAL), again.interval(OTHERS, moments, IDEAL))
    assert again.members[0].build == model.members[0].build
    assert not again.members[0].training


def test_what_nothing_is_known_of_stays_unknown(tmp_path: Path) -> None:
    save(learned("superposition", None, noise=float("nan")), tmp_path)
    assert load(tmp_path).residual_sd.isnan().tolist() == [True, False]


def test_files_that_are_missing_or_damaged_end_in_a_sentence(tmp_path: Path) -> None:
    save(learned("superposition", None), tmp_path)
    model, weights = (tmp_path / MODEL).read_bytes(), (tmp_path / MEMBERS).read_bytes()
    kept = json.loads(model)
    damages = [
        (b"{", weights, "damaged or of another version"),
        (model.replace(b'"mean"', b'"means"'), weights, "damaged or of another version"),
        (json.dumps({**kept, "mean": kept["mean"][1:]}).encode(), weights, "does not fit together"),
        (json.dumps({**kept, "n_members": 0}).encode(), weights, "does not fit together"),
        (model, weights[:-1], "damaged or belongs to another model"),
    ]
    for broken, heavy, sentence in damages:
        (tmp_path / MODEL).write_bytes(broken)
        (tmp_path / MEMBERS).write_bytes(heavy)
        with pytest.raises(MissingAsset, match=sentence):
            load(tmp_path)
    (tmp_path / MEMBERS).unlink()
    with pytest.raises(MissingAsset, match=r"members\.safetensors is missing"):
        load(tmp_path)


def test_weights_of_another_build_are_refused(tmp_path: Path) -> None:
    save(learned("superposition", None), tmp_path)
    kept = json.loads((tmp_path / MODEL).read_text(encoding="utf-8"))
    kept["build"]["n_qubits"] = 3
    (tmp_path / MODEL).write_text(json.dumps(kept), encoding="utf-8")
    with pytest.raises(MissingAsset, match="does not fit this version"):
        load(tmp_path)


def test_other_covariates_are_refused_by_name() -> None:
    model = learned("superposition", None)
    with pytest.raises(InvalidValue, match="trained with the covariates WT, FLAG, in this order; here they are WT"):
        model.predicted(replace(OTHERS, covariates=("WT",)), measured_moments(OTHERS), IDEAL)


def test_a_base_of_no_known_kind_is_not_kept(tmp_path: Path) -> None:
    model = learned("superposition", None)
    odd = replace(model, features=replace(model.features, base=object()))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="of the kind object cannot be kept"):
        save(odd, tmp_path)
