"""How people differ from what the released models expect, learnt from people who were held out."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from qcore.backends.ideal import IdealBackend
from qcore.study import Doses, Study
from qcore.tasks.dosing.networks import store
from qcore.tasks.dosing.networks.differences import Differences, fit_differences
from qcore.tasks.dosing.networks.model import Learned
from qcore.tasks.dosing.networks.released import LEARNED, UNSEEN, DifferencesByModel, save_people
from qcore.tasks.dosing.networks.samples import QUANTITIES, Moments, measured_moments
from qcore.training.dosing.evaluate import Validation


def write_people(
    validation: Validation, directory: Path = store.DIRECTORY, names: Sequence[str] = LEARNED
) -> DifferencesByModel:
    """Learn how people differ from every released model and write it beside the models.

    Args:
        validation: of the study the models were trained on; what of its first division is not kept is trained.
        directory: in which the models lie, and which is written to.
        names: of the models, which are candidates of the validation.

    Raises:
        MissingAsset: a model is not there.
    """
    chosen = {name: validation.candidates[name] for name in names}
    case = {UNSEEN: validation.cases[UNSEEN]}
    predicted = replace(validation, candidates=chosen, cases=case, n_repeats=1).predictions()
    moments = measured_moments(validation.study)
    differences = {}
    for name in names:
        learned = store.load(store.folder(name, UNSEEN, directory))
        held_out = torch.from_numpy(predicted[name, UNSEEN][0])
        differences[name] = differing(learned, validation.study, moments, held_out)
    people = DifferencesByModel(validation.known.study, differences)
    save_people(people, directory)
    return people


def differing(learned: Learned, study: Study, moments: Moments, predicted: Tensor) -> tuple[Differences, Differences]:
    """Return how people differ from what a model expects, in concentration and in response.

    Args:
        learned: trained on all of them; it says what the effect of their doses is.
        study: of all of them.
        moments: at which they were measured.
        predicted: of each while held out, ``(n_rows, 2)``.
    """
    ratio = torch.log(moments.measured) - torch.log(predicted)
    given, none = (learned.predicted(each, moments, IdealBackend()).log() for each in (study, _without_doses(study)))
    effects = (torch.zeros_like(ratio[:, 0]), (none - given)[:, 1])
    fits = []
    for column, effect in zip(range(len(QUANTITIES)), effects, strict=True):
        known = ratio[:, column].isfinite()
        fits.append(fit_differences(ratio[known, column], effect[known], moments.subject[known]))
    return fits[0], fits[1]


def _without_doses(study: Study) -> Study:
    nothing = np.zeros(0)
    none = Doses(nothing, nothing, nothing, np.zeros(0, dtype=bool), nothing)
    return replace(study, subjects=tuple(replace(each, doses=none) for each in study.subjects))
