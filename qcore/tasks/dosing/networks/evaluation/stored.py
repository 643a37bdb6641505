"""The evaluation of the networks that is kept with them, from which every figure and interval is computed."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import to_jsonable_python

from qcore.errors import MissingAsset
from qcore.study import Quantity
from qcore.tasks.dosing.networks import store
from qcore.tasks.dosing.networks.evaluation.sizes import SizeErrors, sizes
from qcore.tasks.dosing.networks.evaluation.sums import SubjectErrors, Sums

FILE = "evaluation.json"
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


@dataclass(frozen=True)
class Coverage:
    """How often new measurements lie inside a prediction interval.

    Attributes:
        model: name of the model.
        case: "unseen" (nothing of the subject was measured) or "forecast" (the first week was).
        quantity: that is predicted, concentration or response.
        nominal: share of measurements that should lie inside.
        found: share of measurements that lies inside.
        n: number of measurements.
        width: median ratio of the interval's upper end to its lower end.
    """

    model: str
    case: str
    quantity: Quantity
    nominal: float
    found: float
    n: int
    width: float


@dataclass(frozen=True)
class Floor:
    """The least normalised error there can be, over simulated trials: that of predictions by the true model.

    Attributes:
        mean: error averaged over all trials.
        low: 5 % of the trials lie below.
        high: 5 % of the trials lie above.
    """

    mean: float
    low: float
    high: float


class BackendErrors(BaseModel):
    """Squared errors of a quantum model in the first division, with its circuits on one backend.

    Attributes:
        backend: its specification, such as "noisy:fez:3".
        sums: of the networks whose errors without noise were measured.
    """

    model_config = ConfigDict(frozen=True)

    backend: str
    sums: SubjectErrors


class NetworkEvaluation(BaseModel):
    """The results of the networks' evaluation.

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
    places: tuple[BackendErrors, ...] = ()
    sizes: tuple[SizeErrors, ...] = ()
    floors: Mapping[Quantity, Floor] = {}

    def with_size(self, size: SizeErrors) -> "NetworkEvaluation":
        """Return the evaluation with the errors of one size added or replaced."""
        others = [each for each in self.sizes if (each.n_qubits, each.n_layers) != (size.n_qubits, size.n_layers)]
        ordered = sorted([*others, size], key=lambda each: (each.n_qubits, each.n_layers))
        return self.model_copy(update={"sizes": tuple(ordered)})

    def report(self) -> dict[str, Any]:
        """Return all figures as plain data, for other programs."""
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
                {"backend": each.backend, **to_jsonable_python(error)}
                for each in self.places
                for error in first.model_copy(update={"models": (each.sums,)}).errors
            ],
            "sizes": [to_jsonable_python(each) for each in sizes(self.sizes)],
            "unseen_by_who_knows_the_truth": to_jsonable_python(self.floors),
        }


def save(evaluation: NetworkEvaluation, directory: Path = store.DIRECTORY) -> None:
    """Write an evaluation, a line for each list of numbers."""
    text = json.dumps(evaluation.model_dump(mode="json"), indent=1)
    text = re.sub(r"\[[-\d.e,\s]+\]", lambda found: " ".join(found[0].split()), text)
    (directory / FILE).write_text(text + "\n", encoding="utf-8")


def is_there(directory: Path = store.DIRECTORY) -> bool:
    """Tell whether anything was measured."""
    return (directory / FILE).is_file()


def load(directory: Path = store.DIRECTORY) -> NetworkEvaluation:
    """Read the evaluation that is kept with the networks.

    Raises:
        MissingAsset: there is none, or it is damaged.
    """
    file, again = directory / FILE, f"Restore it with git, or run '{RENEW}'."
    if not is_there(directory):
        raise MissingAsset(f"{file} is missing. {again}")
    try:
        return NetworkEvaluation.model_validate_json(file.read_bytes())
    except ValidationError as error:
        raise MissingAsset(f"{file} is damaged or of another version of the program. {again}") from error
