"""The evaluation of the learned models that is kept with them: enough to compute every figure and interval again."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import to_jsonable_python

from qcore.backends.registry import backend
from qcore.errors import MissingAsset
from qcore.study import Quantity
from qcore.tasks.dosing.networks import store
from qcore.tasks.dosing.networks.model import Experts
from qcore.tasks.dosing.networks.released import LEARNED
from qcore.training.dosing.coverage import Coverage, retrained
from qcore.training.dosing.evaluate import Validation
from qcore.training.dosing.floor import Floor
from qcore.training.dosing.size import Measured, sizes
from qcore.training.dosing.sums import Summed, Sums

FILE = "evaluation.json"
NOISELESS = "ideal"
PLACES = ("noisy:fez", "noisy:torino", "noisy:fez:3")
"""Backends on which the quantum models are asked besides state vectors."""
RENEW = "qlinical evaluate dosing --write"
HOW = (
    "Subject-wise cross-validation, the same folds for all models; nothing of a subject held out is used but "
    "covariates, doses and, in a forecast, the samples of the first week. Intervals: 95 %, over resampled subjects."
)
LIMITS = (
    "The shape of the networks and how they are trained were found on other divisions of the same 48 subjects: "
    "the errors of all networks lean to the good side by an unknown amount. So do those of the mechanistic model "
    "and of what starts from it: its structure was found once, on all 48 subjects; only its numbers are fitted "
    "again in every fold. Intervals are over the subjects, not over divisions and seeds. With 48 subjects they are "
    "wide, and differences between models are far better known than the errors themselves. The study is simulated, "
    "presumably by a mechanistic model, which favours mechanistic models. No quantum advantage is claimed."
)


class Place(BaseModel):
    """What a quantum model says where its circuits run: squared errors of the first division.

    Attributes:
        backend: as one line of text.
        sums: of the same networks whose noiseless errors were measured.
    """

    model_config = ConfigDict(frozen=True)

    backend: str
    sums: Summed


class Evaluation(BaseModel):
    """What is known of the learned models.

    Attributes:
        study: SHA-256 of the file of the study.
        measured: squared errors of all models.
        coverage: of the intervals of the released models, in the first division.
        places: the quantum models without noise and under that of devices.
        sizes: those that were trained.
        floors: by quantity, errors of an unseen subject by who knows the truth.
    """

    model_config = ConfigDict(frozen=True)

    study: str
    measured: Sums
    coverage: tuple[Coverage, ...] = ()
    places: tuple[Place, ...] = ()
    sizes: tuple[Measured, ...] = ()
    floors: Mapping[Quantity, Floor] = {}

    def with_size(self, size: Measured) -> "Evaluation":
        """Return it with a size that was trained, in the place of what was known of it before."""
        others = [each for each in self.sizes if (each.n_qubits, each.n_layers) != (size.n_qubits, size.n_layers)]
        ordered = sorted([*others, size], key=lambda each: (each.n_qubits, each.n_layers))
        return self.model_copy(update={"sizes": tuple(ordered)})

    def report(self) -> dict[str, Any]:
        """Return all figures, for other programs."""
        first = self.measured
        seeds = {(each.model, each.case): list(each.seeds) for each in first.models}
        return {
            "task": "dosing",
            "study": self.study,
            "how": HOW,
            "limits": LIMITS,
            "renew": RENEW,
            "n_subjects": first.n_subjects,
            "n_folds": first.n_folds,
            "n_repeats": first.n_repeats,
            "known_until": first.cases,
            "standard_deviations": first.spreads,
            "errors": [{**to_jsonable_python(each), "seeds": seeds[each.model, each.case]} for each in first.errors],
            "comparisons": [to_jsonable_python(each) for each in first.comparisons],
            "coverage": [to_jsonable_python(each) for each in self.coverage],
            "under_noise": [
                {"backend": place.backend, **to_jsonable_python(error)}
                for place in self.places
                for error in first.model_copy(update={"models": (place.sums,)}).errors
            ],
            "sizes": [to_jsonable_python(each) for each in sizes(self.sizes)],
            "unseen_by_who_knows_the_truth": to_jsonable_python(self.floors),
        }


def with_networks(evaluation: Evaluation, validation: Validation, names: tuple[str, ...] = LEARNED) -> Evaluation:
    """Add how often intervals hold, and the errors under device noise: trains the networks of the first division."""
    coverage, places = list[Coverage](), list[Place]()
    for name in names:
        backends = {place: backend(place) for place in PLACES} if Experts.QUANTUM in name else {}
        for case in validation.cases:
            done, total = list(validation.cases).index(case), len(names) * len(validation.cases)
            done += names.index(name) * len(validation.cases)
            validation.on_progress(f"{name}, {case}, once more", done, total)
            found = retrained(validation, name, case, backends)
            coverage += found.coverage
            if Experts.QUANTUM in name:
                places.append(Place(backend=NOISELESS, sums=_first_division(validation, name, case)))
            places += [Place(backend=place, sums=sums) for place, sums in found.places.items()]
    return evaluation.model_copy(update={"coverage": tuple(coverage), "places": tuple(places)})


def _first_division(validation: Validation, name: str, case: str) -> Summed:
    cases, candidates = {case: validation.cases[case]}, {name: validation.candidates[name]}
    return replace(validation, n_repeats=1, cases=cases, candidates=candidates).run().models[0]


def save(evaluation: Evaluation, directory: Path = store.DIRECTORY) -> None:
    """Write an evaluation, a line for each list of numbers."""
    text = json.dumps(evaluation.model_dump(mode="json"), indent=1)
    text = re.sub(r"\[[-\d.e,\s]+\]", lambda found: " ".join(found[0].split()), text)
    (directory / FILE).write_text(text + "\n", encoding="utf-8")


def is_there(directory: Path = store.DIRECTORY) -> bool:
    """Tell whether anything was measured."""
    return (directory / FILE).is_file()


def load(directory: Path = store.DIRECTORY) -> Evaluation:
    """Read an evaluation.

    Raises:
        MissingAsset: there is none, or it is damaged.
    """
    file, again = directory / FILE, f"Restore it with git, or run '{RENEW}'."
    if not is_there(directory):
        raise MissingAsset(f"{file} is missing. {again}")
    try:
        return Evaluation.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise MissingAsset(f"{file} is damaged or of another version of the program. {again}") from error
