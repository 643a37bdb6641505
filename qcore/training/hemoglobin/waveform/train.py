"""Train the waveform model and its twin on a cohort, and measure both on patients neither has seen."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from numpy.typing import NDArray
from sklearn.linear_model import LinearRegression

from qcore.errors import UnreadableInput
from qcore.evidence.decision import operating_point, threshold_for_sensitivity
from qcore.evidence.metrics import Score, estimate, paired_difference
from qcore.models.encoded import n_parameters
from qcore.tasks.hemoglobin.anemia import FEMALE, MALE, limits_g_dl
from qcore.tasks.hemoglobin.evaluation import AUC, MAE, RMSE, Coverage
from qcore.tasks.hemoglobin.facts import Judging
from qcore.tasks.hemoglobin.model import AGE_AND_SEX, MEAN
from qcore.tasks.hemoglobin.network import HYBRID, TWIN
from qcore.tasks.hemoglobin.store import CARD_FILE, EVALUATION
from qcore.tasks.hemoglobin.waveform.model import WaveformEvaluation, WaveformFacts, WaveformModel, estimates, save
from qcore.tasks.hemoglobin.waveform.network import WaveformRegressor
from qcore.training.hemoglobin.measure import auc, mae, rmse, share
from qcore.training.hemoglobin.nested import half_widths
from qcore.training.hemoglobin.train import SENSITIVITY, calibrated
from qcore.training.hemoglobin.waveform.card import card
from qcore.training.hemoglobin.waveform.gather import Tell, gather
from qcore.training.hemoglobin.waveform.loop import Records, fit

Array = NDArray[np.float64]

SEED = 0
COLUMNS = ("subject_id", "record", "hemoglobin_g_dl", "age_years", "sex", "split")
FEWEST_PATIENTS = 5
"""Of every part of the cohort; fewer say nothing."""


def train_waveform(
    cohort_file: Path, folder: Path, epochs: int, tell: Tell = lambda _what, _done, _all: None
) -> WaveformEvaluation:
    """Train, calibrate on the validation patients, measure on the test patients, and write all of it into a folder.

    Args:
        cohort_file: as `qlinical cohort mimic-iv-ecg` writes it.
        folder: for weights, card and what is kept to go on after an interruption.
        epochs: passes over the training recordings.
        tell: what is being done, how many steps are done and how many there are.

    Raises:
        UnreadableInput: the file is no such cohort, a recording is not there, or a part has too few patients.
    """
    cohort = _read(cohort_file)
    key = hashlib.sha256(cohort_file.read_bytes()).hexdigest()
    kept = folder / "kept"
    kept.mkdir(parents=True, exist_ok=True)
    signals, refused = gather(cohort, kept, key, tell)
    readable = ~np.isnan(np.asarray(signals[:, 0, 0], dtype=np.float32))
    parts = {name: _records(cohort, signals, readable, name) for name in ("train", "val", "test")}
    people = {name: cohort["subject_id"].to_numpy()[part.rows] for name, part in parts.items()}
    _check_sizes(people, refused)
    networks, epoch_of, seconds = {}, {}, {}
    for name in (HYBRID, TWIN):
        torch.manual_seed(SEED)
        networks[name] = _scaled(WaveformRegressor(name), parts["train"])
        state = fit(
            networks[name],
            parts["train"],
            parts["val"],
            epochs,
            SEED,
            kept / f"{name}.safetensors",
            f"{key} {epochs}",
            lambda done, _state, name=name: tell(f"training {name}", done, epochs),  # type: ignore[misc]
        )
        epoch_of[name], seconds[name] = state.best_epoch, round(state.seconds, 1)
    linear = LinearRegression().fit(parts["train"].person, parts["train"].y)
    facts = WaveformFacts(
        **dict(_judging(networks[HYBRID], parts["val"], len(np.unique(people["train"])))),
        n_records={name: len(part.y) for name, part in parts.items()},
        n_patients={name: len(np.unique(of)) for name, of in people.items()},
        n_parameters={name: n_parameters(network) for name, network in networks.items()},
        best_epoch=epoch_of,
        linear=(float(linear.intercept_), float(linear.coef_[0]), float(linear.coef_[1])),
        training_seconds=seconds,
    )
    model = WaveformModel(networks, facts)
    save(model, folder)
    evaluation = _evaluation(model, parts, people["test"])
    (folder / EVALUATION).write_text(evaluation.model_dump_json(indent=2) + "\n", encoding="utf-8")
    (folder / CARD_FILE).write_text(card(model, evaluation, refused), encoding="utf-8")
    return evaluation


def _read(file: Path) -> pd.DataFrame:
    if not file.is_file():
        raise UnreadableInput(f"There is no file {file}: write one with qlinical cohort mimic-iv-ecg … --out {file}.")
    cohort = pd.read_csv(file)
    missing = [name for name in COLUMNS if name not in cohort.columns]
    if missing:
        raise UnreadableInput(f"{file} has no column {', '.join(missing)}: write it with qlinical cohort mimic-iv-ecg.")
    return cohort


def _records(cohort: pd.DataFrame, signals: NDArray[np.float16], readable: NDArray[np.bool_], split: str) -> Records:
    rows = np.flatnonzero((cohort["split"] == split).to_numpy() & readable)
    some = cohort.iloc[rows]
    person = np.stack([some["age_years"].to_numpy(np.float64), (some["sex"] == FEMALE).to_numpy(np.float64)], axis=1)
    return Records(signals, person, some["hemoglobin_g_dl"].to_numpy(np.float64), rows)


def _check_sizes(people: Mapping[str, NDArray[np.int64]], refused: list[str]) -> None:
    for name, of in people.items():
        if len(np.unique(of)) < FEWEST_PATIENTS:
            why = f" {len(refused)} recordings could not be read; the first: {refused[0]}" if refused else ""
            raise UnreadableInput(
                f"The part '{name}' of the cohort has fewer than {FEWEST_PATIENTS} patients: take a larger one.{why}"
            )


def _scaled(network: WaveformRegressor, training: Records) -> WaveformRegressor:
    columns = np.column_stack([training.person, training.y])
    spread = columns.std(axis=0)
    network.mean.copy_(torch.from_numpy(columns.mean(axis=0)))
    network.spread.copy_(torch.from_numpy(np.where(spread > 0, spread, 1.0)))
    return network


def _estimated(network: WaveformRegressor, records: Records) -> Array:
    return estimates(network, records.x[records.rows], records.person, "ideal")[0]


def _judging(network: WaveformRegressor, validation: Records, n_patients: int) -> Judging:
    """Return what the validation patients teach about errors and probabilities."""
    limits, estimated = limits_g_dl(validation.person[:, 1]), _estimated(network, validation)
    event, margin = (validation.y < limits).astype(np.float64), limits - estimated
    calibration = calibrated(margin[:, None], event)
    probability = calibration.probability(margin)
    threshold = threshold_for_sensitivity(event, probability, SENSITIVITY) if event.any() else 1.0
    widths = half_widths(validation.person, (estimated - validation.y)[:, None])
    return Judging(
        population=f"{n_patients:,} adults of one hospital in Boston whose ECG and haemoglobin were both taken "
        "(MIMIC-IV-ECG).",
        calibration=calibration,
        threshold=threshold,
        operating_point=operating_point(event, probability, threshold),
        half_width_g_dl={FEMALE: widths[1.0], MALE: widths[0.0]},
    )


def _evaluation(model: WaveformModel, parts: Mapping[str, Records], people: NDArray[np.int64]) -> WaveformEvaluation:
    test, (start, by_age, by_sex) = parts["test"], model.facts.linear
    female = test.person[:, 1]
    limits = limits_g_dl(female)
    event = (test.y < limits).astype(np.float64)
    estimated = {name: _estimated(network, test) for name, network in model.networks.items()}
    estimated[AGE_AND_SEX] = start + by_age * test.person[:, 0] + by_sex * female
    estimated[MEAN] = np.full(len(test.y), parts["train"].y.mean())
    scores: dict[str, tuple[Score, Array, Mapping[str, Array]]] = {
        MAE: (mae, test.y, {name: values[:, None] for name, values in estimated.items()}),
        RMSE: (rmse, test.y, {name: values[:, None] for name, values in estimated.items()}),
        AUC: (auc, event, {name: (limits - values)[:, None] for name, values in estimated.items()}),
    }
    if not 0 < event.sum() < len(event):
        del scores[AUC]
    reach = model.facts.half_widths_g_dl(female)
    held = (np.abs(estimated[HYBRID] - test.y) <= reach).astype(np.float64)
    return WaveformEvaluation(
        n=len(test.y),
        n_patients=len(np.unique(people)),
        events=int(event.sum()),
        models={
            name: {metric: estimate(score, y, of[name], people=people) for metric, (score, y, of) in scores.items()}
            for name in estimated
        },
        differences={
            name: {
                metric: paired_difference(score, y, of[HYBRID], of[name], people=people)
                for metric, (score, y, of) in scores.items()
            }
            for name in estimated
            if name != HYBRID
        },
        coverage=[Coverage("all", len(held), estimate(share, held, held, people=people), float(np.mean(reach)))],
    )
