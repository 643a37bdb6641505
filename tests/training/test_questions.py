"""Training, keeping, measuring and describing a family, on images whose outcome follows a known rule."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from blob_question import ENGINE, FACTS, NOTHING, QUESTION, RECIPE, RELEASED, SEEDS, YES, blobs, study_of, training_of
from sklearn.metrics import roc_auc_score

from qcore.backends.registry import backend
from qcore.errors import MissingAsset
from qcore.evidence.evaluation import LearningPoint
from qcore.evidence.metrics import METRICS
from qcore.models.quantum_layer import ABLATIONS, quantum_layers
from qcore.tasks.classification import store
from qcore.tasks.classification.model import CONTROL, HYBRID, RESNET, Facts, Model, new_member
from qcore.tasks.classification.preparation import Standardised
from qcore.tasks.questions import entry
from qcore.training.cards.noise_curve import noise_curve
from qcore.training.classification import fit, recipes, study
from qcore.training.classification.card import card
from qcore.training.classification.evaluate import decisions_changed, evaluate, with_noise, with_study
from qcore.training.classification.fit import Fit, trained_or_loaded

pytestmark = pytest.mark.usefixtures("few_resamples")


@pytest.fixture(scope="module", autouse=True)
def without_noise() -> Iterator[None]:
    """Training across three processors would show nothing more here, and last."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(recipes, "ACROSS", recipes.NOISELESS)
        yield


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("checkpoints")


@pytest.fixture(scope="module")
def trained(kept: Path) -> Model:
    return training_of(kept).run()


def test_hybrid_twin_and_reference_learn_the_rule(trained: Model) -> None:
    test = blobs(60, 1)
    for name in (HYBRID, CONTROL, RESNET):
        assert len(trained.members[name]) == 2
        assert roc_auc_score(test.y, trained.probabilities(name, test.x, ENGINE)) > 0.9
        assert trained.facts.validation_auroc[name] > 0.85
        assert trained.facts.training_seconds[name] > 0


def test_probabilities_are_the_calibrated_mean_of_the_members(trained: Model) -> None:
    x = blobs(10, 2).x
    logits = trained.logits(HYBRID, x, ENGINE)
    assert logits.shape == (2, 10, 1)
    platt = trained.facts.calibration[HYBRID][YES]
    expected = 1 / (1 + np.exp(-(platt.slope * logits.mean(0) + platt.intercept)))
    np.testing.assert_allclose(trained.probabilities(HYBRID, x, ENGINE), expected)


def test_an_image_and_its_mirror_image_get_the_same_answer_where_both_show_the_same(trained: Model) -> None:
    x = blobs(6, 3).x
    np.testing.assert_allclose(
        trained.probabilities(HYBRID, x, ENGINE), trained.probabilities(HYBRID, x.flip(-1), ENGINE), atol=1e-6
    )


