"""Patients made of random numbers, models with random weights, and what a finished command leaves."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from sklearn.ensemble import HistGradientBoostingClassifier

from qcore.backends.registry import backend
from qcore.evidence.calibration import Platt
from qcore.evidence.decision import OperatingPoint
from qcore.models.trees import from_sklearn
from qcore.tasks.aki import model as aki
from qcore.tasks.aki.inputs import INPUT_NAMES, INPUTS
from qcore.tasks.classification.model import (
    CONTROL,
    GRADIENT_BOOSTING,
    HYBRID,
    LOGISTIC_REGRESSION,
    Facts,
    Model,
    new_member,
)
from qcore.training.cohorts.cohort import Cohort


def random_inputs(n: int, seed: int, *, missing: float = 0.0) -> pd.DataFrame:
    """Patients whose values lie within what most patients of an ICU have; some values may be missing."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {item.name: rng.uniform(*item.common, n) for item in INPUTS}, index=pd.Index(range(n), name="patient_id")
    )
    table["icu_type"] = rng.integers(1, 5, n).astype(float)
    table["urine_6h_ml_kg_h"] = table["urine_24h_ml_kg_h"] * rng.uniform(0.0, 2.0, n)
    table["creatinine_last_mg_dl"] = table["creatinine_first_mg_dl"] * rng.uniform(0.7, 1.6, n)
    return table.mask(rng.random(table.shape) < missing)


def rule_risk(inputs: pd.DataFrame) -> np.ndarray:
    """The risk by which the toy patients fall ill: rising creatinine, little urine."""
    rise = np.log(inputs["creatinine_last_mg_dl"] / inputs["creatinine_first_mg_dl"])
    urine = np.log(inputs["urine_24h_ml_kg_h"] + 0.05)
    logit = -1.5 + 4 * (rise - rise.mean()) - 1.2 * (urine - urine.mean())
    return np.asarray(1 / (1 + np.exp(-logit)))


def toy_cohort(n: int, seed: int) -> Cohort:
    """Patients with a known rule behind their outcome."""
    inputs = random_inputs(n, seed)
    rng = np.random.default_rng(seed + 1)
    outcome = pd.Series((rng.random(n) < rule_risk(inputs)).astype(int), index=inputs.index)
    attributes = pd.DataFrame(
        {
            "sex": rng.choice(["female", "male"], n),
            "age_years": inputs["age_years"],
            "icu_type": inputs["icu_type"],
        },
        index=inputs.index,
    )
    return Cohort(f"toy {seed}", inputs, outcome, attributes, {"drawn": n})


def random_model(seed: int) -> aki.AkiModel:
    """All four AKI models with random weights: what they answer is meaningless, how they answer is not."""
    torch.manual_seed(seed)
    inputs = random_inputs(300, seed)
    tensor = torch.from_numpy(inputs.to_numpy())
    outcome = (np.random.default_rng(seed).random(300) < rule_risk(inputs)).astype(int)
    preparation = aki.ENTRY.new_preparation().fit(tensor)
    trees = HistGradientBoostingClassifier(max_iter=5, max_leaf_nodes=4, early_stopping=False, random_state=0)
    members = {name: [new_member(aki.ENTRY, name).eval()] for name in (HYBRID, CONTROL, LOGISTIC_REGRESSION)}
    members[GRADIENT_BOOSTING] = [from_sklearn(trees.fit(inputs.to_numpy(), outcome))]
    hybrid = members[HYBRID][0]
    calibration, label = Platt(1.1, 0.2), aki.LABEL
    with torch.no_grad():
        hybrid.readout.weight.mul_(5)
        logits = hybrid(preparation(tensor), backend("ideal"))
    threshold = round(float(np.median(calibration.probability(logits.numpy()))), 3)
    facts = Facts(
        population="300 patients made of random numbers.",
        n_cases=300,
        base_rate={label: float(outcome.mean())},
        seeds=(7,),
        calibration={name: {label: calibration} for name in members},
        thresholds={label: threshold},
        operating_point={label: OperatingPoint(threshold, 0.75, 0.6, 0.2, 0.9, 0.4)},
        half_width={label: 1.7},
        reference=dict(zip(INPUT_NAMES, preparation.encoder.reference.tolist(), strict=True)),
        n_parameters=dict.fromkeys(members, 10),
        training_seconds=dict.fromkeys(members, 0.5),
        validation_auroc=dict.fromkeys(members, 0.5),
        trained_on=("ideal",),
        epochs=1,
        versions={"torch": "0"},
    )
    return aki.AkiModel(Model(aki.ENTRY, preparation, members, facts))


@dataclass(frozen=True)
class Finished:
    """A command that has ended."""

    code: int
    out: str
    err: str

    @property
    def sentence(self) -> str:
        """The error stream without its line breaks."""
        return " ".join(self.err.split())


Command = Callable[..., Finished]
