"""A cohort: inputs, outcome and the attributes a subgroup audit needs, one row a patient."""

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Cohort:
    """Patients of one source with known outcome, ready to train or test on.

    Attributes:
        name: what the cohort is called in evidence.
        inputs: ``(n, 12)`` indexed by patient_id, canonical units, NaN where never measured.
        outcome: ``(n,)`` 1 where the event happened, else 0.
        attributes: ``(n, ...)`` sex and other columns for subgroups, never inputs.
        attrition: how many remained after each step, in order.
        groups: ``(n,)`` rows of the same person share a value and stay on one side of every split; None where
            every row is another person.
    """

    name: str
    inputs: pd.DataFrame
    outcome: pd.Series
    attributes: pd.DataFrame
    attrition: dict[str, int]
    groups: pd.Series | None = None
