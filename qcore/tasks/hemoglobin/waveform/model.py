"""The trained waveform model: recordings, ages and sexes in, haemoglobin and anaemia out."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from qcore.backends.protocol import Backend, Provenance
from qcore.backends.registry import built
from qcore.backends.watched import Watched
from qcore.errors import InvalidValue, MissingAsset
from qcore.evidence.metrics import Estimate
from qcore.io.ecg.record import Ecg
from qcore.models.encoded import load_weights, save_weights
from qcore.tasks.hemoglobin.anemia import FEMALE, SEXES
from qcore.tasks.hemoglobin.answer import Answer, answered
from qcore.tasks.hemoglobin.evaluation import Coverage
from qcore.tasks.hemoglobin.facts import Judging
from qcore.tasks.hemoglobin.network import HYBRID, TWIN
from qcore.tasks.hemoglobin.store import FACTS, read
from qcore.tasks.hemoglobin.waveform.network import WaveformRegressor
from qcore.tasks.hemoglobin.waveform.signal import read_signal

Array = NDArray[np.float64]

CARD = "hemoglobin-waveform"
RECORDS_A_CALL = 64
YOUNGEST_YEARS, OLDEST_YEARS = 18, 120


class WaveformFacts(Judging):
    """What training on waveforms leaves beside the weights (model.json).

    Attributes:
        n_records: recordings that trained the models, by split.
        n_patients: patients they are of, by split.
        n_parameters: of each model.
        best_epoch: of each model, by its error on the validation patients.
        linear: of age and sex alone: intercept in g/dL, g/dL a year, and what women have less or more.
        training_seconds: of each model.
    """

    n_records: dict[str, int]
    n_patients: dict[str, int]
    n_parameters: dict[str, int]
    best_epoch: dict[str, int]
    linear: tuple[float, float, float]
    training_seconds: dict[str, float]


class WaveformEvaluation(BaseModel):
    """What the test patients said (evaluation.json).

    Attributes:
        n, n_patients, events: test recordings, patients they are of, and recordings with anaemia.
        models: metrics of every model; intervals over patients, all of whose recordings are drawn together.
        differences: hybrid minus each other model on the same recordings.
        coverage: that the intervals had.
    """

    model_config = ConfigDict(frozen=True)

    n: int
    n_patients: int
    events: int
    models: dict[str, dict[str, Estimate]]
    differences: dict[str, dict[str, Estimate]]
    coverage: list[Coverage]


@dataclass(frozen=True, repr=False)
class WaveformModel:
    """The hybrid and its twin, ready to answer.

    Attributes:
        networks: by name, ``hybrid`` and ``control``.
        facts: what training found out.
    """

    networks: dict[str, WaveformRegressor]
    facts: WaveformFacts

    def __repr__(self) -> str:
        """Return how many recordings trained it, on one line."""
        return f"WaveformModel of {self.facts.n_records['train']:,} recordings"

    def answer(self, ecg: Ecg, age_years: float, sex: str, backend: Backend | str) -> Answer:
        """Return haemoglobin and the probability of anaemia for a recording.

        Args:
            ecg: of twelve leads, five seconds or more.
            age_years: of the person.
            sex: ``female`` or ``male``.
            backend: where the circuit runs, or its text, such as ``noisy:fez``.

        Raises:
            InvalidValue: the sex is neither, the age cannot be, or there is no such backend.
            UnreadableInput: a lead is missing or was hardly recorded, or the recording is too short.
        """
        if sex not in SEXES:
            raise InvalidValue(f"The sex must be 'female' or 'male', not '{sex}': the limit of anaemia depends on it.")
        if not YOUNGEST_YEARS <= age_years <= OLDEST_YEARS:
            raise InvalidValue(f"Age (years) must lie between {YOUNGEST_YEARS} and {OLDEST_YEARS}.")
        person = np.array([[age_years, float(sex == FEMALE)]])
        estimated = estimates(self.networks[HYBRID], read_signal(ecg)[None], person, backend)
        return answered(*estimated, person[:, 1], self.facts, CARD)


def estimates(
    network: WaveformRegressor, x: NDArray[np.floating], person: Array, backend: Backend | str
) -> tuple[Array, Array, Provenance]:
    """Return haemoglobin and its standard error from shots, ``(n,)`` g/dL each, and what ran last.

    Args:
        network: trained.
        x: ``(n, 8, 1000)`` mV, as `signal.read_signal` returns it.
        person: ``(n, 2)`` age in years, and 1 for a woman.
        backend: where the circuit runs, or its text.
    """
    where, values, errors = Watched(built(backend)), [], []
    for start in range(0, len(x), RECORDS_A_CALL):
        rows = slice(start, start + RECORDS_A_CALL)
        some = torch.from_numpy(np.asarray(x[rows], dtype=np.float32))
        with torch.no_grad():
            value, error = network.measured(some, torch.from_numpy(person[rows]).float(), where)
        values.append(value.double().numpy())
        errors.append(error.double().numpy())
    return np.concatenate(values), np.concatenate(errors), where.provenance or _classical()


def _classical() -> Provenance:
    """Return what ran where a twin answered: no circuit."""
    return Provenance("none", "classical twin", None, None, None, "none", None, 0.0)


def save(model: WaveformModel, folder: Path) -> None:
    """Write weights and facts into a folder."""
    (folder / FACTS).unlink(missing_ok=True)
    for name, network in model.networks.items():
        save_weights(network, folder / f"{name}.safetensors")
    (folder / FACTS).write_text(model.facts.model_dump_json(indent=2) + "\n", encoding="utf-8")


def load(folder: Path) -> WaveformModel:
    """Read a waveform model that `qlinical train hemoglobin --mimic-iv-ecg` wrote.

    Raises:
        MissingAsset: a file is not there, or is damaged.
    """
    facts, networks = read(folder / FACTS, WaveformFacts), {}
    for name in (HYBRID, TWIN):
        file = folder / f"{name}.safetensors"
        if not file.is_file():
            raise MissingAsset(f"{file} is missing. Train again with qlinical train hemoglobin --mimic-iv-ecg.")
        networks[name] = WaveformRegressor(name)
        load_weights(networks[name], file)
    return WaveformModel(networks, facts)
