"""A study as it was done: who was given what and when, and what was measured; what population models are fitted to."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class Quantity(StrEnum):
    """What was measured."""

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


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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


@dataclass(frozen=True)
class Subject:
    """One subject.

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


@dataclass(frozen=True)
class Study:
    """A study.

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

    @property
    def has_response(self) -> bool:
        """Whether a response was measured in anybody."""
        return any(subject.observations.response.any() for subject in self.subjects)

    def covariate(self, name: str) -> Array:
        """Return a covariate of every subject, ``(n_subjects,)``."""
        return np.array([subject.covariates[name] for subject in self.subjects])
