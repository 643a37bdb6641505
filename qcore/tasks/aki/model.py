"""The trained AKI models as the page asks them: tables of patients in, risks and their reasons out."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from torch import Tensor

from qcore.arguments import check_kind, path_of
from qcore.backends.protocol import Backend, Expectations
from qcore.backends.registry import backend as make_backend
from qcore.circuits import Circuit
from qcore.evidence.decision import OperatingPoint
from qcore.evidence.evaluation import Evaluation
from qcore.explain.explanation import Explanation
from qcore.settings import ASSETS
from qcore.tasks.aki.acceptance import values_of
from qcore.tasks.aki.inputs import INPUT_NAMES
from qcore.tasks.aki.question import AKI
from qcore.tasks.classification import store
from qcore.tasks.classification.model import (
    CONTROL,
    GRADIENT_BOOSTING,
    HYBRID,
    LOGISTIC_REGRESSION,
    TITLES,
    Facts,
    Model,
)
from qcore.tasks.classification.question import entry_of
from qcore.tasks.prediction import Prediction

Array = NDArray[np.float64]

ENTRY = entry_of(AKI)
CARD = ENTRY.name
(LABEL,) = AKI.labels.names
DIRECTORY = ASSETS / "models" / CARD
LABELS: Mapping[str, str] = {
    HYBRID: "Hybrid quantum model",
    CONTROL: TITLES[CONTROL],
    GRADIENT_BOOSTING: "Gradient boosting",
    LOGISTIC_REGRESSION: "Logistic regression",
}
"""The models, as the page calls them."""


@dataclass(frozen=True, repr=False)
class AkiModel:
    """The hybrid model with its controls, calibrated, ready to answer.

    Attributes:
        trained: members, calibration and thresholds of the hybrid and its controls.
    """

    trained: Model

    def __repr__(self) -> str:
        """Return the models that answer and the threshold of an alert, on one line."""
        return f"AkiModel, alert from a risk of {self.threshold:.3f}: {self.trained!r}"

    @property
    def facts(self) -> Facts:
        """What training found out: calibration, thresholds, the reference patient and more."""
        return self.trained.facts

    @property
    def base_rate(self) -> float:
        """Share of the training patients who developed AKI."""
        return self.facts.base_rate[LABEL]

    @property
    def threshold(self) -> float:
        """Risk from which there is an alert."""
        return self.facts.thresholds[LABEL]

    @property
    def operating_point(self) -> OperatingPoint:
        """What the threshold does on patients held out in training."""
        return self.facts.operating_point[LABEL]

    @property
    def circuit(self) -> Circuit:
        """What runs for every patient."""
        return self.trained.circuit_reader.circuit

    @property
    def weights(self) -> Tensor:
        """The trained angles of the circuit, rad."""
        return self.trained.circuit_reader.weights.detach()

    def predict(self, inputs: pd.DataFrame, backend: Backend | str) -> Prediction:
        """Return the risk of AKI in hours 24 to 48.

        Args:
            inputs: ``(n, 12)`` columns `INPUT_NAMES` in canonical units. A missing value takes the training median,
                and none is refused: `qcore.tasks.aki.acceptance.checked_patients` does.
            backend: where the circuit runs, or its text, such as ``noisy:fez``.

        Raises:
            InvalidValue: there are no patients, a column is missing or holds no numbers, a value is infinite or a code
                that does not exist, or there is no such backend.
        """
        return self.trained.predict(_tensor(inputs), backend)[LABEL]

    def angles(self, inputs: pd.DataFrame) -> Tensor:
        """Return the rotation angles ``(n, 12)`` rad of patients: all that leaves for a processor, with the circuit."""
        return self.trained.angles(_tensor(inputs))

    def read(self, run: Expectations) -> Prediction:
        """Return what the measurements of a processor, made for `angles`, say about the patients."""
        return self.trained.read(run)[LABEL]

    def control_risks(self, inputs: pd.DataFrame) -> dict[str, Array]:
        """Return the calibrated risk ``(n,)`` of every classical control for the same inputs."""
        cases, noiseless = _tensor(inputs), make_backend("ideal")
        controls = [name for name in self.trained.members if name != HYBRID]
        return {name: self.trained.probabilities(name, cases, noiseless)[:, 0] for name in controls}

    def reference_patient(self) -> pd.Series:
        """Return the patient that explanations start from: the training median of every input."""
        return pd.Series(self.facts.reference)[list(INPUT_NAMES)]

    def explain(self, patient: pd.Series, backend: Backend | str) -> Explanation:
        """Attribute the difference in risk between a patient and the reference patient to the twelve inputs.

        Args:
            patient: ``(12,)`` named by `INPUT_NAMES`, canonical units, complete.
            backend: where the circuit runs, or its text, such as ``noisy:fez``.

        Raises:
            InvalidValue: it is no pandas Series, a value is missing or no number, or there is no such backend.
        """
        check_kind("The patient", patient, pd.Series, "a pandas Series of the twelve inputs, such as table.iloc[0]")
        return self.trained.explain(values_of(patient.to_frame().T)[0], INPUT_NAMES, LABEL, backend)


def load(folder: Path | str = DIRECTORY) -> AkiModel:
    """Return the trained AKI model with its classical controls, ready to be asked.

    Args:
        folder: of the weights; that which comes with Qlinical if none is given.

    Raises:
        InvalidArgument: the folder is neither text nor a path.
        MissingAsset: a file is not there, or is damaged.
    """
    return AkiModel(store.load(ENTRY, path_of("folder", folder)))


def load_evaluation(folder: Path = DIRECTORY) -> Evaluation:
    """Read what the test set said.

    Raises:
        MissingAsset: the model was never evaluated.
    """
    return store.load_evaluation(ENTRY, folder)


def _tensor(inputs: pd.DataFrame) -> Tensor:
    return torch.from_numpy(values_of(inputs))
