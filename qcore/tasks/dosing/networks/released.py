"""The learned models that come with Qlinical, ready to be asked for doses in the study they were trained on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter

from qcore.backends.protocol import Backend
from qcore.errors import MissingAsset
from qcore.population.model import PopulationModel
from qcore.tasks.dosing.dose_finding import DoseModel
from qcore.tasks.dosing.networks import store
from qcore.tasks.dosing.networks.differences import Differences
from qcore.tasks.dosing.networks.dose_finding.attained import HybridDoseModel, NetworkDoseModel
from qcore.tasks.dosing.networks.mechanistic import Mechanistic
from qcore.tasks.dosing.networks.model import Learned

LEARNED = ("quantum", "classical", "quantum on mechanistic", "classical on mechanistic")
"""Names of the released models; every quantum one before its classical control."""
UNSEEN = "unseen"
"""Name of the case in which only covariates and doses of a person are known."""
PEOPLE = "people.json"


@dataclass(frozen=True)
class DifferencesByModel:
    """How people differ from what the models expect.

    Attributes:
        study: SHA-256 of the file of the study all of it was learnt from.
        differences: of concentration and response, by model.
    """

    study: str
    differences: Mapping[str, tuple[Differences, Differences]]


_ADAPTER = TypeAdapter(DifferencesByModel)


@dataclass(frozen=True, eq=False)
class Released:
    """The models of one study.

    Attributes:
        study: SHA-256 of its file.
        models: the trained networks by name.
        differences: of concentration and response, by name.
    """

    study: str
    models: Mapping[str, Learned]
    differences: Mapping[str, tuple[Differences, Differences]]

    def dose_models(self, known: PopulationModel, backend: Backend) -> list[DoseModel]:
        """Return the models, to be asked for doses; none where they were trained on another study.

        Args:
            known: the mechanistic model of a study.
            backend: that runs the circuits.
        """
        if known.study != self.study:
            return []
        return [self._one(name, known, backend) for name in self.models]

    def _one(self, name: str, known: PopulationModel, backend: Backend) -> DoseModel:
        learned = self.models[name]
        if isinstance(learned.features.base, Mechanistic):
            return HybridDoseModel(name, learned, known, backend)
        return NetworkDoseModel(name, learned, known, self.differences[name], backend)


def load_released(directory: Path = store.DIRECTORY) -> Released:
    """Read the models and how people differ from them.

    Args:
        directory: of all of them.

    Raises:
        MissingAsset: something is missing or damaged; the message says how to make it again.
    """
    file = directory / PEOPLE
    try:
        people = _ADAPTER.validate_json(file.read_bytes())
    except (OSError, ValueError) as error:
        raise MissingAsset(
            f"{file} is missing or damaged. Restore it with git, or run 'qlinical train dosing --learned'."
        ) from error
    models = {name: store.load(store.folder(name, UNSEEN, directory)) for name in LEARNED}
    return Released(people.study, models, people.differences)


def save_people(people: DifferencesByModel, directory: Path) -> None:
    """Write how people differ beside the models."""
    text = json.dumps(_ADAPTER.dump_python(people, mode="json"), indent=1)
    (directory / PEOPLE).write_text(text + "\n", encoding="utf-8")
