"""A trained entry: members trained from several seeds, averaged and calibrated, beside their classical controls."""

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from qcore.backends.protocol import Backend, Expectations, Provenance
from qcore.backends.registry import built
from qcore.errors import InvalidValue, UnsuitableCircuit
from qcore.evidence.conformal import NOMINAL_COVERAGE, interval
from qcore.explain.explanation import Explanation
from qcore.explain.shapley import exact_shapley
from qcore.models.basis import TwoSided
from qcore.models.images.resnet import ResNet18
from qcore.models.mlp import LinearClassifier
from qcore.models.signals.stretches import PooledLinear
from qcore.models.variational import VariationalClassifier
from qcore.tasks.classification.asked import CASES_A_CALL, member_logits
from qcore.tasks.classification.facts import Facts as Facts
from qcore.tasks.classification.given import check_explained, check_stored
from qcore.tasks.classification.preparation import Preparation
from qcore.tasks.classification.question import Entry
from qcore.tasks.prediction import Prediction

Array = NDArray[np.float64]
HYBRID = "hybrid"
CONTROL = "control"
RESNET = "resnet"
RESNET_1D = "resnet_1d"
GRADIENT_BOOSTING = "gradient_boosting"
LOGISTIC_REGRESSION = "logistic_regression"
TITLES: Mapping[str, str] = {
    HYBRID: "Hybrid",
    CONTROL: "Classical twin",
    RESNET: "ResNet-18, narrow",
    RESNET_1D: "ResNets in one dimension",
    GRADIENT_BOOSTING: "Gradient boosting",
    LOGISTIC_REGRESSION: "Logistic regression",
}
READS_RAW = frozenset({GRADIENT_BOOSTING})
"""Trees take values as they are, missing ones too; all others read prepared cases."""


def new_member(entry: Entry, name: str) -> nn.Module:
    """Return an untrained member of one of the models; boosted trees have no form before they are fitted.

    Raises:
        KeyError: the model is not one of torch's.
    """
    shape = entry.shape
    build: Mapping[str, Callable[[], nn.Module]] = {
        HYBRID: lambda: entry.definition.build(shape, entry.n_qubits, entry.n_layers),
        CONTROL: lambda: entry.definition.control(shape, entry.n_qubits, entry.n_layers),
        RESNET: lambda: ResNet18(shape.n_dims, shape.n_features, shape.n_outputs, shape.widths[0], shape.dropout),
        RESNET_1D: lambda: PooledLinear(shape.n_features, shape.n_outputs, shape.dropout),
        LOGISTIC_REGRESSION: lambda: LinearClassifier(TwoSided(shape.n_features, shape.n_numeric), shape.n_outputs).to(
            entry.definition.dtype
        ),
    }
    return build[name]()


