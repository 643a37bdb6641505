"""A study as it was done: who was given what and when, and what was measured; what population models are fitted to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Quantity(StrEnum):
    """What was measured: how much of the drug, or what it does."""

    CONCENTRATION = "concentration"
    """Of the drug."""
    RESPONSE = "response"
    """Of the body: a biomarker, a score, a pressure."""


@dataclass(frozen=True)
class Units:
    """Units as the file or the drug's file says; a volume is an amount divided by a concentration.

    Attributes:
        time: of every time; "h" unless said otherwise.
        dose: of every amount that is given.
        concentration: of every concentration of the drug.
        response: of every response of the body; "" where it has none.
    """

    time: str = "h"
    dose: str = "mg"
    concentration: str = "mg/L"
    response: str = ""


@dataclass(frozen=True, repr=False)
class Doses:
    """The doses of one subject in order of time; every array is ``(n_doses,)``.

    Attributes:
        time: when each begins, in the study's unit of time.
        amount: in the study's unit of dose.
        duration: of an infusion; 0 for a bolus and for whatever is absorbed.
        absorbed: True where it passes through the depot (oral, under the skin), False where it goes into the blood.
        steady_interval: the interval at which the same dose was given for ever before; 0 where it was not.
    """

    time: Array
    amount: Array
    duration: Array
    absorbed: Flags
    steady_interval: Array

    def __repr__(self) -> str:
        """Return how many there are, how much and when, on one line."""
        if not len(self.time):
            return "Doses: none"
        return f"Doses: {len(self.time)}, of {_range(self.amount)}, at times {_range(self.time)}"


@dataclass(frozen=True, repr=False)
class Observations:
    """What was measured in one subject, in order of time; every array is ``(n_observations,)``.

    Attributes:
        time: in the study's unit of time.
        value: in the unit of its quantity.
        response: True where it is the response, False where it is the concentration.
    """

    time: Array
    value: Array
    response: Flags

    def __repr__(self) -> str:
        """Return how many concentrations and responses there are, and when, on one line."""
        if not len(self.time):
            return "Observations: none"
        n_responses = int(np.count_nonzero(self.response))
        counts = f"concentrations {len(self.time) - n_responses}, responses {n_responses}"
        return f"Observations: {counts}, values {_range(self.value)}, at times {_range(self.time)}"


@dataclass(frozen=True, repr=False)
class Subject:
    """One subject of a study: who it was, what was given, and what was measured.

    Attributes:
        name: identifier as in the file.
        covariates: what is known of the subject before the first dose, by name of the column.
        doses: what was given; may be empty (placebo).
        observations: what was measured; may be empty.
    """

    name: str
    covariates: Mapping[str, float]
    doses: Doses
    observations: Observations

    def __repr__(self) -> str:
        """Return name, covariates, and what was given and measured, on one line."""
        covariates = ", ".join(f"{name} {value:g}" for name, value in self.covariates.items())
        return f"Subject {self.name} ({covariates or 'no covariates'}): {self.doses!r}; {self.observations!r}"


@dataclass(frozen=True, repr=False)
class Study:
    """A study as it was done: its subjects, what is known of each, and the units of all numbers.

    Attributes:
        subjects: in order of the file.
        covariates: names every subject has, in order of the file.
        units: of all numbers in it.
        weight: name of the covariate that is the body weight in kg, None where there is none.
        occasional: every dose of a subject was given on an occasion of its own, as the file says.
    """

    subjects: tuple[Subject, ...]
    covariates: tuple[str, ...]
    units: Units = Units()
    weight: str | None = None
    occasional: bool = False

    def __repr__(self) -> str:
        """Return how many subjects, doses and measurements there are, the covariates and the units, on one line."""
        doses = sum(len(subject.doses.time) for subject in self.subjects)
        measured = sum(len(subject.observations.time) for subject in self.subjects)
        responses = sum(int(np.count_nonzero(subject.observations.response)) for subject in self.subjects)
        units = self.units
        return (
            f"Study: subjects {len(self.subjects)}, doses {doses}, concentrations {measured - responses}, responses "
            f"{responses}; covariates {', '.join(self.covariates) or 'none'}; in "
            f"{', '.join(unit for unit in (units.time, units.dose, units.concentration, units.response) if unit)}"
        )

    @property
    def has_response(self) -> bool:
        """Whether a response was measured in anybody."""
        return any(subject.observations.response.any() for subject in self.subjects)

    def covariate(self, name: str) -> Array:
        """Return a covariate of every subject, ``(n_subjects,)``."""
        return np.array([subject.covariates[name] for subject in self.subjects])


def _range(values: Array) -> str:
    low, high = np.min(values), np.max(values)
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"
