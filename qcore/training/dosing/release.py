"""The learned models that come with Qlinical: trained on all subjects, kept with a record of their training."""

import time
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from qcore.errors import MissingAsset
from qcore.models.quantum_layer import quantum_layers
from qcore.tasks.dosing.networks import store
from qcore.tasks.dosing.networks.model import Build, Learned
from qcore.tasks.dosing.networks.released import LEARNED
from qcore.training.dosing.candidates import Trainer
from qcore.training.dosing.coverage import spread_of_residuals
from qcore.training.dosing.differing import write_people
from qcore.training.dosing.evaluate import Validation

RECORD = "released.json"


class ModelRecord(BaseModel):
    """The record of one released model.

    Attributes:
        model: name of the model, one of `LEARNED`.
        case: "unseen" (nothing of the subject was measured) or "forecast" (the first week was).
        seeds: of the networks, one a member.
        n_parameters: trained numbers of a member.
        n_angles: those of them that are angles of circuits.
        seconds: of training, all members.
    """

    model_config = ConfigDict(frozen=True)

    model: str
    case: str
    seeds: tuple[int, ...]
    n_parameters: int
    n_angles: int
    seconds: float


class ReleaseRecord(BaseModel):
    """The record of all released models.

    Attributes:
        study: SHA-256 of the study's file.
        n_subjects: they were trained on.
        torch: version of torch that trained them.
        models: a record of each.
    """

    model_config = ConfigDict(frozen=True)

    study: str
    n_subjects: int
    torch: str
    models: tuple[ModelRecord, ...]


def release(
    validation: Validation,
    directory: Path = store.DIRECTORY,
    on_model: Callable[[str, int, int], object] = lambda _what, _done, _all: None,
) -> ReleaseRecord:
    """Train the models for every case on all subjects and write them.

    Args:
        validation: of the same study; it says how far from predictions of unseen people measurements lie, and what of
            its first division is not kept is trained.
        directory: where to write, a folder a model.
        on_model: is told which is trained, how many are done, and how many there are.
    """
    study, known = validation.study, validation.known
    trainer, records = Trainer(study, known, known.vector), list[ModelRecord]()
    wanted = [(case, name) for case in validation.cases for name in LEARNED]
    for done, (case, name) in enumerate(wanted):
        on_model(f"{name}, {case}", done, len(wanted))
        candidate, start = validation.candidates[name], time.perf_counter()
        if not isinstance(candidate.build, Build):
            raise TypeError(f"{name} has no networks")
        learned = trainer.learned(candidate, candidate.build, validation.cases[case])
        seconds = time.perf_counter() - start
        learned = replace(learned, residual_sd=spread_of_residuals(validation, name, case))
        store.save(learned, store.folder(name, case, directory))
        records.append(_record(learned, name, case, candidate.seeds, seconds))
    write_people(validation, directory, LEARNED)
    on_model("done", len(wanted), len(wanted))
    record = ReleaseRecord(
        study=known.study, n_subjects=len(study.subjects), torch=version("torch"), models=tuple(records)
    )
    (directory / RECORD).write_text(record.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return record


def load(directory: Path = store.DIRECTORY) -> ReleaseRecord:
    """Read the record of the released models.

    Raises:
        MissingAsset: it is not there, or damaged.
    """
    file = directory / RECORD
    try:
        return ReleaseRecord.model_validate_json(file.read_bytes())
    except (OSError, ValueError) as error:
        raise MissingAsset(
            f"{file} cannot be read. Restore it with git, or run 'qlinical train dosing --learned'."
        ) from error


def _record(learned: Learned, name: str, case: str, seeds: tuple[int, ...], seconds: float) -> ModelRecord:
    member = learned.members[0]
    return ModelRecord(
        model=name,
        case=case,
        seeds=seeds,
        n_parameters=sum(parameter.numel() for parameter in member.parameters()),
        n_angles=sum(layer.weights.numel() for layer in quantum_layers(member)),
        seconds=round(seconds, 1),
    )
