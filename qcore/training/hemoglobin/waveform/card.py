"""The card of a waveform model: what it is worth first, then data, network, numbers and limits."""

from collections.abc import Sequence

from qcore.evidence.metrics import Estimate
from qcore.models.quantum_layer import quantum_layers
from qcore.tasks.hemoglobin.evaluation import AUC, MAE, RMSE
from qcore.tasks.hemoglobin.model import AGE_AND_SEX, TITLES
from qcore.tasks.hemoglobin.network import HYBRID
from qcore.tasks.hemoglobin.waveform.model import WaveformEvaluation, WaveformModel
from qcore.training.cards.markdown import circuit_drawing, interval, table

METRICS = {MAE: "MAE, g/dL", RMSE: "RMSE, g/dL", AUC: "AUC for anaemia"}
SHOWN = 20
"""So many reasons for a recording that could not be read are written out."""


def card(model: WaveformModel, evaluation: WaveformEvaluation, refused: Sequence[str]) -> str:
    """Return the card as Markdown.

    Args:
        model: trained.
        evaluation: what the test patients said.
        refused: why recordings could not be read, a sentence each.
    """
    facts = model.facts
    (circuit,) = (layer.circuit for layer in quantum_layers(model.networks[HYBRID]))
    error, alone = evaluation.models[HYBRID][MAE].value, evaluation.models[AGE_AND_SEX][MAE].value
    sizes = [[name, f"{facts.n_patients[name]:,}", f"{facts.n_records[name]:,}"] for name in facts.n_records]
    named = [
        [TITLES[name], f"{n:,}", str(facts.best_epoch[name]), f"{facts.training_seconds[name]:.0f}"]
        for name, n in facts.n_parameters.items()
    ]
    parts = [
        "# Haemoglobin from the waveform",
        f"**On patients it did not know, this model misses the haemoglobin by {error:.2f} g/dL on average, age and sex "
        f"alone by {alone:.2f}: {_verdict(evaluation.differences[AGE_AND_SEX][MAE])}. It cannot replace a blood "
        "count.**",
        "Research only, not for clinical use. Written by `qlinical train hemoglobin --mimic-iv-ecg`.",
        "## Data",
        f"{facts.population} Split by patient, by a hash of the patient's number.",
        table(["part", "patients", "recordings"], sizes),
        _refusals(refused),
        "## What it is",
        "Ten seconds of the eight independent leads at 100 Hz, 0.5 to 40 Hz; residual convolutions along time; age and "
        f"sex beside their features; a linear map to {circuit.n_inputs} angles, a circuit of {circuit.n_qubits} "
        "qubits, a linear read-out. The twin has tanh units in the circuit's place.",
        f"```\n{circuit_drawing(circuit)}\n```",
        table(["network", "parameters", "best epoch", "training, s"], named),
        "## On the test patients",
        f"{evaluation.n:,} recordings of {evaluation.n_patients:,} patients, {evaluation.events:,} of them with "
        "anaemia. Intervals are over patients.",
        _metrics("model", evaluation.models),
        "Differences on the same recordings:",
        _metrics("hybrid minus", evaluation.differences),
        f"Intervals that promise 90 % held {interval(evaluation.coverage[0].coverage)} of the recordings; half-width "
        f"{evaluation.coverage[0].half_width_g_dl:.2f} g/dL on average.",
        "## What it does not know",
        "One hospital; people of whom both an ECG and a blood count were wanted, so that anaemia is far more frequent "
        "than elsewhere and probabilities are too high there. The sample is not of the minute of the recording. "
        "Decisions were not measured under noise: `qlinical` answers on any backend with the same weights.",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _verdict(difference: Estimate) -> str:
    if difference.high < 0:
        return "it is better than these"
    return "it is worse than these" if difference.low > 0 else "it is not shown to be better than these"


def _metrics(title: str, models: dict[str, dict[str, Estimate]]) -> str:
    names = [name for name in METRICS if name in next(iter(models.values()))]
    rows = [[TITLES[model], *(interval(of[name]) for name in names)] for model, of in models.items()]
    return table([title, *(METRICS[name] for name in names)], rows)


def _refusals(refused: Sequence[str]) -> str:
    if not refused:
        return ""
    more = [f"- and {len(refused) - SHOWN:,} more"] if len(refused) > SHOWN else []
    lines = [f"- {reason}" for reason in refused[:SHOWN]]
    return "\n".join([f"{len(refused):,} recordings could not be read and are left out:", "", *lines, *more])
