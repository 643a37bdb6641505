"""What is kept of an evaluation gives every figure again; the card, the README and the commands say the same."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from made_up_study import known, study
from typer.testing import CliRunner

from qcore.cli import app
from qcore.errors import MissingAsset
from qcore.settings import REPOSITORY
from qcore.study import Quantity, Units
from qcore.tasks.dosing.networks import store
from qcore.tasks.dosing.networks.evaluation import stored
from qcore.tasks.dosing.networks.evaluation.stored import NetworkEvaluation
from qcore.tasks.dosing.networks.model import Build, Experts
from qcore.training.dosing import candidates as named
from qcore.training.dosing import challenge, coverage, release
from qcore.training.dosing.candidates import Candidate, Start
from qcore.training.dosing.card import GOALS, card, errors_table
from qcore.training.dosing.evaluate import Validation
from qcore.training.dosing.size import train_size
from qcore.training.loop.recipe import Recipe

SMALL = {
    "superposition": Candidate(Start.SUPERPOSITION),
    "quantum": Candidate(Start.SUPERPOSITION, Build(Experts.QUANTUM, n_qubits=2, n_layers=1), seeds=(0, 1)),
    "classical": Candidate(Start.SUPERPOSITION, Build(Experts.CLASSICAL, n_qubits=2, n_layers=1)),
}
PAIR = ("quantum", "classical")


@pytest.fixture(scope="module")
def small(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Validation, NetworkEvaluation, release.ReleaseRecord, Path]:
    """A validation, its evaluation and what was released, all on a made-up study in a folder of their own."""
    folder = tmp_path_factory.mktemp("learned")
    validation = Validation(study(9), known(), folder / "kept", 2, 1, {"unseen": None}, SMALL)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(named, "BLURRED", replace(named.BLURRED, network=Recipe(2, batch=64)))
        patch.setattr(release, "LEARNED", PAIR)
        patch.setattr(coverage, "NOISY_BACKENDS", ())
        found = NetworkEvaluation(study="0123", measured=validation.run())
        found = coverage.with_networks(found, validation, PAIR)
        released = release.release(validation, folder)
    stored.save(found, folder)
    return validation, found, released, folder


def test_an_evaluation_is_read_as_it_was_written(
    small: tuple[Validation, NetworkEvaluation, release.ReleaseRecord, Path],
) -> None:
    _, found, released, folder = small
    assert stored.load(folder) == found
    assert release.load(folder) == released
    longest = max(len(line) for line in (folder / stored.FILE).read_text(encoding="utf-8").splitlines())
    assert longest < 48 * 12


def test_several_members_are_the_mean_of_each(
    small: tuple[Validation, NetworkEvaluation, release.ReleaseRecord, Path],
) -> None:
    validation, *_ = small
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(named, "BLURRED", replace(named.BLURRED, network=Recipe(2, batch=64)))
        both = validation.predictions()["quantum", "unseen"][0]
        each = [
            replace(validation, candidates={"one": replace(SMALL["quantum"], seeds=(seed,))}).predictions()
            for seed in (0, 1)
        ]
    mean = (each[0]["one", "unseen"][0] + each[1]["one", "unseen"][0]) / 2
    torch.testing.assert_close(torch.from_numpy(both), torch.from_numpy(mean))


def test_the_intervals_of_every_network_are_looked_at(
    small: tuple[Validation, NetworkEvaluation, release.ReleaseRecord, Path],
) -> None:
    _, found, *_ = small
    assert {(each.model, each.quantity) for each in found.coverage} == {(name, q) for name in PAIR for q in Quantity}


def test_each_place_is_told_by_itself(small: tuple[Validation, NetworkEvaluation, release.ReleaseRecord, Path]) -> None:
    _, found, *_ = small
    assert len(found.measured.errors) == 3 * 2
    noise = found.report()["under_noise"]
    assert {(each["backend"], each["model"]) for each in noise} == {("ideal", "quantum")}
    # The one division of this validation is its first.
    before = {each.quantity: each.rmse.value for each in found.measured.errors if each.model == "quantum"}
    assert {each["quantity"]: each["rmse"]["value"] for each in noise} == before


def test_what_was_released_can_be_loaded_and_its_card_says_what_was_found(
    small: tuple[Validation, NetworkEvaluation, release.ReleaseRecord, Path],
) -> None:
    _, found, released, folder = small
    model = store.load(store.folder("quantum", "unseen", folder))
    assert len(model.members) == 2
    assert bool((model.residual_sd > 0).all())
    angles = {each.model: each.n_angles for each in released.models}
    assert angles == {"quantum": 2 * 4 * 6, "classical": 0}  # two mixtures of four experts
    text = card(found, released, Units())
    assert errors_table(found.measured) in text
    assert "Not measured yet: `qlinical study dosing`." in text
    assert "| quantum | unseen | 2 |" in text
    assert "one network a model (seed 0), but the mean of several in quantum 2." in text
    assert "with fewer members" not in text


def test_a_size_takes_its_place_in_the_map(
    small: tuple[Validation, NetworkEvaluation, release.ReleaseRecord, Path],
) -> None:
    validation, found, released, _ = small
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(named, "SHARP", replace(named.SHARP, network=Recipe(1, batch=64)))
        patch.setattr("qcore.training.dosing.size.FORECAST_AFTER", 30.0)
        one = train_size(validation, 2, 1)
    larger = one.model_copy(update={"n_qubits": 4, "n_layers": 2})
    twice = found.with_size(larger).with_size(one).with_size(larger)
    assert [(each.n_qubits, each.n_layers) for each in twice.sizes] == [(2, 1), (4, 2)]
    text = card(twice, released, Units())
    assert "Not trained yet: 2 x 2," in text
    report = twice.report()
    assert len(report["sizes"]) == 2 * 2
    assert json.loads(json.dumps(report)) == report


def test_damaged_files_end_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(MissingAsset, match="is missing"):
        stored.load(tmp_path)
    (tmp_path / stored.FILE).write_text("{}", encoding="utf-8")
    (tmp_path / release.RECORD).write_text("{}", encoding="utf-8")
    with pytest.raises(MissingAsset, match="damaged"):
        stored.load(tmp_path)
    with pytest.raises(MissingAsset, match="train dosing --learned"):
        release.load(tmp_path)


def test_the_shipped_card_is_that_of_the_shipped_figures() -> None:
    assert (store.DIRECTORY / challenge.CARD).read_text(encoding="utf-8") == challenge.text_of_card()


def test_the_shipped_figures_are_of_the_shipped_study_and_the_readme_says_them() -> None:
    kept, released = stored.load(), release.load()
    assert kept.study == released.study == challenge.population().study
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert errors_table(kept.measured, challenge.SHOWN) in readme
    assert "0.55 for an unseen subject, which no model reaches" in readme
    assert (
        "0.23 for a forecast, which is reached by the population model and by all models that start from it" in readme
    )
    for each in kept.measured.errors:
        if each.quantity is Quantity.RESPONSE and each.case == "unseen":
            assert each.normalised.value > GOALS["unseen"]
        elif each.quantity is Quantity.RESPONSE and each.model.endswith("mechanistic"):
            assert each.normalised.value <= GOALS["forecast"]


@pytest.mark.parametrize("case", ["unseen", "forecast"])
@pytest.mark.parametrize("name", release.LEARNED)
def test_every_shipped_model_can_be_loaded(name: str, case: str) -> None:
    learned = store.load(store.folder(name, case))
    assert len(learned.members) == len(named.SEEDS)
    assert (learned.features.early is None) == (case == "unseen")
    assert all(member.build.experts in name for member in learned.members)


def test_the_errors_can_be_read_by_a_program_and_by_a_person() -> None:
    runner = CliRunner()
    found = json.loads(runner.invoke(app, ["evaluate", "dosing", "--json"], catch_exceptions=False).stdout)
    assert found["task"] == "dosing"
    assert found["known_until"] == {"unseen": None, "forecast": 168.0}
    models = {each["model"] for each in found["errors"]}
    assert {"mechanistic", "quantum", "classical", "gradient boosting"} <= models
    assert len(found["errors"]) == len(models) * 2 * 2
    for each in found["errors"]:
        estimate, spread = each["normalised"], found["standard_deviations"][each["quantity"]]
        assert estimate["low"] <= estimate["value"] <= estimate["high"]
        assert each["rmse"]["value"] == pytest.approx(estimate["value"] * spread, abs=1e-3)
    pairs = {(each["model"], each["other"]) for each in found["comparisons"]}
    assert {("quantum", "classical"), ("quantum", "mechanistic")} <= pairs
    assert "qlinical evaluate dosing --write" in found["renew"]
    shown = runner.invoke(app, ["evaluate", "dosing"], catch_exceptions=False).stdout
    assert "mechanistic" in shown
