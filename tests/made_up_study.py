"""A small study with known kinetics: an oral dose a day for four days, one compartment, a response that falls."""

from dataclasses import replace

import numpy as np

from qcore.population.model import PopulationModel
from qcore.population.structure import Effect, ResidualError, Response, ResponseKind, Structure
from qcore.study import Array, Doses, Observations, Quantity, Study, Subject, Units

TIMES = np.array([0.0, 1, 4, 12, 24, 30, 48, 72, 73, 96, 120, 168])
RATE = 0.05
UPTAKE = 1.0
LEVELS = (0.0, 1.0, 4.0)


def doses(amount: float, every: float = 24.0, count: int = 4) -> Doses:
    n = count if amount else 0
    zeros = np.zeros(n)
    return Doses(np.arange(n) * every, np.full(n, amount), zeros, np.ones(n, dtype=bool), zeros)


def concentration(given: Doses, times: Array, volume: float) -> Array:
    since = times[:, None] - given.time
    after = np.maximum(since, 0)
    each = given.amount * UPTAKE / (UPTAKE - RATE) * (np.exp(-RATE * after) - np.exp(-UPTAKE * after))
    total: Array = np.where(since > 0, each, 0).sum(1) / volume
    return total


def subject(place: int, generator: np.random.Generator, noise: float) -> Subject:
    given, weight, flag = doses(LEVELS[place % 3]), float(generator.uniform(50, 100)), float(place // 3 % 2)
    own = np.exp(0.2 * generator.standard_normal(2))
    level = concentration(given, TIMES, weight / 10 * own[0])
    response = 8 * own[1] * 0.7**flag / (1 + level)
    after = (TIMES > 0) & (level > 0)
    time = np.concatenate([TIMES[after], TIMES])
    value = np.concatenate([level[after], response]) * np.exp(noise * generator.standard_normal(len(time)))
    kind = np.arange(len(time)) >= after.sum()
    order = np.argsort(time, kind="stable")
    observed = Observations(time[order], value[order], kind[order])
    return Subject(str(place + 1), {"WT": weight, "FLAG": flag}, given, observed)


def study(n_subjects: int = 12, seed: int = 0, noise: float = 0.05) -> Study:
    generator = np.random.default_rng(seed)
    subjects = tuple(subject(place, generator, noise) for place in range(n_subjects))
    return Study(subjects, ("WT", "FLAG"), weight="WT")


def changed(whole: Study, place: int, factor: float, after: float = -np.inf) -> Study:
    """The study with one subject's measurements after a time multiplied by a factor."""
    one = whole.subjects[place]
    observed = one.observations
    value = np.where(observed.time > after, observed.value * factor, observed.value)
    other = replace(one, observations=replace(observed, value=value))
    return replace(whole, subjects=(*whole.subjects[:place], other, *whole.subjects[place + 1 :]))


def part(whole: Study, places: range) -> Study:
    return replace(whole, subjects=tuple(whole.subjects[place] for place in places))


def known() -> PopulationModel:
    structure = Structure(
        response=Response(ResponseKind.DIRECT),
        iiv=("CL", "V", "R0"),
        effects=(Effect("CL", "WT", 70.0, 1.0), Effect("V", "WT", 70.0, 1.0), Effect("R0", "FLAG")),
        residual={quantity: ResidualError(additive=False) for quantity in Quantity},
    )
    numbers = (np.log(0.35), np.log(7.0), 0.0, np.log(8.0), 0.0, np.log(0.7), *np.log([0.2, 0.2, 0.2, 0.05, 0.05]))
    nothing: tuple[tuple[float, ...], ...] = ()
    return PopulationModel(structure, tuple(map(float, numbers)), nothing, 0, 0, 12, 0, {}, (), "WT", Units(), "")
