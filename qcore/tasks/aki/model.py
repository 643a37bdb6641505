"""The trained AKI models: what they are made of, where their weights lie, how they answer."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from torch import Tensor, nn

from qcore.backends.protocol import Backend, Expectations, Provenance
from qcore.circuits import Circuit, reuploading
from qcore.evidence.calibration import Platt
from qcore.evidence.conformal import NOMINAL_COVERAGE, interval
from qcore.evidence.decision import OperatingPoint
from qcore.explain.explanation import Explanation
from qcore.explain.shapley import exact_shapley
from qcore.models.basis import Plain, TwoSided
from qcore.models.encoded import EncodedClassifier
from qcore.models.encoder import Feature, TableEncoder
from qcore.models.mlp import MLPClassifier
from qcore.models.variational import VariationalClassifier
from qcore.tasks.aki.inputs import ICU_TYPES, INPUT_NAMES
from qcore.tasks.aki.urine import DAY, LAST
from qcore.tasks.prediction import Prediction

Array = NDArray[np.float64]

CARD = "aki"
HYBRID = "hybrid"
CONTROL = "control"
GRADIENT_BOOSTING = "gradient_boosting"
LOGISTIC_REGRESSION = "logistic_regression"
LABELS: Mapping[str, str] = {
    HYBRID: "Hybrid quantum model",
    CONTROL: "Classical network of the same size",
    GRADIENT_BOOSTING: "Gradient boosting",
    LOGISTIC_REGRESSION: "Logistic regression",
}

CIRCUIT: Circuit = reuploading(n_qubits=4, n_layers=3)
N_HIDDEN = 12
ROWS_A_CALL = 8192
"""Patients in one backend call: bounds the memory of a large upload."""

# Logarithms and ratios, because kidney function and urine flow act by proportions: the rise of creatinine over the
# day, and urine by KDIGO's measure. The offset (mL/kg/h) keeps anuria finite.
FEATURES = (
    Feature("creatinine_last_mg_dl", log_offset=0.0),
    Feature("creatinine_last_mg_dl", log_offset=0.0, over="creatinine_first_mg_dl"),
    Feature("bun_max_mg_dl", log_offset=0.0),
    Feature(DAY, log_offset=0.05),
    Feature(LAST, log_offset=0.05),
    Feature("age_years"),
    Feature("weight_kg", log_offset=0.0),
    Feature("map_min_mmhg", log_offset=0.0),
    Feature("bicarbonate_last_mmol_l"),
    Feature("gcs_max"),
    Feature("temperature_min_c"),
)


class Facts(BaseModel):
    """What training leaves beside the weights (model.json). Risks are probabilities.

    `trained_on` is the backend of training, `normalized` whether the hybrid normalises what it measures.
    """

    model_config = ConfigDict(frozen=True)

    population: str
    n_patients: int
    base_rate: float
    calibration: dict[str, Platt]
    half_width: float
    operating_point: OperatingPoint
    reference_patient: dict[str, float]
    n_parameters: dict[str, int]
    training_seconds: dict[str, float]
    validation_auroc: dict[str, float]
    versions: dict[str, str]
    trained_on: str = "ideal"
    normalized: bool = False


def new_encoder() -> TableEncoder:
    """Return an encoder for the twelve inputs, not yet fitted."""
    return TableEncoder(INPUT_NAMES, FEATURES, {"icu_type": len(ICU_TYPES)}).double()


def new_hybrid(encoder: TableEncoder, normalize: bool = False) -> EncodedClassifier[VariationalClassifier]:
    """Return the untrained hybrid model behind an encoder, with or without post-measurement normalisation."""
    basis = TwoSided(encoder.n_features, encoder.n_numeric)
    return EncodedClassifier(encoder, VariationalClassifier(CIRCUIT, basis, normalize)).double()


def new_control(encoder: TableEncoder) -> EncodedClassifier[MLPClassifier]:
    """Return the untrained control, which after pruning has as many parameters as the hybrid, behind an encoder."""
    return EncodedClassifier(encoder, MLPClassifier(Plain(encoder.n_features), N_HIDDEN)).double()


def new_logistic_regression(encoder: TableEncoder) -> EncodedClassifier[nn.Sequential]:
    """Return an unfitted logistic regression that reads what the hybrid reads, behind an encoder."""
    basis = TwoSided(encoder.n_features, encoder.n_numeric)
    return EncodedClassifier(encoder, nn.Sequential(basis, nn.Linear(basis.n_out, 1), nn.Flatten(0))).double()


@dataclass(frozen=True)
class AkiModel:
    """The hybrid model with its controls, calibrated, ready to answer."""

    hybrid: EncodedClassifier[VariationalClassifier]
    controls: Mapping[str, nn.Module]
    facts: Facts

    def predict(self, inputs: pd.DataFrame, backend: Backend) -> Prediction:
        """Return the risk of AKI in hours 24 to 48.

        Args:
            inputs: ``(n, 12)`` columns `INPUT_NAMES` in canonical units; a missing value takes the training
                median, so whoever must not impute checks before.
            backend: where the circuit runs.

        Raises:
            ValueError: no patients.
        """
        risk, standard_error, provenance = self._risk(_tensor(inputs), backend)
        return self._prediction(risk, standard_error, provenance)

    def angles(self, inputs: pd.DataFrame) -> Tensor:
        """Return the rotation angles ``(n, 12)`` rad of patients: all that leaves for a processor, with the circuit."""
        with torch.no_grad():
            return self.hybrid.classifier.inputs(self.hybrid.encoder(_tensor(inputs)))

    def read(self, run: Expectations) -> Prediction:
        """Return what the measurements of a processor, made for `angles`, say about the patients."""
        with torch.no_grad():
            return self._prediction(*self._calibrated(run), run.provenance)

    def _prediction(self, risk: Array, standard_error: Array, provenance: Provenance) -> Prediction:
        low, high = interval(risk, self.facts.half_width)
        threshold = self.facts.operating_point.threshold
        return Prediction(
            value=risk,
            standard_error=standard_error,
            unit="probability",
            low=low,
            high=high,
            nominal_coverage=NOMINAL_COVERAGE,
            decision=risk >= threshold,
            threshold=threshold,
            population=self.facts.population,
            model_card=CARD,
            provenance=provenance,
        )

    def control_risks(self, inputs: pd.DataFrame) -> dict[str, Array]:
        """Return the calibrated risk ``(n,)`` of every classical control for the same inputs."""
        tensor = _tensor(inputs)
        with torch.no_grad():
            return {
                name: self.facts.calibration[name].probability(model(tensor).numpy())
                for name, model in self.controls.items()
            }

    def reference_patient(self) -> pd.Series:
        """Return the patient that explanations start from: the training median of every input."""
        return pd.Series(self.facts.reference_patient)[list(INPUT_NAMES)]

    def explain(self, patient: pd.Series, backend: Backend) -> Explanation:
        """Attribute the difference in risk between a patient and the reference patient to the twelve inputs.

        Args:
            patient: ``(12,)`` canonical units, complete.
            backend: where the circuit runs.
        """
        return exact_shapley(
            lambda rows: self._risk(torch.from_numpy(rows), backend)[:2],
            patient[list(INPUT_NAMES)].to_numpy(dtype=np.float64),
            self.reference_patient().to_numpy(dtype=np.float64),
            INPUT_NAMES,
        )

    def _risk(self, inputs: Tensor, backend: Backend) -> tuple[Array, Array, Provenance]:
        """Return risk and its standard error, ``(n,)`` each, and what ran."""
        if not len(inputs):
            raise ValueError("a prediction needs at least one patient")
        encoder, classifier = self.hybrid.encoder, self.hybrid.classifier
        parts, seconds = [], 0.0
        with torch.no_grad():
            for rows in inputs.split(ROWS_A_CALL):
                run = classifier.expectations(encoder(rows), backend)
                parts.append(self._calibrated(run))
                seconds += run.provenance.seconds
        risk, error = (np.concatenate(part) for part in zip(*parts, strict=True))
        return risk, error, replace(run.provenance, seconds=seconds)

    def _calibrated(self, run: Expectations) -> tuple[Array, Array]:
        classifier, calibration = self.hybrid.classifier, self.facts.calibration[HYBRID]
        logit, error = classifier.logits(run).numpy(), classifier.standard_error(run).numpy()
        return calibration.probability(logit), calibration.standard_error(logit, error)


def _tensor(inputs: pd.DataFrame) -> Tensor:
    return torch.from_numpy(inputs[list(INPUT_NAMES)].to_numpy(dtype=np.float64, copy=True))
