"""Train the AKI models on one cohort: cross-validate to calibrate and to choose a threshold, then fit on all of it.

Calibration, the conformal band and the decision threshold are learnt on out-of-fold predictions, so that every
patient of the cohort serves both for fitting and for choosing, and never for both at once.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from importlib.metadata import version
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold
from torch import Tensor, nn

from qcore.backends.protocol import Backend
from qcore.backends.registry import backend
from qcore.backends.specification import Specification
from qcore.errors import InvalidValue
from qcore.evidence.calibration import Platt
from qcore.evidence.conformal import FEWEST_PATIENTS, fit_half_width
from qcore.evidence.decision import operating_point, threshold_for_sensitivity
from qcore.models.encoded import EncodedClassifier, n_parameters
from qcore.models.encoder import TableEncoder
from qcore.models.kernels.heads import calibrated
from qcore.models.mlp import MLPClassifier
from qcore.models.trees import BoostedTrees, from_sklearn
from qcore.models.variational import VariationalClassifier
from qcore.tasks.aki import model as aki
from qcore.tasks.aki.inputs import BY_NAME, INPUT_NAMES
from qcore.training.cohorts.cohort import Cohort
from qcore.training.loop.fit import Recipe, fit_classifier, prune

Array = NDArray[np.float64]
Fitted = TypeVar("Fitted", bound=nn.Module)
Network = TypeVar("Network", VariationalClassifier, MLPClassifier)
Progress = Callable[[str, int, int], None]
"""Called with what is being done, steps done and steps in all."""

FOLDS = 5
TARGET_SENSITIVITY = 0.75
SEED = 7
RESTARTS = 5
N_PARAMETERS = 47
"""Trained numbers of the hybrid and of its control after pruning; below 41 the cross-validated AUROC begins to fall."""

HYBRID_RECIPE = Recipe(
    epochs=60,
    batch=256,
    learning_rate=0.045,
    feature_l1=0.0035,
    readout_l2=0.005,
    feature_noise_sd=0.05,
    restarts=RESTARTS,
)
CONTROL_RECIPE = Recipe(
    epochs=60,
    batch=256,
    learning_rate=0.12,
    feature_l1=0.001,
    readout_l2=0.002,
    feature_noise_sd=0.1,
    restarts=RESTARTS,
)
"""Tuned on its own, on the same folds: a control that is not tuned would prove nothing."""


def best_of_restarts(fit_once: Callable[[int], tuple[float, Fitted]], restarts: int) -> Fitted:
    """Fit from several initial weights and return the model with the lowest training objective."""
    fits = [fit_once(SEED + restart) for restart in range(restarts)]
    return min(fits, key=lambda fit: fit[0])[1]


def fit_sparse(
    new: Callable[[TableEncoder], EncodedClassifier[Network]],
    forward: Callable[[Network, Tensor], Tensor],
    feature_matrix: Callable[[Network], Tensor],
    recipe: Recipe,
    inputs: Tensor,
    outcome: Tensor,
) -> EncodedClassifier[Network]:
    """Train behind a fresh encoder and prune to `N_PARAMETERS`, from several initial weights; keep the best fit.

    Args:
        new: makes the untrained model behind its encoder.
        forward: runs the classifier on features.
        feature_matrix: the parameter of the classifier that reads the features.
        recipe: how.
        inputs: ``(n, 12)`` canonical units, NaN where missing.
        outcome: ``(n,)`` 0 or 1.
    """
    encoder = aki.new_encoder().fit(inputs)
    features = encoder(inputs)

    def fit_once(seed: int) -> tuple[float, EncodedClassifier[Network]]:
        torch.manual_seed(seed)
        model = new(encoder)
        network = model.classifier
        matrix, readout = feature_matrix(network), network.readout.weight
        objective = fit_classifier(
            lambda batch: forward(network, batch), network, matrix, readout, features, outcome, recipe, seed
        )
        others = n_parameters(network) - int(torch.count_nonzero(matrix))
        prune(matrix, N_PARAMETERS - others)
        return objective, model.eval()

    return best_of_restarts(fit_once, recipe.restarts)


def fit_hybrid(
    inputs: Tensor, outcome: Tensor, runs_on: Backend | None = None, normalize: bool = False
) -> EncodedClassifier[VariationalClassifier]:
    """Train the hybrid model on a backend, the noiseless one if none is given; on a noisy one it learns the noise."""
    place = runs_on or backend("ideal")
    return fit_sparse(
        lambda encoder: aki.new_hybrid(encoder, normalize),
        lambda network, features: network(features, place),
        lambda network: network.angles.weight,
        HYBRID_RECIPE,
        inputs,
        outcome,
    )


def fit_control(inputs: Tensor, outcome: Tensor) -> EncodedClassifier[MLPClassifier]:
    """Train the perceptron by the same loop, to the same number of parameters."""
    return fit_sparse(
        aki.new_control,
        lambda network, features: network(features),
        lambda network: network.hidden.weight,
        CONTROL_RECIPE,
        inputs,
        outcome,
    )


def fit_logistic_regression(inputs: Tensor, outcome: Tensor) -> nn.Module:
    """Fit a logistic regression on the same features."""
    encoder = aki.new_encoder().fit(inputs)
    model = aki.new_logistic_regression(encoder)
    basis, linear, _ = model.classifier
    read = basis(encoder(inputs)).numpy()
    fitted = LogisticRegression(C=0.1, max_iter=1000).fit(read, outcome.numpy())
    weights, bias = torch.from_numpy(fitted.coef_), torch.from_numpy(fitted.intercept_)
    linear.load_state_dict({"weight": weights, "bias": bias})
    return model


def fit_gradient_boosting(inputs: Tensor, outcome: Tensor) -> BoostedTrees:
    """Fit boosted trees on the raw inputs; they take missing values as they are."""
    fitted = HistGradientBoostingClassifier(
        learning_rate=0.03,
        max_iter=300,
        max_leaf_nodes=4,
        min_samples_leaf=30,
        l2_regularization=10.0,
        early_stopping=False,
        random_state=SEED,
    ).fit(inputs.numpy(), outcome.numpy())
    return from_sklearn(fitted)


FITTERS: Mapping[str, Callable[..., nn.Module]] = {
    aki.HYBRID: fit_hybrid,
    aki.CONTROL: fit_control,
    aki.GRADIENT_BOOSTING: fit_gradient_boosting,
    aki.LOGISTIC_REGRESSION: fit_logistic_regression,
}


def _logits(name: str, model: nn.Module, inputs: Tensor, answers_on: Backend) -> Array:
    with torch.no_grad():
        logits = model(inputs, answers_on) if name == aki.HYBRID else model(inputs)
    return np.asarray(logits.numpy(), dtype=np.float64)


def _check(cohort: Cohort) -> None:
    if len(cohort.inputs) < FEWEST_PATIENTS:
        raise InvalidValue(
            f"{cohort.name} has {len(cohort.inputs)} eligible patients; training, calibration and the interval need "
            f"{FEWEST_PATIENTS} or more."
        )
    never = [BY_NAME[name].label for name in INPUT_NAMES if cohort.inputs[name].isna().all()]
    if never:
        raise InvalidValue(
            f"Nobody in {cohort.name} has a value for: {', '.join(never)}. Add the tables that hold them "
            "(in MIMIC-IV icu/chartevents) and train again."
        )


def _size(model: nn.Module) -> int:
    return model.n_nodes if isinstance(model, BoostedTrees) else n_parameters(model)


def train(
    cohort: Cohort,
    population: str,
    on_progress: Progress,
    place: Specification | None = None,
    normalize: bool = False,
) -> aki.AkiModel:
    """Train, calibrate and choose the threshold of all four models.

    Args:
        cohort: patients with outcome; at least 250, with events in every fold.
        population: one sentence for the clinician on whom the model was trained.
        on_progress: is told after every fit.
        place: where the hybrid is trained and calibrated; the noiseless simulator where nothing is said. Random
            errors, if it injects them, are for training alone.
        normalize: whether the hybrid normalises what it measures.

    Raises:
        InvalidValue: too few patients for the conformal band, or an input that nobody in the cohort has.
    """
    _check(cohort)
    place = place or Specification("ideal")
    runs_on, answers_on = backend(str(place)), backend(str(replace(place, inject=False)))
    fitters: dict[str, Callable[..., nn.Module]] = {
        **FITTERS,
        aki.HYBRID: partial(FITTERS[aki.HYBRID], runs_on=runs_on, normalize=normalize),
    }
    inputs = torch.from_numpy(cohort.inputs[list(INPUT_NAMES)].to_numpy(dtype=np.float64, copy=True))
    outcome = torch.from_numpy(cohort.outcome.to_numpy(dtype=np.float64, copy=True))
    splitter = StratifiedKFold if cohort.groups is None else StratifiedGroupKFold
    folds = list(splitter(FOLDS, shuffle=True, random_state=SEED).split(inputs, outcome, cohort.groups))
    events = outcome.numpy()
    steps, done = len(fitters) * (FOLDS + 1), 0
    models: dict[str, nn.Module] = {}
    calibration: dict[str, Platt] = {}
    seconds: dict[str, float] = {}
    auroc: dict[str, float] = {}
    held_out: dict[str, Array] = {}
    for name, fit in fitters.items():
        logits = np.zeros(len(inputs))
        fold_auroc = []
        for kept, left_out in folds:
            on_progress(f"{aki.LABELS[name]}: cross-validation", done, steps)
            fold_model = fit(inputs[kept], outcome[kept])
            logits[left_out] = _logits(name, fold_model, inputs[left_out], answers_on)
            fold_auroc.append(roc_auc_score(events[left_out], logits[left_out]))
            done += 1
        on_progress(f"{aki.LABELS[name]}: final fit", done, steps)
        start = time.perf_counter()
        models[name] = fit(inputs, outcome)
        seconds[name] = round(time.perf_counter() - start, 1)
        done += 1
        calibration[name] = Platt(*calibrated(logits, events))
        held_out[name] = calibration[name].probability(logits)
        auroc[name] = round(float(np.mean(fold_auroc)), 4)
    on_progress("done", done, steps)
    risk = held_out[aki.HYBRID]
    threshold = threshold_for_sensitivity(events, risk, TARGET_SENSITIVITY)
    hybrid = models.pop(aki.HYBRID)
    if not isinstance(hybrid, EncodedClassifier):
        raise TypeError("the hybrid model must come behind its encoder")
    return aki.AkiModel(
        hybrid=hybrid,
        controls=models,
        facts=aki.Facts(
            population=population,
            n_patients=len(inputs),
            base_rate=float(events.mean()),
            calibration=calibration,
            half_width=fit_half_width(risk, events),
            operating_point=operating_point(events, risk, threshold),
            reference_patient={
                name: float(value) for name, value in zip(INPUT_NAMES, hybrid.encoder.reference, strict=True)
            },
            n_parameters={name: _size(m) for name, m in {aki.HYBRID: hybrid, **models}.items()},
            training_seconds=seconds,
            validation_auroc=auroc,
            trained_on=str(place),
            normalized=normalize,
            versions={name: version(name) for name in ("torch", "pennylane", "scikit-learn", "mapie")},
        ),
    )
