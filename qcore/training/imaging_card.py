"""The card of an imaging model: generated from the facts of training and the evaluation, never written by hand."""

from collections.abc import Sequence

from qcore.evidence.family_evaluation import FamilyEvaluation
from qcore.evidence.metrics import Estimate
from qcore.models.families import FAMILIES
from qcore.models.quantum_layer import QuantumLayer
from qcore.tasks.imaging.model import CONTROL, HYBRID, LABELS, ImagingModel
from qcore.training.markdown import METRIC_NAMES, circuit_drawing, circuit_numbers, interval, table
from qcore.training.noise_table import noise_table

RESNET18_PARAMETERS = 11_168_000
"""Of the usual ResNet-18 with one channel and one output, 64 channels wide: 3 x 3 first convolution."""


def card(model: ImagingModel, evaluation: FamilyEvaluation) -> str:
    """Return the card as Markdown."""
    task, facts = model.task, model.facts
    family = FAMILIES[task.family]
    layer = next(module for module in model.members[HYBRID][0].modules() if isinstance(module, QuantumLayer))
    n_members = len(facts.seeds)
    total = facts.n_parameters[HYBRID] * n_members
    parts = [
        f"# {task.title}",
        f"Question: {task.positive} (yes) or {task.negative} (no)? Research only, not for clinical use. This file is "
        f"written by `qlinical evaluate {task.name} --write`.",
        "## What it is",
        f"{family.label}, {task.n_qubits} qubits x {task.n_layers} layers; {n_members} members from seeds "
        f"{', '.join(map(str, facts.seeds))}, log odds averaged, then Platt scaling. {total:,} trained numbers in all, "
        f"{layer.circuit.n_weights * n_members} of them rotation angles; {RESNET18_PARAMETERS / total:.0f} times fewer "
        f"than ResNet-18.",
        f"Trained for {facts.epochs} epochs, its steps in turns on "
        f"{', '.join(f'`{name}`' for name in facts.trained_on)} "
        f"(noise-aware), on the official training split ({task.dataset}, MedMNIST v2, CC BY 4.0); calibrated on the "
        "validation split. The test split took no part.",
        "## How good it is",
        f"{evaluation.n} images of the official test split, {evaluation.base_rate:.0%} {task.positive}, circuit on "
        f"`{evaluation.backend}`; 95 % intervals by bootstrap over images.",
        _comparison(model, evaluation),
        "Single members (seeds): "
        + "; ".join(f"AUROC {m['auroc']:.3f}, accuracy {m['accuracy']:.3f}" for m in evaluation.members)
        + ".",
        _verdict(evaluation),
        "## Under device noise",
        noise_table(evaluation.noise, evaluation.metrics["auroc"].value),
        "## The circuit",
        _circuit(layer, evaluation),
        "## What the circuit contributes",
        _ablations(evaluation),
        "## Who needs fewer images",
        _learning(evaluation),
        "## What is not known",
        "MedMNIST carries no sex, age or site: there is no subgroup table. Images are 28 pixels wide, which no "
        "radiologist would read. The settings were chosen without the test split; the "
        "test split is looked at for every set of weights that is released.",
    ]
    return "\n\n".join(parts) + "\n"


def summary_table(models: Sequence[ImagingModel], evaluations: Sequence[FamilyEvaluation]) -> str:
    """Return AUROC and accuracy of all tasks and models as a Markdown table, for the README."""
    rows = []
    for model, evaluation in zip(models, evaluations, strict=True):
        for name, metrics in {HYBRID: evaluation.metrics, **evaluation.controls}.items():
            size = f"{len(model.facts.seeds) * model.facts.n_parameters[name]:,}"
            shown = (interval(metrics["auroc"]), interval(metrics["accuracy"]))
            rows.append([model.task.dataset, LABELS[name], size, *shown])
    return table(["Test split", "Model", "Parameters", "AUROC", "Accuracy"], rows)


def _comparison(model: ImagingModel, evaluation: FamilyEvaluation) -> str:
    facts = model.facts
    rows = []
    for name, metrics in {HYBRID: evaluation.metrics, **evaluation.controls}.items():
        size = f"{len(facts.seeds)} x {facts.n_parameters[name]:,}"
        cells = (interval(metrics[key]) for key in METRIC_NAMES)
        rows.append([LABELS[name], size, *cells, f"{facts.training_seconds[name]:.0f}"])
    return table(["Model", "Parameters", *METRIC_NAMES.values(), "Training, s"], rows)


def _verdict(evaluation: FamilyEvaluation) -> str:
    lines = []
    for metric, by_model in evaluation.differences.items():
        for name, difference in by_model.items():
            said = f"hybrid minus {LABELS[name].lower()}: {interval(difference)} {METRIC_NAMES[metric]}"
            lines.append(f"- {said}; {_meaning(difference)}.")
    return "\n".join(lines)


def _meaning(difference: Estimate) -> str:
    if difference.low > 0:
        return "the hybrid is better"
    if difference.high < 0:
        return "the hybrid is worse"
    return "no difference can be shown"


ABLATION_NAMES = {
    "frozen": "weights of the circuit left at random",
    "unentangled": "entanglers removed",
    "linear": "a linear map in its place",
}


def _ablations(evaluation: FamilyEvaluation) -> str:
    if not evaluation.ablations:
        return "Not measured: run `qlinical study`."
    rows = [
        [ABLATION_NAMES[a.kind], f"{a.auroc:.3f}", interval(a.difference), _matters(a.difference)]
        for a in evaluation.ablations
    ]
    return table(["Trained again with", "AUROC", "Whole hybrid minus this", "The circuit"], rows)


def _matters(difference: Estimate) -> str:
    if difference.low > 0:
        return "contributes"
    return "harms" if difference.high < 0 else "cannot be shown to contribute"


def _learning(evaluation: FamilyEvaluation) -> str:
    if not evaluation.learning:
        return "Not measured: run `qlinical study`."
    rows = [[f"{p.n:,}", f"{p.hybrid:.3f}", f"{p.control:.3f}", interval(p.difference)] for p in evaluation.learning]
    return table(["Training images", "Hybrid AUROC", "Twin AUROC", "Difference"], rows)


def _circuit(layer: QuantumLayer, evaluation: FamilyEvaluation) -> str:
    said = "" if evaluation.circuit is None else f"\n\n{circuit_numbers(evaluation.circuit)}"
    return (
        f"```\n{circuit_drawing(layer.circuit)}\n```{said} The {LABELS[CONTROL].lower()} has a layer of tanh units in "
        "its place."
    )
