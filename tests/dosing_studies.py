"""A made-up study whose truth is the model that comes with Qlinical, and that model."""

import numpy as np
import torch

from qcore.population.model import PopulationModel
from qcore.study import Doses, Observations, Study, Subject
from qcore.tasks.dosing.course import course, typical
from qcore.tasks.dosing.drug.file import shipped
from qcore.tasks.dosing.fitting import model_of

TIMES = np.array([0.0, 1, 4, 12, 24, 48, 96, 144, 145, 148, 156, 168, 216, 264])


def shipped_model() -> PopulationModel:
    return model_of(shipped("challenge"))


def doses(amount: float, count: int = 7, interval: float = 24.0) -> Doses:
    none = np.zeros(count)
    return Doses(np.arange(count) * interval, np.full(count, amount), none, none == 0, none)


def study(n_subjects: int = 24, noise: float = 0.1, seed: int = 0) -> Study:
    """Four groups on 0, 1, 3 and 10 once daily for a week; patients and errors as the model has them."""
    model, generator = shipped_model(), np.random.default_rng(seed)
    people = []
    for index in range(n_subjects):
        amount = (0.0, 1.0, 3.0, 10.0)[index % 4]
        covariates = {"BW": 50.0 + 2 * (index % 24), "COMED": float(index // 4 % 2)}
        given = doses(amount, 7 if amount else 0)
        patient = model.patients(
            {name: torch.tensor([value], dtype=torch.float64) for name, value in covariates.items()},
            torch.from_numpy(generator.standard_normal((1, len(model.structure.iiv)))),
        )
        found = course(model.structure, patient, given, TIMES)
        assert found.response is not None
        values = np.concatenate([found.concentration[0].numpy(), found.response[0].numpy()])
        kind = np.repeat([False, True], len(TIMES))
        seen = kind | ((np.tile(TIMES, 2) > 0) & (amount > 0))
        measured = values * np.exp(noise * generator.standard_normal(len(values)))
        times, kind, measured = np.tile(TIMES, 2)[seen], kind[seen], measured[seen]
        order = np.argsort(times, kind="stable")
        observed = Observations(times[order], measured[order], kind[order])
        people.append(Subject(str(index), covariates, given, observed))
    return Study(tuple(people), ("BW", "COMED"), model.units, "BW")


def a_typical_patient() -> dict[str, torch.Tensor]:
    return typical(shipped_model(), {"BW": 70.0, "COMED": 0.0})
