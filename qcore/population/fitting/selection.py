"""Find the structure of a model: start from the simplest and keep each step that improves the Bayesian criterion.

Concentrations come first; the response is then chosen with everybody's concentrations taken as known (sequential
estimation), and at last both are fitted together. Source of the order: Zhang, Beal and Sheiner 2003,
doi:10.1023/B:JOPA.0000012998.04442.1f.
"""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import torch

from qcore.errors import InvalidValue
from qcore.population.design import Design, design
from qcore.population.fitting.fit import Fit, with_uncertainty
from qcore.population.fitting.foce import Problem
from qcore.population.fitting.guess import dynamic_guess, kinetic_guess
from qcore.population.fitting.search import Candidate, Search
from qcore.population.fitting.trimming import simpler, trimmed
from qcore.population.predict import exposure
from qcore.population.structure import Effect, Response, ResponseKind, Structure, estimates_of, regressor
from qcore.study import Quantity, Study

ALLOMETRY = {"CL": 0.75, "Q": 0.75, "V": 1.0, "V2": 1.0}
"""Exponents of body weight known beforehand. Source: Holford and Anderson 2017, doi:10.1016/j.xphs.2017.03.024."""
ADULT_KG = 70.0
WORTH_COVARIATE = 5.0
"""A covariate is kept if the criterion falls by more than this: of the many that are tried, some fit by chance."""
MAX_COVARIATES = 12
"""Up to this many covariate effects are all tried at every step."""
N_LIKELIEST = 4
"""If there are more, the number that is tried: those that correlate most with the random effects."""
FAR = 500.0
"""A form whose criterion is this much worse than the best is not followed."""


def select(study: Study, route_known: bool = True, search: Search | None = None) -> Fit:
    """Find a model of a study and fit it, with the uncertainty of its numbers.

    Args:
        study: with concentrations, and with a response if there is one.
        route_known: the doses say whether they are absorbed; else both are tried.
        search: notes what is tried.

    Raises:
        InvalidValue: there is too little to fit.
    """
    search = search or Search()
    kinetics = _kinetics(_kinetic_part(study), route_known, search)
    if not study.has_response:
        return with_uncertainty(trimmed(kinetics, search))
    whole = _whole(study, route_known, trimmed(kinetics, search), search)
    return with_uncertainty(trimmed(whole, search))


def _kinetic_part(study: Study) -> Study:
    """Return the study of the subjects with doses and later concentrations."""
    subjects = []
    for each in study.subjects:
        seen = ~each.observations.response
        if len(each.doses.time) and seen.any():
            observed = each.observations
            kept = replace(
                observed, time=observed.time[seen], value=observed.value[seen], response=observed.response[seen]
            )
            subjects.append(replace(each, observations=kept))
    if not subjects:
        raise InvalidValue("No subject has both a dose and a concentration after it: there is nothing to fit.")
    return replace(study, subjects=tuple(subjects))


def _kinetics(study: Study, route_known: bool, search: Search) -> Fit:
    ways = [any(each.doses.absorbed.any() for each in study.subjects)] if route_known else [True, False]
    current = search.start(
        _disposition(study, None if route_known else absorbed, absorbed, compartments)
        for absorbed in ways
        for compartments in (1, 2)
    )[0]
    if study.weight:
        current = search.best(current, [_allometry(current, study)])
    if current.structure.absorbed:
        current = search.best(current, [_delayed(current, study, compartments) for compartments in (1, 2)])
    current = search.climb(current, lambda each: _more_random(each.structure, each.structure.kinetic))
    current = search.climb(current, lambda each: _more_effects(each, each.structure.kinetic, study), WORTH_COVARIATE)
    return search.climb(current, simpler, worth=0.0)