def test_a_run_that_was_stopped_goes_on(trained: Model, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fitted: list[str] = []

    def counted(fit: Fit, *_: object) -> torch.nn.Module:
        fitted.append(fit.name)
        raise KeyboardInterrupt

    files = sorted(kept.glob("*.json"))
    assert len(files) == 3 * len(SEEDS)
    monkeypatch.setattr(Fit, "run", counted)
    again = training_of(kept).run()
    assert fitted == []
    assert again.facts == trained.facts
    x = blobs(5, 4).x
    np.testing.assert_array_equal(again.logits(HYBRID, x, ENGINE), trained.logits(HYBRID, x, ENGINE))
    with pytest.raises(KeyboardInterrupt):
        training_of(kept, replace(RECIPE, epochs=7)).run()
    with pytest.raises(KeyboardInterrupt):
        training_of(kept, cases=blobs(90, 5)).run()


def test_what_is_stored_answers_alike(trained: Model, tmp_path: Path) -> None:
    with pytest.raises(MissingAsset, match="qlinical train breast"):
        store.load(RELEASED, tmp_path)
    store.save(trained, tmp_path)
    loaded = store.load(RELEASED, tmp_path)
    assert loaded.facts == trained.facts
    x = blobs(8, 6).x
    for name in trained.members:
        np.testing.assert_allclose(
            loaded.probabilities(name, x, ENGINE),
            trained.probabilities(name, x, ENGINE),
            atol=5e-3 if name == RESNET else 1e-6,  # kept in half precision
        )
    (tmp_path / "control-1.safetensors").unlink()
    with pytest.raises(MissingAsset, match=r"control-1\.safetensors is missing"):
        store.load(RELEASED, tmp_path)


def test_an_evaluation_says_what_it_measured(trained: Model, tmp_path: Path) -> None:
    test = blobs(60, 7)
    found = with_noise(evaluate(trained, test, backend("noisy:fez:2")), trained, test)
    risk = trained.probabilities(HYBRID, test.x, backend("noisy:fez:2"))
    for name, score in METRICS.items():
        assert found.only.metrics[name].value == pytest.approx(score(test.outcome[:, 0], risk[:, 0]), abs=1e-4)
    assert (found.n, found.only.base_rate, found.backend) == (60, pytest.approx(1 / 3, abs=1e-4), "noisy:fez:2")
    assert set(found.only.controls) == {CONTROL, RESNET}
    assert len(found.only.members) == 2
    assert found.circuit is not None
    assert found.circuit.entangling_capability == pytest.approx(0, abs=1e-9)
    store.save_evaluation(RELEASED, found, tmp_path)
    assert store.load_evaluation(RELEASED, tmp_path) == found
    text = card(trained, found)
    for said in (QUESTION.title, "Noise-resistant", "hybrid minus classical twin", "sherbrooke", "Expressibility"):
        assert said in text
    assert f"{found.only.metrics['auroc'].value:.3f}" in text


def test_the_noise_curve_counts_flips_against_the_noiseless_answer(trained: Model) -> None:
    test = blobs(60, 8)
    curve = noise_curve(
        lambda where: trained.probabilities(HYBRID, test.x, where),
        trained.decisions,
        test.outcome,
        (YES,),
        ["torino"],
        [5.0],
    )
    (none, inverted) = curve[YES]
    assert (none.mitigation, inverted.mitigation) == ("none", "read-out")
    noisy = trained.probabilities(HYBRID, test.x, backend("noisy:torino:5"))
    noiseless = trained.probabilities(HYBRID, test.x, backend("ideal"))
    assert none.flips == pytest.approx(np.mean((noisy > 0.5) != (noiseless > 0.5)), abs=1e-4)
    assert none.auroc == pytest.approx(roc_auc_score(test.y, noisy), abs=1e-4)


def test_ablations_take_a_part_of_the_circuit_away_and_compare(
    trained: Model, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[str] = []
    original = fit.ablate
    monkeypatch.setattr(fit, "ablate", lambda member, kind: built.append(kind) or original(member, kind))
    test = blobs(60, 1)
    found = study_of(trained, kept).ablations()
    # Its circuit has no entanglers that could be removed.
    kinds = [kind for kind in ABLATIONS if kind != "unentangled"]
    assert [each.kind for each in found] == kinds
    assert list(dict.fromkeys(built)) == kinds
    whole = METRICS["auroc"](test.outcome, trained.logits(HYBRID, test.x, backend("ideal")).mean(0))
    for each in found:
        assert each.difference.value == pytest.approx(whole - each.auroc, abs=2e-4)


def test_the_other_way_of_training_is_tried_too(trained: Model, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places: list[tuple[str, ...]] = []
    original = Fit.run
    monkeypatch.setattr(Fit, "run", lambda fit, *rest: places.append(fit.backends) or original(fit, *rest))
    monkeypatch.setattr(study, "ACROSS", ("noisy:fez:0", "noisy:fez"))
    made = study_of(trained, kept)
    other = made.retrained()
    assert other is not None
    assert places == [study.ACROSS] * len(SEEDS)
    assert (set(other.members), other.facts.trained_on) == ({HYBRID}, study.ACROSS)
    assert roc_auc_score(blobs(60, 1).y, other.probabilities(HYBRID, blobs(60, 1).x, ENGINE)) > 0.9
    again = replace(trained, facts=trained.facts.model_copy(update={"trained_on": study.ACROSS}))
    back = replace(made, model=again).retrained()
    assert back is not None
    assert back.facts.trained_on == recipes.NOISELESS
    assert len(places) == len(SEEDS), "without noise it was trained before"
    kernel = replace(trained, entry=entry("aki", "fidelity-kernel"))
    assert replace(made, model=kernel).retrained() is None


@pytest.mark.slow
def test_the_learning_curve_ends_at_the_released_model(trained: Model, kept: Path) -> None:
    test, told = blobs(60, 1), []
    points = study_of(trained, kept, told.append).learning_curve((0.5,))
    assert [point.n for point in points] == [45, 90]
    for name, value in ((HYBRID, points[-1].hybrid), (CONTROL, points[-1].control)):
        single = [METRICS["auroc"](test.outcome, logits) for logits in trained.logits(name, test.x, backend("ideal"))]
        assert value == pytest.approx(np.mean(single), abs=1e-4)
    for point in points:
        assert point.difference.value == pytest.approx(point.hybrid - point.control, abs=2e-4)
        assert np.mean(point.draws) == pytest.approx(point.difference.value, abs=2e-4)
    assert told == ["hybrid on 45 cases", "control on 45 cases"]
    half = blobs(90, 0).subset(0.5, 0)
    assert float(half.y.mean()) == pytest.approx(1 / 3, abs=0.02)
    assert torch.equal(half.x, blobs(90, 0).subset(0.5, 0).x)
    assert not torch.equal(half.x, blobs(90, 0).subset(0.5, 1).x)


def test_a_fit_that_was_cut_off_is_trained_again(kept: Path, trained: Model) -> None:
    fit = Fit(RELEASED, CONTROL, RECIPE, SEEDS[0])
    file = kept / f"{fit.key(blobs(90, 0))}.json"
    assert file.is_file()
    before = file.read_text()
    file.write_text("")
    member, seconds = trained_or_loaded(fit, blobs(90, 0), trained.preparation, kept)
    assert seconds > 0
    assert file.read_text() not in {"", before}
    for now, then in zip(member.parameters(), trained.members[CONTROL][0].parameters(), strict=True):
        torch.testing.assert_close(now, then)


@pytest.mark.parametrize("file", [store.FACTS, store.EVALUATION])
def test_a_damaged_file_is_told(trained: Model, tmp_path: Path, file: str) -> None:
    store.save(trained, tmp_path)
    (tmp_path / file).write_text("{")
    read = store.load if file == store.FACTS else store.load_evaluation
    with pytest.raises(MissingAsset, match="is damaged or of another version"):
        read(RELEASED, tmp_path)


def test_noise_changes_the_decisions_it_says(trained: Model) -> None:
    cases, where = blobs(60, 1), backend("noisy:torino:5")
    threshold = trained.facts.thresholds[YES]
    sides = [trained.probabilities(HYBRID, cases.x, place) >= threshold for place in (backend("ideal"), where)]
    assert decisions_changed(trained, cases, where) == pytest.approx(np.mean(sides[0] != sides[1]))
    assert decisions_changed(trained, cases, backend("ideal")) == 0


def test_nearly_dependent_angles_survive_half_precision(tmp_path: Path) -> None:
    """Four pixels make eight angles: their covariance has no room for rounding."""
    other = replace(entry("breast", "quanvolution"), question=QUESTION)
    member, control = new_member(other, HYBRID), new_member(other, CONTROL)
    (layer,) = quantum_layers(member)
    factor = torch.randn(layer.n_inputs, 2, generator=torch.Generator().manual_seed(0))
    layer.angle_covariance = factor @ factor.T
    facts = Facts.model_validate(FACTS | {"seeds": (0,)})
    made = Model(other, Standardised(), {HYBRID: [member.eval()], CONTROL: [control.eval()]}, facts)
    store.save(made, tmp_path)
    assert np.isfinite(store.load(other, tmp_path).probabilities(HYBRID, blobs(4, 0).x, backend("noisy:fez"))).all()


def test_weights_that_were_not_written_to_the_end_are_not_loaded(
    trained: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.save(trained, tmp_path)
    assert store.is_trained(RELEASED, tmp_path)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "save_weights", killed)
    with pytest.raises(KeyboardInterrupt):
        store.save(trained, tmp_path)
    assert not store.is_trained(RELEASED, tmp_path)


def test_the_study_of_other_weights_is_not_taken_over(trained: Model) -> None:
    found = evaluate(trained, blobs(60, 1), ENGINE)
    studied = found.model_copy(
        update={"learning": [LearningPoint(n=1, hybrid=0, control=0, difference=NOTHING, draws=[])]}
    )
    assert with_study(found, studied).learning == studied.learning
    other = studied.model_copy(update={"weights": "others"})
    assert with_study(found, other).learning == []
    assert with_study(found, None) is found
