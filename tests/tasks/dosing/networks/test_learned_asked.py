"""Learned models asked for doses: as brute force has it, on any backend, and for the study they know alone."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from made_up_study import known as made_up_model
from made_up_study import study

from qcore.backends.registry import backend
from qcore.errors import MissingAsset
from qcore.population.model import PopulationModel, Spread
from qcore.population.steady_state import Interval
from qcore.study import Subject
from qcore.tasks.dosing.course import regular
from qcore.tasks.dosing.dose_finding import Curves, Question, ask, attainment, grid, lowest_dose
from qcore.tasks.dosing.drug.file import Regimen, shipped
from qcore.tasks.dosing.fitting import model_of
from qcore.tasks.dosing.networks import store
from qcore.tasks.dosing.networks.base import Base, fit_superposition
from qcore.tasks.dosing.networks.differences import Differences
from qcore.tasks.dosing.networks.dose_finding import attained as asking
from qcore.tasks.dosing.networks.dose_finding.attained import HybridDoseModel, NetworkDoseModel
from qcore.tasks.dosing.networks.dose_finding.median_course import median_course
from qcore.tasks.dosing.networks.dose_finding.profiles import profiles
from qcore.tasks.dosing.networks.dose_finding.steady_state import doses_taken, rows
from qcore.tasks.dosing.networks.dose_history import half_lives_of
from qcore.tasks.dosing.networks.features import fit_features
from qcore.tasks.dosing.networks.mechanistic import Mechanistic
from qcore.tasks.dosing.networks.model import Build, Corrector, Experts, Learned
from qcore.tasks.dosing.networks.released import LEARNED, DifferencesByModel, load_released, save_people
from qcore.tasks.dosing.networks.samples import measured_moments, moments_at
from qcore.tasks.dosing.target import Measure, Target
from qcore.tasks.dosing.virtual_population import People, Population, people

IDEAL = backend("ideal")
NOISY = backend("noisy:depolarizing_2q=0.2:p1_given_0=0.1")
WHOLE = study(12)
DAILY = Regimen(name="once daily", interval_h=24, step=0.5, cap=20)
BELOW = Target(Measure.RESPONSE, high=4.0)
QUESTION = Question(Population(), DAILY, BELOW, 0.75)
SURE = tuple(tuple(0.0 for _ in range(5)) for _ in range(5))
DIFFER = Differences((-0.02, 0.05, math.log(0.25), math.log(0.1), math.log(0.1)), SURE)


@pytest.fixture(autouse=True)
def _few_draws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "N_DRAWS", 4)
    monkeypatch.setattr(asking, "N_NETWORKS", 2)


def known() -> PopulationModel:
    covariates = tuple(Spread(name, tuple(WHOLE.covariate(name).tolist())) for name in WHOLE.covariates)
    model = made_up_model()
    nothing = tuple(tuple(0.0 for _ in model.numbers) for _ in model.numbers)
    return replace(model, covariates=covariates, study="made up", covariance=nothing)


def learned(base: Base, experts: Experts = Experts.QUANTUM, moved: float = 0.3) -> Learned:
    moments = measured_moments(WHOLE)
    features = fit_features(WHOLE, moments, base, None, half_lives_of(WHOLE, 3))
    members = []
    for seed in range(2):
        torch.manual_seed(seed)
        member = Corrector(Build(experts, n_qubits=2, n_layers=1), features.n_features)
        for parameter in member.parameters():
            torch.nn.init.normal_(parameter, std=moved)
        members.append(member.eval())
    return Learned(features, tuple(members), torch.full((2,), 0.1, dtype=torch.float64))


def on_average(experts: Experts = Experts.QUANTUM, where: object = IDEAL, moved: float = 0.1) -> NetworkDoseModel:
    model = learned(fit_superposition(WHOLE), experts, moved)
    return NetworkDoseModel(experts, model, known(), (DIFFER, DIFFER), where)  # type: ignore[arg-type]


def on_mechanistic(experts: Experts = Experts.QUANTUM, moved: float = 0.1) -> HybridDoseModel:
    model = known()
    return HybridDoseModel(experts, learned(Mechanistic(model.structure, model.vector), experts, moved), model, IDEAL)


@pytest.mark.parametrize(
    "target",
    [
        BELOW,
        Target(Measure.RESPONSE, low=3.0, high=6.0),
        Target(Measure.PEAK, high=0.8),
        Target(Measure.AVERAGE, low=0.3),
    ],
)
def test_shares_are_those_of_simulated_people(target: Target) -> None:
    model, question = on_average(), replace(QUESTION, target=target)
    best = model.curves(question).best
    asked = profiles(model.known, question.population, 32)
    times, doses = Interval.of(24).edges, np.array([0.0, 1.0, 4.0, 8.0])
    laid = rows(model.known, asked, doses, 24, doses_taken(model.known, model.learned.features, 24), times)
    expected = model.learned.predicted(laid.study, laid.moments, IDEAL).reshape(*laid.shape, 2)
    own = torch.randn(4096, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    said = expected[..., int(target.measure is Measure.RESPONSE)].log()
    effect = (said[:, :1] - said) * (target.measure is Measure.RESPONSE)
    level, slope = -0.02 + 0.25 * own[:, 0], 0.05 + 0.1 * own[:, 1]
    for place, dose in enumerate(doses[1:], start=1):
        each = (said[:, place] + level[:, None, None] + slope[:, None, None] * effect[:, place]).exp()
        seen = {
            Measure.RESPONSE: (each.amin(-1), each.amax(-1)),
            Measure.PEAK: (each.amax(-1),) * 2,
            Measure.AVERAGE: (torch.trapezoid(each, times) / 24,) * 2,
        }[target.measure]
        inside = (seen[0] > (target.low or 0)) & (seen[1] < (target.high or math.inf))
        assert float(best[grid(DAILY) == dose]) == pytest.approx(float(inside.double().mean()), abs=0.02)


def test_a_network_that_adds_nothing_leaves_the_mechanistic_answer() -> None:
    model = on_mechanistic(moved=0.0)
    crowd = people(model.known, Population(), 8192, 1)
    alike = People(crowd.covariates, crowd.eta)
    exact = attainment(model.known, alike, DAILY, BELOW)
    assert float((model.curves(QUESTION).best - exact).abs().max()) < 0.02


@pytest.mark.parametrize("make", [on_average, on_mechanistic])
def test_noise_moves_the_quantum_model_and_not_the_classical_one(make: object) -> None:
    for experts, moves in ((Experts.QUANTUM, True), (Experts.CLASSICAL, False)):
        model = make(experts, moved=0.5)  # type: ignore[operator]
        quiet, loud = (replace(model, backend=place).curves(QUESTION) for place in (IDEAL, NOISY))
        assert torch.equal(quiet.best, loud.best) is not moves
        assert (quiet.backend, loud.backend) == (("ideal", NOISY.name) if moves else (None, None))


def test_the_answer_does_not_depend_on_the_people_asked_beside() -> None:
    model, everyone = on_average(moved=0.5), profiles(known(), Population(), 16)
    assert sorted(everyone) == ["FLAG", "WT"]
    assert float(everyone["FLAG"].mean()) == pytest.approx(np.mean(WHOLE.covariate("FLAG")), abs=1 / 16)
    again = [model.curves(QUESTION).best for _ in range(2)]
    assert torch.equal(*again)


def test_unsure_differences_widen_the_interval_of_the_dose() -> None:
    sure = on_average()
    wide = tuple(tuple(0.05 * (row == column) for column in range(5)) for row in range(5))
    unsure = replace(sure, differences=(DIFFER, replace(DIFFER, covariance=wide)))
    spreads = [float(model.curves(QUESTION).drawn.std(0).mean()) for model in (sure, unsure)]
    assert spreads[1] > 2 * spreads[0]
    (found,) = ask(unsure, [replace(QUESTION, share=0.25)])
    assert found.dose is not None
    assert found.low is not None
    assert found.low <= found.dose
    assert (found.model, found.backend) == ("quantum", "ideal")


def test_people_are_looked_at_before_the_study_ends() -> None:
    model = known()
    features = learned(fit_superposition(WHOLE)).features
    assert doses_taken(model, features, 24) <= 7
    assert doses_taken(model, features, 1000) == 1
    laid = rows(
        model,
        {"WT": torch.tensor([70.0]), "FLAG": torch.tensor([0.0])},
        np.array([0.0, 2.0]),
        24,
        3,
        torch.tensor([0.0, 24.0]),
    )
    assert laid.shape == (1, 2, 2)
    assert [len(each.doses.time) for each in laid.study.subjects] == [0, 3]
    np.testing.assert_allclose(laid.moments.time, [48, 72, 48, 72], atol=1e-3)


def test_the_median_person_over_time_is_drawn_while_the_study_watched() -> None:
    plain = Differences((0.0, 0.0, math.log(0.2), math.log(0.1), math.log(0.1)), SURE)
    model = replace(on_average(moved=0.3), differences=(plain, plain))
    times = np.array([0.0, 1, 12, 24, 96, 168, 200])
    taken = regular(model.known.structure, 4.0, 24.0, 8)
    population = Population("alike", (70.0, 70.0), {"FLAG": 0.0})
    found = median_course(model, population, taken, times)
    alike = Subject("", {"WT": 70.0, "FLAG": 0.0}, taken, WHOLE.subjects[0].observations)
    one = replace(WHOLE, subjects=(alike,))
    expected = model.learned.predicted(one, moments_at([times[:-1]]), IDEAL)
    torch.testing.assert_close(found[:-1], expected, rtol=1e-5, atol=1e-9)
    assert bool(found[-1].isnan().all())


def test_only_the_study_they_were_trained_on_is_answered() -> None:
    released, model = load_released(), model_of(shipped("challenge"))
    assert [each.name for each in released.dose_models(model, IDEAL)] == list(LEARNED)
    assert released.dose_models(replace(model, study="another"), IDEAL) == []


def test_the_released_models_answer_near_the_mechanistic_one() -> None:
    released, drug = load_released(), shipped("challenge")
    model = model_of(drug)
    question = Question(Population("50-100 kg", (50.0, 100.0)), drug.regimens[0], drug.aim.target, 0.9)
    for name, (least, most) in {"classical": (5.5, 8.5), "classical on mechanistic": (5.0, 7.0)}.items():
        (one,) = (each for each in released.dose_models(model, IDEAL) if each.name == name)
        found: Curves = one.curves(question)
        dose = lowest_dose(found.doses, found.best, 0.9)
        assert dose is not None
        assert least <= dose <= most


def test_missing_differences_say_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(MissingAsset, match="train dosing --learned"):
        load_released(tmp_path)
    save_people(DifferencesByModel("a study", {}), tmp_path)
    with pytest.raises(MissingAsset, match=store.MODEL):
        load_released(tmp_path)