def _disposition(
    study: Study, all_absorbed: bool | None, absorbed: bool, compartments: int
) -> tuple[str, Problem, Mapping[str, float]]:
    """Return a model of disposition to start from.

    Args:
        study: with doses and concentrations.
        all_absorbed: take all boluses as absorbed, or none; None as the study says.
        absorbed: whether any dose passes through a depot.
        compartments: number of compartments, 1 or 2.
    """
    blood = any((~each.doses.absorbed | (each.doses.duration > 0)).any() for each in study.subjects)
    # How fast a dose is absorbed nearly always differs; without it a second compartment would make up for it.
    iiv = ("CL", "V", "KA") if absorbed else ("CL", "V")
    both = absorbed and all_absorbed is None and blood
    structure = Structure(compartments, absorbed=absorbed, bioavailability=both, iiv=iiv)
    trial = design(study, all_absorbed)
    name = f"{compartments} compartment{'s'[: compartments - 1]}, {'absorbed' if absorbed else 'into the blood'}"
    return name, Problem(structure, trial), kinetic_guess(structure, study, trial)


def _allometry(current: Fit, study: Study) -> tuple[str, Problem, dict[str, float]]:
    median, reference = _typical_weight(study)
    structure = replace(current.structure, effects=_scaling(current.structure, study))
    shifts = {name: ALLOMETRY[name] * np.log(median / reference) for name in ALLOMETRY if name in structure.parameters}
    shifted = {name: current.named[name] - shift for name, shift in shifts.items()}
    return "allometry of body weight", replace(current.problem, structure=structure), shifted


def _scaling(structure: Structure, study: Study) -> tuple[Effect, ...]:
    """Return the allometric effects of body weight on the parameters of a structure."""
    _, reference = _typical_weight(study)
    names = [name for name in ALLOMETRY if name in structure.parameters]
    return tuple(Effect(name, study.weight or "", reference, ALLOMETRY[name]) for name in names)


def _typical_weight(study: Study) -> tuple[float, float]:
    """Return the median weight of the subjects and the one at which parameters are typical, in kg."""
    median = float(np.median(study.covariate(study.weight or "")))
    return median, ADULT_KG if 40 <= median <= 120 else round(median, 2)


def _delayed(current: Fit, study: Study, compartments: int) -> tuple[str, Problem, Mapping[str, float]]:
    """Return a model with delayed absorption, which a second compartment may have stood in for."""
    structure = replace(current.structure, compartments=compartments, lag=True)
    structure = replace(structure, effects=_scaling(structure, study) if current.structure.effects else ())
    known = kinetic_guess(structure, study, current.problem.design)
    name = f"delay of absorption, {compartments} compartment{'s'[: compartments - 1]}"
    return name, replace(current.problem, structure=structure), known


def _more_random(structure: Structure, names: tuple[str, ...]) -> list[Candidate]:
    left = [name for name in names if name not in structure.iiv and name not in {"TLAG", "F", "HILL"}]
    ordered = [[each for each in structure.parameters if each in {*structure.iiv, name}] for name in left]
    return [
        (f"differences between people in {name}", replace(structure, iiv=tuple(iiv)), {})
        for name, iiv in zip(left, ordered, strict=True)
    ]


def _more_dynamic_random(current: Fit) -> list[Candidate]:
    return _more_random(current.structure, current.structure.dynamic)


def _more_effects(current: Fit, names: tuple[str, ...], study: Study) -> list[Candidate]:
    """Return models with one more covariate effect; the likeliest ones if there are many."""
    structure = current.structure
    taken = {(effect.parameter, effect.covariate) for effect in structure.effects}
    # Where people are not known to differ, a covariate is not looked for either.
    effects = [
        Effect(name, covariate, reference)
        for covariate, reference in _usable(study)
        for name in names
        if name in structure.iiv and (name, covariate) not in taken
    ]
    if len(effects) > MAX_COVARIATES:
        effects = sorted(effects, key=lambda effect: -_correlation(current, effect))[:N_LIKELIEST]
    return [
        (f"{effect.covariate} on {effect.parameter}", replace(structure, effects=(*structure.effects, effect)), {})
        for effect in effects
    ]


def _usable(study: Study) -> list[tuple[str, float | None]]:
    """Return covariates that differ between people, with the value at which a parameter is typical."""
    covariates: list[tuple[str, float | None]] = []
    for covariate in study.covariates:
        column = study.covariate(covariate)
        levels = set(column.tolist())
        if len(levels) > 1 and levels <= {0.0, 1.0}:
            covariates.append((covariate, None))
        elif len(levels) > 1 and min(levels) > 0:
            covariates.append((covariate, float(np.median(column))))
    return covariates


