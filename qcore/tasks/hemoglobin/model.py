"""The trained haemoglobin model as the page asks it: a table of people in, haemoglobin, anaemia and reasons out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray

from qcore.arguments import check_kind
from qcore.backends.protocol import Backend, Provenance
from qcore.backends.registry import built
from qcore.backends.watched import Watched
from qcore.circuits import Circuit
from qcore.explain.explanation import Explanation
from qcore.explain.shapley import exact_shapley
from qcore.models.quantum_layer import quantum_layers
from qcore.models.trees import BoostedTrees
from qcore.tasks.hemoglobin.answer import Answer, answered
from qcore.tasks.hemoglobin.facts import Facts
from qcore.tasks.hemoglobin.features import FEMALE, LABELS, NAMES, checked
from qcore.tasks.hemoglobin.network import HYBRID, LINEAR, TWIN, Regressor

Array = NDArray[np.float64]

CARD = "hemoglobin"
GRADIENT_BOOSTING, RIDGE, AGE_AND_SEX, MEAN = "gradient_boosting", "ridge", "age_and_sex", "mean"
TITLES: Mapping[str, str] = {
    HYBRID: "Hybrid quantum model",
    TWIN: "Classical twin",
    LINEAR: "Hybrid, a linear map in the circuit's place",
    RIDGE: "Ridge regression",
    GRADIENT_BOOSTING: "Gradient boosting",
    AGE_AND_SEX: "Age and sex alone",
    MEAN: "The same value for everybody",
}
"""The models, as pages and the card call them."""
IN_A_SENTENCE = (
    "This estimate rests on age and sex; findings of the ECG hardly move it, because on patients held out they made it "
    "no better than age and sex alone: it cannot replace a blood count."
)
"""What every page that shows an estimate says beside it."""


@dataclass(frozen=True, repr=False)
class HemoglobinModel:
    """The hybrid model with its controls, calibrated, ready to answer.

    Attributes:
        members: of the hybrid and its classical twin, by name; the mean of each is taken.
        trees: gradient boosting.
        facts: what training found out.
    """

    members: Mapping[str, Sequence[Regressor]]
    trees: BoostedTrees
    facts: Facts

    def __repr__(self) -> str:
        """Return what was trained on whom, on one line."""
        return f"HemoglobinModel of {self.facts.n_patients} patients, {len(self.members[HYBRID])} members"

    @property
    def circuits(self) -> tuple[Circuit, ...]:
        """What runs for every person, a circuit a member."""
        return tuple(layer.circuit for member in self.members[HYBRID] for layer in quantum_layers(member))

    def answer(self, inputs: pd.DataFrame, backend: Backend | str) -> Answer:
        """Return haemoglobin and the probability of anaemia.

        Args:
            inputs: columns `qcore.tasks.hemoglobin.features.NAMES`, complete; `features.table` makes one of a person.
            backend: where the circuits run, or its text, such as ``noisy:fez``.

        Raises:
            InvalidValue: a value is missing or outside its range, or there is no such backend.
        """
        values = checked(inputs)
        hemoglobin, error, provenance = self.estimates(values, backend)
        return answered(hemoglobin, error, provenance, values[:, FEMALE], self.facts, CARD)

    def estimates(self, values: Array, backend: Backend | str) -> tuple[Array, Array, Provenance]:
        """Return haemoglobin and its standard error from shots, ``(n,)`` g/dL each, and what ran.

        Args:
            values: ``(n, 11)`` as `features.checked` returns them.
            backend: where the circuits run, or its text.
        """
        where = Watched(built(backend))
        rows, seconds, estimates, errors = torch.from_numpy(values), 0.0, [], []
        for member in self.members[HYBRID]:
            with torch.no_grad():
                estimate, error = member.measured(rows, where)
            estimates.append(estimate.numpy())
            errors.append(error.numpy())
            seconds += where.provenance.seconds if where.provenance else 0.0
        if where.provenance is None:
            raise TypeError("a hybrid without a circuit")
        # Members are run apart from each other, so their shots are independent.
        error = np.sqrt(np.square(errors).sum(0)) / len(errors)
        return np.mean(estimates, axis=0), error, replace(where.provenance, seconds=seconds)

    def controls(self, inputs: pd.DataFrame) -> dict[str, Array]:
        """Return the haemoglobin ``(n,)`` g/dL that every classical model estimates for the same people."""
        values, ideal = checked(inputs), built("ideal")
        rows = torch.from_numpy(values)
        with torch.no_grad():
            twin = np.mean([member(rows, ideal).numpy() for member in self.members[TWIN]], axis=0)
            boosted = self.trees(rows)[:, 0].numpy()
        linear = {name: values @ np.array(slopes) + start for name, (start, *slopes) in self.facts.linear.items()}
        return {TWIN: twin, GRADIENT_BOOSTING: boosted, **linear}

    def explain(self, person: pd.Series, backend: Backend | str) -> Explanation:
        """Attribute the difference in haemoglobin between a person and the reference person to the eleven features.

        Args:
            person: named by `features.NAMES`, complete, such as ``table.iloc[0]``.
            backend: where the circuits run, or its text, such as ``noisy:fez``.

        Returns:
            Exact Shapley values in g/dL.

        Raises:
            InvalidValue: it is no pandas Series, a value is missing or outside its range, or there is no such backend.
        """
        check_kind("The person", person, pd.Series, "a pandas Series of the eleven features, such as table.iloc[0]")
        values = checked(person.to_frame().T)[0]
        reference = np.array([self.facts.reference[name] for name in NAMES])

        def predict(rows: Array) -> tuple[Array, Array]:
            return self.estimates(rows, backend)[:2]

        return exact_shapley(predict, values, reference, [LABELS[name] for name in NAMES])
