import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from population_models import population_model
from trials import doses, subject, trial

from qcore.population.design import design
from qcore.population.fitting.doubts import doubts
from qcore.population.fitting.fit import Fit, starting
from qcore.population.fitting.foce import EmpiricalBayes, Problem
from qcore.population.fitting.remarks import given, remarks
from qcore.population.model import PopulationModel, load
from qcore.population.structure import Response, Structure
from qcore.study import Study
from qcore.tasks.dosing.fitting import SHIPPED

SOUND = population_model(Response(partial=True))
STUDY = trial(12, response=False)


def with_error(name: str, error: float) -> PopulationModel:
    covariance = np.array(SOUND.covariance)
    place = SOUND.structure.names.index(name)
    covariance[place, place] = error**2
    return replace(SOUND, covariance=tuple(map(tuple, covariance.tolist())))


def with_number(name: str, number: float) -> PopulationModel:
    place = SOUND.structure.names.index(name)
    return replace(SOUND, numbers=(*SOUND.numbers[:place], number, *SOUND.numbers[place + 1 :]))


@pytest.mark.parametrize("file", sorted(SHIPPED.glob("*.json")), ids=lambda file: file.stem)
def test_of_a_shipped_model_nothing_is_doubted(file: Path) -> None:
    assert doubts(load(file)) == ()


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (replace(SOUND, n_subjects=1), "The data are of one subject: hardly anything is known of how people differ"),
        (replace(SOUND, n_subjects=5), "The data are of 5 subjects: hardly anything"),
        (
            with_error("KA", 1.06),
            "The absorption rate (KA) is hardly known from these data: the standard error of KA is 106%.",
        ),
        (with_error("omega CL", 3.0), "How much people differ in the clearance (CL) is hardly known"),
        (with_error("V", 0.0), "The volume of distribution (V) cannot be told from these data"),
        (with_error("IMAX", 15.0), "The largest share that is held back (IMAX) is hardly known"),
        (with_number("omega CL", math.log(1.6)), "One in twenty people is to have 14 times the typical clearance (CL)"),
        (with_number("omega CL", math.log(82)), "have more than a thousand times the typical clearance"),
        (
            replace(SOUND, shrinkage={"CL": 0.59, "R0": 0.75}),
            "own response without the drug (R0): a person's value is pulled to the typical one by 75%.",
        ),
        (replace(SOUND, remarks=("It is odd.",)), "It is odd."),
    ],
)
def test_what_is_wrong_is_said(model: PopulationModel, said: str) -> None:
    (one,) = doubts(model)
    assert said in one


def test_what_is_sound_is_left_alone() -> None:
    assert doubts(SOUND) == ()
    # An effect that is all but full is known well, though its logit is not.
    assert doubts(with_error("IMAX", 2.0)) == ()
    assert doubts(with_error("proportional error of response", 2.0)) == ()


def fitted(study: Study = STUDY, *, slope: float = 0.0, **typical: float) -> Fit:
    """Return a model in which the clearance of those given more is lower by a power of the dose."""
    structure = Structure(absorbed="KA" in typical, lag="TLAG" in typical)
    laid = design(study, absorbed=structure.absorbed)
    vector = starting(structure, {name: math.log(value) for name, value in typical.items()})
    effect = slope * given(laid).log() + 0.1 * torch.sin(torch.arange(12))
    eta = torch.stack([effect, torch.zeros(12)], -1)
    return Fit(Problem(structure, laid), vector, 0.0, EmpiricalBayes(eta, torch.diag_embed(eta)))


USUAL = {"CL": 0.5, "V": 10.0, "KA": 1.0}


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (fitted(**USUAL, slope=-0.5), "twice the dose, 29% less clearance"),
        (fitted(**USUAL | {"CL": 0.01}), "half of the drug is gone after 693 h, but nobody"),
        (fitted(**USUAL | {"KA": 20.0}), "absorbed within 0.11 h, before anybody was first measured (0.50 h)"),
        (fitted(**USUAL | {"KA": 0.01}), "absorbed more slowly than it is eliminated"),
    ],
)
def test_what_only_the_data_show_is_said_of_a_fit(found: Fit, said: str) -> None:
    (one,) = remarks(found, STUDY)
    assert said in one


def test_of_a_sound_fit_nothing_is_said() -> None:
    assert remarks(fitted(**USUAL), STUDY) == ()
    assert remarks(fitted(**USUAL, slope=0.5), STUDY) == ()
    assert remarks(fitted(**USUAL | {"KA": 20.0}, TLAG=0.6), STUDY) == ()
    assert remarks(fitted(CL=0.5, V=10.0), STUDY) == ()
    steady = replace(STUDY.subjects[0].doses, steady_interval=np.full(7, 24.0))
    assert remarks(fitted(**USUAL | {"CL": 0.01}), Study((replace(STUDY.subjects[0], doses=steady),), ())) == ()


def test_the_dose_of_an_infusion_is_its_rate_times_its_length() -> None:
    people = (
        subject("infused", doses([0, 24], 6.0, duration=2.0, absorbed=False), [1, 30]),
        subject("tablets", doses([0, 24, 48], 4.0), [1, 30]),
        subject("none", doses((), 0.0), [1]),
    )
    assert given(design(Study(people, ()))).tolist() == pytest.approx([6.0, 4.0, 0.0])
