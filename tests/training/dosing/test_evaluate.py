"""Cross-validation: every model on the same folds, forecasts of later times alone, and it goes on from files."""

from dataclasses import replace
from pathlib import Path

import pytest
from made_up_study import changed, known, study

from qcore.models.experts import Mode
from qcore.study import Quantity, Study
from qcore.tasks.dosing.networks.evaluation.sums import Sums, controls
from qcore.tasks.dosing.networks.model import Build, Experts
from qcore.training.dosing import candidates as named
from qcore.training.dosing.candidates import CANDIDATES, Candidate, Start, Trainer, training_of
from qcore.training.dosing.contrast import Contrast
from qcore.training.dosing.evaluate import Validation
from qcore.training.loop.recipe import Recipe

WHOLE = study(12)
END = 30.0
SMALL = {
    "superposition": Candidate(Start.SUPERPOSITION),
    "mechanistic": Candidate(Start.MECHANISTIC),
    "quantum": Candidate(Start.SUPERPOSITION, Build(Experts.QUANTUM, n_qubits=1, n_layers=1)),
    "classical": Candidate(Start.SUPERPOSITION, Build(Experts.CLASSICAL, n_qubits=1, n_layers=1)),
}


def validation(folder: Path, whole: Study = WHOLE) -> Validation:
    return Validation(
        whole, known(), folder, n_folds=2, n_repeats=1, cases={"unseen": None, "forecast": END}, candidates=SMALL
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def errors(folder: Path) -> Sums:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("BLURRED", "SHARP"):
            patch.setattr(named, name, replace(getattr(named, name), network=Recipe(2, batch=64)))
        return validation(folder).run()


def rmse(errors: Sums, model: str, case: str, quantity: Quantity) -> float:
    found = [e for e in errors.errors if (e.model, e.case, e.quantity) == (model, case, quantity)]
    assert len(found) == 1
    assert found[0].normalised.value == pytest.approx(found[0].rmse.value / errors.spreads[quantity], abs=1e-3)
    return found[0].rmse.value


def test_every_model_is_measured_in_every_case_and_the_mechanistic_one_knows_best(errors: Sums) -> None:
    assert len(errors.errors) == len(SMALL) * 2 * 2
    for quantity in Quantity:
        best = rmse(errors, "mechanistic", "forecast", quantity)
        assert best < rmse(errors, "superposition", "forecast", quantity)
        assert best < rmse(errors, "mechanistic", "unseen", quantity)


def test_each_quantum_model_is_compared_with_its_control_and_all_with_the_mechanistic_one(errors: Sums) -> None:
    pairs = {(c.model, c.other) for c in errors.comparisons}
    assert pairs == {("quantum", "classical"), *((name, "mechanistic") for name in SMALL if name != "mechanistic")}
    for each in errors.comparisons:
        parts = [rmse(errors, name, each.case, each.quantity) for name in (each.model, each.other)]
        expected = (parts[0] - parts[1]) / errors.spreads[each.quantity]
        assert each.difference.value == pytest.approx(expected, abs=1e-3)


def test_what_is_done_is_not_done_again(errors: Sums, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BLURRED", "SHARP"):
        monkeypatch.setattr(named, name, replace(getattr(named, name), network=Recipe(2, batch=64)))

    def never(*_: object) -> None:
        raise AssertionError("trained again")

    monkeypatch.setattr(Trainer, "predicted", never)
    assert validation(folder).run() == errors
    with pytest.raises(AssertionError, match="trained again"):
        validation(folder, changed(WHOLE, 3, 1.01)).run()


def test_every_quantum_candidate_has_its_control_beside_it() -> None:
    networks = [name for name, each in CANDIDATES.items() if isinstance(each.build, Build)]
    assert sorted(networks) == sorted([*controls(CANDIDATES), *controls(CANDIDATES).values()])
    for quantum, classical in controls(CANDIDATES).items():
        ours, theirs = CANDIDATES[quantum], CANDIDATES[classical]
        assert isinstance(ours.build, Build)
        assert replace(ours, build=replace(ours.build, experts=Experts.CLASSICAL)) == theirs
    modes = {each.build.mode for each in CANDIDATES.values() if isinstance(each.build, Build)}
    assert modes == set(Mode)


def test_the_case_decides_how_a_candidate_is_trained() -> None:
    plain, hybrid = CANDIDATES["quantum"], CANDIDATES["quantum on mechanistic"]
    assert training_of(plain, None).jitter > training_of(plain, END).jitter
    assert training_of(hybrid, END) == training_of(hybrid, None)
    assert training_of(CANDIDATES["quantum pre-trained"], None).contrast == Contrast()
