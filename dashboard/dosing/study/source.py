"""The study a dose rests on: the one that comes with Qlinical, or one the user brings."""

from dataclasses import dataclass
from threading import Lock

import torch
from cachetools import LRUCache, cached

from qcore.io.nonmem.reader import read_study
from qcore.io.nonmem.sentences import Text
from qcore.population.model import PopulationModel
from qcore.settings import data_dir
from qcore.study import Study
from qcore.tasks.dosing.dose_groups import studied_in
from qcore.tasks.dosing.drug.file import Drug, Studied, shipped
from qcore.tasks.dosing.fitting import TRIAL, model_of

DRUG = "challenge"


@dataclass(frozen=True)
class Source:
    """What a dose rests on.

    Attributes:
        title: of the study, as it is shown.
        drug: its caps, steps and aim.
        model: fitted to the study.
        study: what was measured; None where it is not at hand.
        studied: doses that were given, where they are known.
        weight_kg: the range of weights that is asked for at first; None for that of the study.
        notes: how the study's file was read.
        shared: the study is public.
        doubts: what the study's file does not tell and the dose hangs on.
        drug_file: part of the SHA-256 of the drug's file where the user brought one, else nothing.
    """

    title: str
    drug: Drug
    model: PopulationModel
    study: Study | None
    studied: Studied | None
    weight_kg: tuple[float, float] | None
    notes: tuple[Text, ...]
    shared: bool
    doubts: tuple[Text, ...] = ()
    drug_file: str = ""

    @property
    def key(self) -> str:
        """What tells it from other studies: part of the SHA-256 of its file and how that was read.

        The trial that comes with Qlinical has another drug file than the same trial uploaded by a user.
        """
        study = f"{'shared' if self.shared else 'own'}_{self.model.study[:16]}"
        return f"{study}_{self.drug_file}" if self.drug_file else study

    @property
    def for_all(self) -> bool:
        """Whether nothing in it is a user's own, so that what follows from it may be kept for everybody."""
        return self.shared and not self.drug_file

    @property
    def switches(self) -> tuple[str, ...]:
        """Covariates of 0 and 1 that change what the model says, or are called comedication."""
        used = {effect.covariate for effect in self.model.structure.effects} | {"COMED"}
        return tuple(each.name for each in self.model.covariates if set(each.seen) == {0.0, 1.0} and each.name in used)

    @property
    def needs_weight(self) -> bool:
        """Whether body weight changes what the model says."""
        return any(effect.covariate == self.model.weight for effect in self.model.structure.effects)


@cached(LRUCache(1), lock=Lock())
def _challenge() -> tuple[Drug, PopulationModel]:
    # Requests of several people share the cores; threads inside one simulation only get in each other's way.
    torch.set_num_threads(1)
    drug = shipped(DRUG)
    return drug, model_of(drug)


def challenge() -> Source:
    """Return the trial of the Quantum Innovation Challenge, with its measurements where they are at hand."""
    drug, model = _challenge()
    folder = data_dir()
    file = folder.joinpath(*TRIAL) if folder else None
    if file is None or not file.is_file():
        return Source("Challenge trial", drug, model, None, drug.studied, (50.0, 100.0), (), True)
    study, notes = _read(str(file), file.stat().st_mtime_ns)
    studied = drug.studied or studied_in(study)
    return Source("Challenge trial", drug, model, study, studied, (50.0, 100.0), notes, True)


@cached(LRUCache(1), lock=Lock())
def _read(path: str, _changed_at: int) -> tuple[Study, tuple[Text, ...]]:
    from pathlib import Path

    file = Path(path)
    read = read_study(file.name, file.read_bytes())
    return read.study, read.notes