def _correlation(current: Fit, effect: Effect) -> float:
    """Return the absolute correlation of a covariate with the random effects of a parameter."""
    eta = current.empirical_bayes.eta[:, current.structure.iiv.index(effect.parameter)]
    explains = regressor(effect, current.problem.design.covariates[effect.covariate])
    return abs(float(torch.corrcoef(torch.stack([eta, explains]))[0, 1]))


def _whole(study: Study, route_known: bool, kinetics: Fit, search: Search) -> Fit:
    trial = design(study, None if route_known else kinetics.structure.absorbed)
    response = _response(study, trial, kinetics, search)
    of_response = response.structure.residual[Quantity.RESPONSE]
    structure = replace(
        kinetics.structure,
        response=response.structure.response,
        iiv=kinetics.structure.iiv + response.structure.iiv,
        effects=kinetics.structure.effects + response.structure.effects,
        residual=dict(kinetics.structure.residual) | {Quantity.RESPONSE: of_response},
    )
    known = kinetics.named | response.named
    return search.start([("concentration and response together", Problem(structure, trial), known)])[0]


def _response(study: Study, trial: Design, kinetics: Fit, search: Search) -> Fit:
    with torch.no_grad():
        eta = _effects_of_all(study, kinetics)
        estimates = estimates_of(kinetics.structure, kinetics.vector)
        shape = replace(kinetics.structure, response=Response())
        patients = Problem(kinetics.structure, trial).individual(estimates, eta)
        given = exposure(shape, patients, trial)
    seen = replace(trial, counts=trial.kind(Quantity.RESPONSE))

    def form(kind: ResponseKind, lowers: bool) -> tuple[str, Problem, Mapping[str, float]]:
        structure = Structure(iiv=("R0",), response=Response(kind, lowers), exposed=True)
        problem = Problem(structure, seen, given)
        name = f"the drug {'lowers' if lowers else 'raises'} the response, by its {kind}"
        return name.replace("its direct", "concentration"), problem, dynamic_guess(structure, problem)

    first = search.start(form(ResponseKind.PRODUCTION, lowers) for lowers in (True, False))[0]
    lowers = first.structure.response is not None and first.structure.response.lowers
    ways = [first, *search.start(form(kind, lowers) for kind in (ResponseKind.LOSS, ResponseKind.DIRECT))]
    # A form may look worse until it is given the shape and the differences between people that it needs.
    shaped = [search.climb(each, _more_shape) for each in _near(ways)]
    differing = [search.step(each, _more_dynamic_random) for each in _near(shaped)]
    current = min(differing, key=lambda each: each.bic)
    current = search.climb(current, _more_dynamic_random)
    current = search.climb(current, lambda each: _more_effects(each, each.structure.dynamic, study), WORTH_COVARIATE)
    return search.climb(current, _more_shape)


def _near(fits: list[Fit]) -> list[Fit]:
    best = min(each.bic for each in fits)
    return [each for each in fits if each.bic < best + FAR]


def _more_shape(current: Fit) -> list[Candidate]:
    structure, response = current.structure, current.structure.response
    if response is None:
        return []
    candidates: list[Candidate] = []
    if response.inhibits and not response.partial:
        # A logit of 3: the effect is nearly full, as it was without the parameter.
        candidates.append(
            ("less than full effect", replace(structure, response=replace(response, partial=True)), {"IMAX": 3.0})
        )
    if not response.hill:
        candidates.append(
            ("steepness of the effect", replace(structure, response=replace(response, hill=True)), {"HILL": 0.0})
        )
    return candidates


def _effects_of_all(study: Study, kinetics: Fit) -> torch.Tensor:
    """Return the random effects of all subjects; 0 for those without concentrations."""
    eta = torch.zeros(len(study.subjects), len(kinetics.structure.iiv), dtype=torch.float64)
    measured = [len(each.doses.time) > 0 and bool((~each.observations.response).any()) for each in study.subjects]
    eta[torch.tensor(measured)] = kinetics.empirical_bayes.eta
    return eta