@dataclass(frozen=True, eq=False, repr=False)
class Model:
    """The trained models of one family for one question.

    Attributes:
        entry: question, family and size.
        preparation: of the cases, fitted.
        members: of each model, one a seed.
        facts: what training found out.
    """

    entry: Entry
    preparation: Preparation
    members: Mapping[str, Sequence[nn.Module]]
    facts: Facts

    def __repr__(self) -> str:
        """Return the question, the family and the models that answer, on one line."""
        models = ", ".join(f"{name} x {len(several)}" for name, several in self.members.items())
        return f"Model {self.entry.name} ({self.entry.question.title}; {self.entry.definition.label}): {models}"

    @property
    def digest(self) -> str:
        """Text that differs wherever the trained numbers do."""
        calibration = {
            name: [(platt.slope, platt.intercept) for platt in by_label.values()]
            for name, by_label in self.facts.calibration.items()
        }
        digest = hashlib.sha256(json.dumps([calibration, self.facts.thresholds]).encode())
        for part in (self.preparation, *(member for several in self.members.values() for member in several)):
            for value in part.state_dict().values():
                digest.update(value.numpy().tobytes())
        return digest.hexdigest()[:20]

    def prepared(self, name: str, cases: Tensor) -> Tensor:
        """Return what a model is given of cases ``(n, ...)`` as stored: images in [0, 1], tables with units.

        Raises:
            InvalidValue: there is no such model, or the cases are not as stored.
        """
        if name not in self.members:
            raise InvalidValue(f"There is no model '{name}' here. Choose from {', '.join(self.members)}.")
        check_stored(self.entry.shape, self.preparation, cases)
        return cases if name in READS_RAW else self.preparation(cases)

    def logits(self, name: str, cases: Tensor, backend: Backend | str) -> Array:
        """Return log odds of each member, ``(n_members, n, n_labels)``, before calibration.

        Args:
            name: of the model: hybrid, control or a reference.
            cases: ``(n, ...)`` as stored.
            backend: where the circuit runs.
        """
        return self.logits_of_prepared(name, self.prepared(name, cases), backend)

    def logits_of_prepared(self, name: str, x: Tensor, backend: Backend | str) -> Array:
        """Return log odds as `logits` does, of cases that went through `prepared` before.

        Args:
            name: of the model: hybrid, control or a reference.
            x: ``(n, ...)`` prepared cases.
            backend: where the circuit runs.
        """
        mirrored, backend = self.entry.question.mirrored, built(backend)
        return np.stack([member_logits(member, x, mirrored, backend) for member in self.members[name]])

    def probabilities(self, name: str, cases: Tensor, backend: Backend | str) -> Array:
        """Return the calibrated probability of each label, ``(n, n_labels)``, of the members' mean log odds.

        Args:
            name: of the model, one of `members`: ``hybrid``, its classical twin ``control`` or a reference.
            cases: ``(n, ...)`` as stored: images with values from 0 to 1, tables with units.
            backend: where the circuit runs, or its text, such as ``noisy:fez``.

        Raises:
            InvalidValue: there is no such model or backend, or the cases are not as stored.
        """
        return self.calibrated(name, self.logits(name, cases, backend).mean(0))

    def calibrated(self, name: str, logits: Array) -> Array:
        """Return the probability of each label for log odds ``(n, n_labels)``."""
        return self.entry.question.labels.probabilities(logits, self.facts.calibration[name])

    def decisions(self, probabilities: Array) -> NDArray[np.bool_]:
        """Return which labels are given, ``(n, n_labels)``."""
        return self.entry.question.labels.decisions(probabilities, self.facts.thresholds)

    @property
    def circuit_reader(self) -> VariationalClassifier:
        """The hybrid, where it is one circuit between two linear maps: what a job on a processor needs.

        Raises:
            UnsuitableCircuit: it is something else, or of several members.
        """
        only, *others = self.members[HYBRID]
        if others or not isinstance(only, VariationalClassifier):
            raise UnsuitableCircuit(
                f"The model '{self.entry.name}' is not one circuit between two linear maps. "
                f"Ask for `probabilities('{HYBRID}', cases, backend)` instead."
            )
        return only

    def angles(self, cases: Tensor) -> Tensor:
        """Return the rotation angles ``(n, n_inputs)`` rad of cases: all that leaves for a processor, with the circuit.

        Raises:
            UnsuitableCircuit: see `circuit_reader`.
        """
        with torch.no_grad():
            return self.circuit_reader.inputs(self.prepared(HYBRID, cases))

    def read(self, run: Expectations) -> dict[str, Prediction]:
        """Return what the measurements of a processor, made for `angles`, say about the cases, by label.

        Raises:
            UnsuitableCircuit: see `circuit_reader`.
        """
        return self._predictions(*self._measured(run), run.provenance)

    def predict(self, cases: Tensor, backend: Backend | str) -> dict[str, Prediction]:
        """Return the answer by label, with its error from shots.

        Args:
            cases: ``(n, ...)`` as stored.
            backend: where the circuit runs, or its text, such as ``noisy:fez``.

        Raises:
            UnsuitableCircuit: see `circuit_reader`.
            InvalidValue: the cases are not as stored, there are none, there is no such backend, or too few cases were
                held out in training to learn a conformal band.
        """
        return self._predictions(*self._run(cases, backend))

    def explain(self, case: Array, names: Sequence[str], label: str, backend: Backend | str) -> Explanation:
        """Attribute the difference in a label's probability between a case and the reference case to its columns.

        Args:
            case: ``(n_columns,)`` of a table, with units, complete.
            names: of the columns, as in `Facts.reference`.
            label: whose probability is explained.
            backend: where the circuit runs, or its text, such as ``noisy:fez``.

        Raises:
            UnsuitableCircuit: see `circuit_reader`.
            InvalidValue: no such label, column or backend, no reference case, or the case is not complete.
        """
        labels, known = self.entry.question.labels.names, self.facts.reference
        check_explained(case, names, label, labels, known)
        column = labels.index(label)

        def one_label(rows: Array) -> tuple[Array, Array]:
            probability, error, _ = self._run(torch.from_numpy(rows), backend)
            return probability[:, column], error[:, column]

        return exact_shapley(one_label, case, np.array([known[name] for name in names]), names)

    def _run(self, cases: Tensor, backend: Backend | str) -> tuple[Array, Array, Provenance]:
        """Return probabilities and their standard errors, ``(n, n_labels)`` each, and what ran."""
        member, parts, seconds, backend = self.circuit_reader, [], 0.0, built(backend)
        check_stored(self.entry.shape, self.preparation, cases)
        with torch.no_grad():
            for rows in cases.split(CASES_A_CALL):
                run = member.expectations(self.preparation(rows), backend)
                parts.append(self._measured(run))
                seconds += run.provenance.seconds
        probability, error = (np.concatenate(part) for part in zip(*parts, strict=True))
        return probability, error, replace(run.provenance, seconds=seconds)

    @torch.no_grad()
    def _measured(self, run: Expectations) -> tuple[Array, Array]:
        member, calibration = self.circuit_reader, self.facts.calibration[HYBRID]
        logits, errors = member.logits(run).double().numpy(), member.standard_error(run).double().numpy()
        labels = self.entry.question.labels
        return labels.probabilities(logits, calibration), labels.standard_errors(logits, errors, calibration)

    def _predictions(self, probability: Array, error: Array, provenance: Provenance) -> dict[str, Prediction]:
        decisions = self.decisions(probability)
        predictions = {}
        for column, label in enumerate(self.entry.question.labels.names):
            if label not in self.facts.half_width:
                raise InvalidValue(f"No interval was learnt for '{label}': ask for `probabilities` instead.")
            low, high = interval(probability[:, column], self.facts.half_width[label])
            predictions[label] = Prediction(
                value=probability[:, column],
                standard_error=error[:, column],
                unit="probability",
                low=low,
                high=high,
                nominal_coverage=NOMINAL_COVERAGE,
                decision=decisions[:, column],
                threshold=self.facts.thresholds.get(label, math.nan),
                population=self.facts.population,
                model_card=self.entry.name,
                provenance=provenance,
            )
        return predictions
