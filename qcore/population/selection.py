"""Finding the structure: from the simplest model, what improves the Bayesian criterion is kept, one step at a time.

Concentrations come first; the response is then chosen with everybody's concentrations taken as known (sequential
estimation), and at last both are fitted together. Source of the order: Zhang, Beal and Sheiner 2003,
doi:10.1023/B:JOPA.0000012998.04442.1f.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import torch

from qcore.errors import InvalidValue
from qcore.io.study import Quantity, Study
from qcore.population.design import Design, design
from qcore.population.fit import SMALLEST_OMEGA, Fit, fit, with_uncertainty
from qcore.population.foce import Problem
from qcore.population.guess import dynamic_guess, kinetic_guess
from qcore.population.predict import exposure
from qcore.population.structure import Effect, Noise, Response, ResponseKind, Structure, values

ALLOMETRY = {"CL": 0.75, "Q": 0.75, "V": 1.0, "V2": 1.0}
"""Exponents of body weight known beforehand. Source: Holford and Anderson 2017, doi:10.1016/j.xphs.2017.03.024."""
ADULT_KG = 70.0
WORTH = 2.0
"""A step is kept if the criterion falls by more than this."""
N_LEVELS = 2
FAR = 500.0
"""A form whose criterion is this much worse than the best is not followed."""


@dataclass(frozen=True)
class Tried:
    """One model that was fitted on the way.

    Attributes:
        what: it changes, in words.
        minus_two: -2 log likelihood.
        bic: Bayesian criterion.
        kept: whether the search went on from it.
    """

    what: str
    minus_two: float
    bic: float
    kept: bool


@dataclass
class Search:
    """A search under way.

    Attributes:
        on_step: called with every model that was tried.
        tried: all of them, in order.
    """

    on_step: Callable[[Tried], None] = lambda _: None
    tried: list[Tried] = field(default_factory=list)

    def first(self, what: str, problem: Problem, known: Mapping[str, float]) -> Fit:
        """Fit a model to start from."""
        found = fit(problem, known)
        self._note(what, found, True)
        return found

    def best(self, current: Fit, candidates: Iterable[tuple[str, Problem, Mapping[str, float]]]) -> Fit:
        """Return the best of what improves the criterion, else what was there."""
        found = [(what, self._fitted(problem, current.named | dict(more))) for what, problem, more in candidates]
        fits = [(what, each) for what, each in found if each is not None]
        winner = min((each for _, each in fits), key=lambda each: each.bic, default=current)
        winner = winner if winner.bic < current.bic - WORTH else current
        for what, each in fits:
            self._note(what, each, each is winner)
        return winner

    def climb(self, current: Fit, candidates: "Callable[[Structure], Iterable[Candidate]]") -> Fit:
        """Take the best step again and again until none improves the criterion."""
        while True:
            problems = [
                (what, replace(current.problem, structure=structure), more)
                for what, structure, more in candidates(current.structure)
            ]
            following = self.best(current, problems)
            if following is current:
                return current
            current = following

    @staticmethod
    def _fitted(problem: Problem, known: Mapping[str, float]) -> Fit | None:
        try:
            return fit(problem, known)
        except InvalidValue:
            return None

    def _note(self, what: str, found: Fit, kept: bool) -> None:
        self.tried.append(Tried(what, found.minus_two, found.bic, kept))
        self.on_step(self.tried[-1])


Candidate = tuple[str, Structure, Mapping[str, float]]
"""What a step changes in words, the structure after it, and what new numbers start from."""


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
        return with_uncertainty(_trimmed(kinetics, search))
    whole = _whole(study, _trimmed(kinetics, search), search)
    return with_uncertainty(_trimmed(whole, search))


def _kinetic_part(study: Study) -> Study:
    """Return those who were given something, with their concentrations."""
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
    through = np.concatenate([each.doses.absorbed[each.doses.duration == 0] for each in study.subjects])
    infused = any((each.doses.duration > 0).any() for each in study.subjects)
    ways = [bool(through.any())] if route_known else [True, False]
    fits = []
    for absorbed in ways:
        laid = design(study, None if route_known else absorbed)
        both = absorbed and (infused or not through.all()) and route_known
        for compartments in (1, 2):
            structure = Structure(compartments, absorbed=absorbed, bioavailability=both)
            problem = Problem(structure, laid)
            name = (
                f"{compartments} compartment{'s'[: compartments - 1]}, {'absorbed' if absorbed else 'into the blood'}"
            )
            fits.append(search.first(name, problem, kinetic_guess(structure, study, laid)))
    current = min(fits, key=lambda each: each.bic)
    if study.weight:
        current = search.best(current, [_allometry(current, study)])
    if current.structure.absorbed:
        lag = replace(current.structure, lag=True)
        known = kinetic_guess(lag, study, current.problem.design)
        current = search.best(current, [("delay of absorption", replace(current.problem, structure=lag), known)])
    current = search.climb(current, lambda structure: _more_random(structure, structure.kinetic))
    return search.climb(current, lambda structure: _more_effects(structure, structure.kinetic, study))


def _allometry(current: Fit, study: Study) -> tuple[str, Problem, dict[str, float]]:
    weights = study.covariate(study.weight or "")
    median = float(np.median(weights))
    reference = ADULT_KG if 40 <= median <= 120 else round(median, 2)
    names = [name for name in ALLOMETRY if name in current.structure.parameters]
    effects = tuple(Effect(name, study.weight or "", reference, ALLOMETRY[name]) for name in names)
    shifted = {name: current.named[name] - ALLOMETRY[name] * np.log(median / reference) for name in names}
    structure = replace(current.structure, effects=current.structure.effects + effects)
    return "allometry of body weight", replace(current.problem, structure=structure), shifted


def _more_random(structure: Structure, names: tuple[str, ...]) -> list[Candidate]:
    left = [name for name in names if name not in structure.random and name not in {"TLAG", "F", "HILL"}]
    ordered = [[each for each in structure.parameters if each in {*structure.random, name}] for name in left]
    return [
        (f"differences between people in {name}", replace(structure, random=tuple(random)), {})
        for name, random in zip(left, ordered, strict=True)
    ]


def _more_effects(structure: Structure, names: tuple[str, ...], study: Study) -> list[Candidate]:
    taken = {(effect.parameter, effect.covariate) for effect in structure.effects}
    found: list[Candidate] = []
    for covariate in study.covariates:
        column = study.covariate(covariate)
        levels = np.unique(column)
        if len(levels) < N_LEVELS:
            continue
        binary = set(levels) <= {0.0, 1.0}
        if not binary and (levels <= 0).any():
            continue
        reference = None if binary else float(np.median(column))
        for name in names:
            # Where people are not known to differ, a covariate is not looked for either.
            if name in structure.random and (name, covariate) not in taken:
                effect = Effect(name, covariate, reference)
                found.append((f"{covariate} on {name}", replace(structure, effects=(*structure.effects, effect)), {}))
    return found


def _whole(study: Study, kinetics: Fit, search: Search) -> Fit:
    laid = design(study)
    response = _response(study, laid, kinetics, search)
    structure = replace(
        kinetics.structure,
        response=response.structure.response,
        random=kinetics.structure.random + response.structure.random,
        effects=kinetics.structure.effects + response.structure.effects,
        noise=dict(kinetics.structure.noise) | {Quantity.RESPONSE: response.structure.noise[Quantity.RESPONSE]},
    )
    return search.first(
        "concentration and response together", Problem(structure, laid), kinetics.named | response.named
    )


def _response(study: Study, laid: Design, kinetics: Fit, search: Search) -> Fit:
    with torch.no_grad():
        eta = _effects_of_all(study, kinetics)
        cut = values(kinetics.structure, kinetics.vector)
        shape = replace(kinetics.structure, response=Response())
        patients = Problem(kinetics.structure, laid).individual(cut, eta)
        given = exposure(shape, patients, laid)
    seen = replace(laid, counts=laid.kind(Quantity.RESPONSE))

    def form(kind: ResponseKind, lowers: bool) -> Fit:
        structure = Structure(random=("R0",), response=Response(kind, lowers), exposed=True)
        problem = Problem(structure, seen, given)
        name = f"the drug {'lowers' if lowers else 'raises'} the response, by its {kind}"
        return search.first(name.replace("its direct", "concentration"), problem, dynamic_guess(structure, problem))

    ways = [form(ResponseKind.PRODUCTION, lowers) for lowers in (True, False)]
    lowers = min(ways, key=lambda each: each.bic) is ways[0]
    ways += [form(kind, lowers) for kind in (ResponseKind.LOSS, ResponseKind.DIRECT)]
    # A form may look worse until it is given the shape it needs.
    shaped = [search.climb(each, _more_shape) for each in ways if each.bic < min(e.bic for e in ways) + FAR]
    current = min(shaped, key=lambda each: each.bic)
    current = search.climb(current, lambda structure: _more_random(structure, structure.dynamic))
    current = search.climb(current, lambda structure: _more_effects(structure, structure.dynamic, study))
    return search.climb(current, _more_shape)


def _more_shape(structure: Structure) -> list[Candidate]:
    response = structure.response
    if response is None:
        return []
    found: list[Candidate] = []
    if response.inhibits and not response.partial:
        # A logit of 3: the effect is nearly full, as it was without the parameter.
        found.append(
            ("less than full effect", replace(structure, response=replace(response, partial=True)), {"IMAX": 3.0})
        )
    if not response.hill:
        found.append(
            ("steepness of the effect", replace(structure, response=replace(response, hill=True)), {"HILL": 0.0})
        )
    return found


def _effects_of_all(study: Study, kinetics: Fit) -> torch.Tensor:
    """Return the kinetic effects of everybody; of those without concentrations they are 0."""
    eta = torch.zeros(len(study.subjects), len(kinetics.structure.random), dtype=torch.float64)
    measured = [len(each.doses.time) > 0 and bool((~each.observations.response).any()) for each in study.subjects]
    eta[torch.tensor(measured)] = kinetics.conditional.eta
    return eta


def _trimmed(current: Fit, search: Search) -> Fit:
    """Leave out what turned out to be nothing: random effects, then parts of the error, while the criterion allows."""
    while True:
        structure = current.structure
        smaller = []
        for name in structure.random:
            if current.reported[f"omega {name}"] < SMALLEST_OMEGA * 20 and len(structure.random) > 1:
                random = tuple(each for each in structure.random if each != name)
                smaller.append((f"no differences in {name}", replace(structure, random=random)))
        for quantity, noise in structure.noise.items():
            if noise.additive and noise.proportional:
                for one in (Noise(additive=False), Noise(proportional=False)):
                    part = "additive" if one.proportional else "proportional"
                    if (quantity, part) in structure.errors:
                        changed = dict(structure.noise) | {quantity: one}
                        smaller.append((f"no {part} error of {quantity}", replace(structure, noise=changed)))
        none: dict[str, float] = {}
        problems = [(what, replace(current.problem, structure=each), none) for what, each in smaller]
        following = search.best(current, problems)
        if following is current:
            return current
        current = following
