from dataclasses import replace

import numpy as np
import pytest
from population_models import population_model
from trials import trial

from qcore.population.fitting.foce import FINEST
from qcore.population.structure import Response
from qcore.study import Quantity
from qcore.tasks.dosing.networks.evaluation.stored import Floor
from qcore.training.dosing import floor


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floor, "N_PEOPLE", 64)
    monkeypatch.setattr(floor, "N_TRIALS", 20)


def found(**changed: float) -> dict[Quantity, Floor]:
    """Floors of a study whose model has some standard deviations changed."""
    model, study = population_model(Response(partial=True)), trial(12)
    renamed = [replace(each, covariates={"BW": each.covariates["WT"], "COMED": 0.0}) for each in study.subjects]
    names = model.structure.names
    said = {name.replace("_", " "): float(np.log(value)) for name, value in changed.items()}
    numbers = tuple(said.get(name, value) for name, value in zip(names, model.numbers, strict=True))
    known = replace(model, numbers=numbers)
    return dict(floor.floors(known, replace(study, subjects=tuple(renamed), covariates=("BW", "COMED"), weight="BW")))


def test_who_knows_the_truth_of_people_who_are_all_alike_is_off_by_the_error_of_measurement() -> None:
    errors = {f"{part}_error_of_{quantity}": 1e-4 for part in ("additive", "proportional") for quantity in Quantity}
    exact = found(omega_CL=1e-4, omega_R0=1e-4, **errors)
    # Concentrations are never taken for more exact than `FINEST`.
    assert exact[Quantity.RESPONSE].mean < 0.01
    assert exact[Quantity.CONCENTRATION].mean < 1.5 * FINEST


def test_the_more_people_differ_the_further_off_even_the_truth_is() -> None:
    little, much = found(omega_R0=0.1)[Quantity.RESPONSE], found(omega_R0=0.4)[Quantity.RESPONSE]
    assert little.mean < 0.8 * much.mean
    assert much.low < much.mean < much.high
