"""The card of a family for a question: generated from the facts of training and the evaluation, never by hand."""

from collections.abc import Sequence

from qcore.evidence.family_evaluation import FamilyEvaluation
from qcore.evidence.metrics import Estimate
from qcore.models.families import Kind
from qcore.models.images.resnet import ResNet18
from qcore.models.quantum_layer import N_TYPICAL, QuantumLayer, quantum_layers
from qcore.tasks.classification.model import CONTROL, HYBRID, LABELS, FamilyModel, new_member
from qcore.tasks.classification.question import Entry, Question
from qcore.tasks.classification.store import command
from qcore.training.cards.markdown import METRIC_NAMES, circuit_drawing, circuit_numbers, interval, table
from qcore.training.cards.noise_table import noise_bars, noise_table
from qcore.training.classification.evaluate import COMPARED
from qcore.training.classification.train import NOISE_AWARE

READS = {
    Kind.TABLE: "the twelve values of the page (`assets/models/aki/card.md`), as gradient boosting does.",
    Kind.SERIES: (
        "the course of the first day in eight steps of three hours: creatinine, urea nitrogen, urine, mean arterial "
        "pressure, bicarbonate, coma scale and temperature, with age, weight and unit; a step without a value keeps "
        "the last one known, and the training median stands before the first. Gradient boosting reads the twelve "
        "values of the page."
    ),
}
UNENTANGLED = (
    "Its qubits never meet: without entanglement this is a bounded wave of the inputs, which any computer works out."
)
WORDS = (
    "AUROC: how often a case with the outcome gets the higher risk. AUPRC: mean precision over all thresholds. ECE: "
    "mean distance of predicted and observed frequency. Brier: mean squared error of the risk. Platt scaling: a slope "
    "and an offset that turn log odds into frequencies. Twin: the same model with something classical in the "
    "circuit's place. Read-out: correction of wrongly read qubits. Gradient variance: how steep the circuit is on "
    "random angles; near 0 it cannot be trained."
)
NORMALIZED = (
    f"The model measures every backend on {N_TYPICAL} typical angles and undoes what noise does there to mean and "
    "spread of each observable. Mitigation below is what the backend does besides."
)
USUAL_WIDTH = 64
"""Channels of the first block of the usual ResNet-18."""


def card(model: FamilyModel, evaluation: FamilyEvaluation) -> str:
    """Return the card as Markdown."""
    entry, facts = model.entry, model.facts
    question, layer = entry.question, quantum_layers(model.members[HYBRID][0])[0]
    noise = ["## Under device noise", _noise(facts.threshold, layer, evaluation)]
    parts = [
        f"# {question.title}" + ("" if entry.is_released else f": {entry.definition.label}"),
        f"Question: {question.positive} (yes) or {question.negative} (no)? Research only, not for clinical use. This "
        f"file is written by `{command(entry, 'evaluate')} --write`.",
        "## What it is",
        _what_it_is(model, layer),
        f"{question.splits} {_training(model)}",
        *(noise if entry.family == NOISE_AWARE else []),
        "## How good it is",
        f"{evaluation.n:,} cases of the test split, {evaluation.base_rate:.0%} {question.positive}, circuit on "
        f"`{evaluation.backend}`; 95 % intervals by bootstrap over cases. Accuracy is at even odds. Resampling adds "
        "calibration error, so that the interval of ECE leans upwards. Training took that long beside other jobs.",
        _comparison(model, evaluation),
        "Single members (seeds): "
        + "; ".join(f"AUROC {m['auroc']:.3f}, accuracy {m['accuracy']:.3f}" for m in evaluation.members)
        + ".",
        _verdict(evaluation),
        *([_others(question, evaluation)] if question.bar else []),
        "## Calibration",
        _calibration(evaluation),
        *(["## Subgroups", _subgroups(evaluation)] if evaluation.subgroups else []),
        *([] if entry.family == NOISE_AWARE else noise),
        "## The circuit",
        _circuit(entry, layer, evaluation),
        "## What the circuit contributes",
        _ablations(entry, evaluation),
        "## Who needs fewer cases",
        _learning(entry, evaluation),
        "## What is not known",
        f"{question.limits} The settings were chosen without the test split, which is measured once for every family "
        "that is kept. One recipe of training serves every family, its twin and the ResNet; where it was tuned, it was "
        "tuned on the noise-resistant hybrid, which favours that one. Intervals are over test cases alone: "
        "another draw of training cases or of seeds would move the figures too.",
        "## Words",
        WORDS,
    ]
    return "\n\n".join(parts) + "\n"


def _what_it_is(model: FamilyModel, layer: QuantumLayer) -> str:
    entry, facts = model.entry, model.facts
    n_members, shape = len(facts.seeds), entry.shape
    total = facts.n_parameters[HYBRID] * n_members
    layers = quantum_layers(model.members[HYBRID][0])
    angles = n_members * sum(each.weights.numel() for each in layers if each.weights.requires_grad)
    said = (
        f"{entry.definition.label}, circuit `{layer.circuit.name}` of {layer.circuit.n_qubits} qubits; {n_members} "
        f"members from seeds {', '.join(map(str, facts.seeds))}, log odds averaged, then Platt scaling. {total:,} "
        f"trained numbers in all, {angles} of them angles of the circuit"
    )
    if shape.kind not in {Kind.IMAGE, Kind.VOLUME}:
        return f"{said}. It reads {READS[shape.kind]}"
    resnet = ResNet18(shape.n_dims, shape.n_features, shape.n_outputs, USUAL_WIDTH)
    usual = sum(parameter.numel() for parameter in resnet.parameters())
    return said + f"; {usual / total:.0f} times fewer than the usual ResNet-18 ({usual:,}), which is wider than ours."


def _noise(threshold: float, layer: QuantumLayer, evaluation: FamilyEvaluation) -> str:
    parts = [
        f"Decisions are taken at {threshold:.1%}; one of the {evaluation.n:,} is {1 / evaluation.n:.2%}. AUROC knows "
        "ranks alone and hardly sees noise, which mostly scales and shifts; decisions do. The other families under the "
        "same noise: `assets/evidence/families.md`.",
        *([NORMALIZED] if layer.normalization is not None else []),
        noise_bars(evaluation.noise),
        noise_table(evaluation.noise, evaluation.metrics["auroc"].value, evaluation.trained_on),
    ]
    if evaluation.retrained_noise:
        where = ", ".join(f"`{name}`" for name in evaluation.retrained_on)
        how = "noise-aware, in turns" if len(evaluation.retrained_on) > 1 else "without noise,"
        parts += [
            f"The same family trained {how} on {where}, instead:",
            noise_bars(evaluation.retrained_noise),
        ]
    return "\n\n".join(parts)


def parameters(entry: Entry, evaluation: FamilyEvaluation) -> str:
    """Return how many numbers were trained, and how many of them are angles of circuits."""
    layers = quantum_layers(new_member(entry, HYBRID))
    angles = sum(layer.weights.numel() for layer in layers if layer.weights.requires_grad)
    return f"{evaluation.parameters[HYBRID]:,} ({len(evaluation.members) * angles})"


def _training(model: FamilyModel) -> str:
    facts = model.facts
    where = ", ".join(f"`{name}`" for name in facts.trained_on)
    aware = len(facts.trained_on) > 1
    how = f"its steps in turns on {where} (noise-aware)" if aware else f"on {where}, which is without noise"
    return f"{facts.epochs} epochs, {how}." if facts.epochs else f"Kernel trained by alignment, {how}."


def summary_table(evaluations: Sequence[tuple[Entry, FamilyEvaluation]]) -> str:
    """Return AUROC and accuracy of all questions and models as a Markdown table, for the README."""
    rows = []
    for entry, evaluation in evaluations:
        for name, metrics in {HYBRID: evaluation.metrics, **evaluation.controls}.items():
            shown = (interval(metrics["auroc"]), interval(metrics["accuracy"]))
            size = parameters(entry, evaluation) if name == HYBRID else f"{evaluation.parameters[name]:,}"
            less = ["", ""] if name == HYBRID else [interval(evaluation.differences[m][name]) for m in COMPARED]
            rows.append([entry.question.dataset, LABELS[name], size, *shown, *less])
    header = ["Test split", "Model", "Parameters (angles)", "AUROC", "Accuracy"]
    return table([*header, "Hybrid minus this, AUROC", "Hybrid minus this, accuracy"], rows)


def _comparison(model: FamilyModel, evaluation: FamilyEvaluation) -> str:
    rows = []
    for name, metrics in {HYBRID: evaluation.metrics, **evaluation.controls}.items():
        cells = (interval(metrics[key]) for key in METRIC_NAMES)
        held_out = model.facts.validation_auroc.get(name)
        seconds = f"{evaluation.training_seconds[name]:.0f}"
        shown = "–" if held_out is None else f"{held_out:.3f}"
        rows.append([LABELS[name], f"{evaluation.parameters[name]:,}", *cells, shown, seconds])
    return table(["Model", "Parameters", *METRIC_NAMES.values(), "AUROC, validation", "Training, s"], rows)


def _others(question: Question, evaluation: FamilyEvaluation) -> str:
    lines = [f"- {who}: {auroc:.3f} / {accuracy:.3f};" for who, auroc, accuracy in question.published]
    found = tuple(evaluation.metrics[name].value for name in ("auroc", "accuracy"))
    bar = question.bar or found
    reached = all(value >= asked for value, asked in zip(found, bar, strict=True))
    return "\n".join(
        [
            "Published for this test split, AUROC / accuracy:\n",
            *lines,
            f"- the bar that the best hybrid here was to reach: {bar[0]:.3f} / {bar[1]:.3f}. This one "
            f"{'reaches' if reached else '**misses**'} it with {found[0]:.3f} / {found[1]:.3f}.",
        ]
    )


def _calibration(evaluation: FamilyEvaluation) -> str:
    rows = [[f"{p.predicted:.1%}", f"{p.observed:.1%}", f"{p.n:,}"] for p in evaluation.reliability[HYBRID]]
    return table(["Predicted", "Observed", "Cases"], rows)


def _subgroups(evaluation: FamilyEvaluation) -> str:
    rows = [
        [g.attribute, g.group, f"{g.n:,}", f"{g.observed:.1%}", f"{g.predicted:.1%}", interval(g.auroc, 2)]
        for g in evaluation.subgroups
    ]
    return table(["Attribute", "Group", "Cases", "Observed", "Predicted", "AUROC"], rows)


def _verdict(evaluation: FamilyEvaluation) -> str:
    lines = []
    for metric, by_model in evaluation.differences.items():
        for name, difference in by_model.items():
            said = f"hybrid minus {_inside(LABELS[name])}: {interval(difference)} {METRIC_NAMES[metric]}"
            lines.append(f"- {said}; {_meaning(difference)}.")
    return "\n".join(lines)


def _inside(label: str) -> str:
    """Return a label as it stands inside a sentence; a name keeps its capital."""
    return label if label.startswith("ResNet") else label[0].lower() + label[1:]


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


def _ablations(entry: Entry, evaluation: FamilyEvaluation) -> str:
    if not evaluation.ablations:
        return f"Not measured: run `{command(entry, 'study')}`."
    rows = [
        [ABLATION_NAMES[a.kind], f"{a.auroc:.3f}", interval(a.difference), _matters(a.difference)]
        for a in evaluation.ablations
    ]
    return table(["Trained again with", "AUROC", "Whole hybrid minus this", "The circuit"], rows)


def _matters(difference: Estimate) -> str:
    if difference.low > 0:
        return "contributes"
    return "harms" if difference.high < 0 else "cannot be shown to contribute"


def _learning(entry: Entry, evaluation: FamilyEvaluation) -> str:
    if not evaluation.learning:
        return f"Not measured: run `{command(entry, 'study')}`."
    rows = [
        [f"{p.n:,}", f"{p.hybrid:.3f}", f"{p.control:.3f}", interval(p.difference), _draws(p.draws)]
        for p in evaluation.learning
    ]
    shown = table(["Training cases", "Hybrid AUROC", "Twin AUROC", "Difference", "Draw by draw"], rows)
    return f"{shown}\n\nMeans of single members, each trained on a draw of its own; intervals over test cases alone."


def _draws(draws: Sequence[float]) -> str:
    return ", ".join(f"{draw:+.3f}" for draw in draws)


def _circuit(entry: Entry, layer: QuantumLayer, evaluation: FamilyEvaluation) -> str:
    quality = evaluation.circuit
    said = "" if quality is None else f"\n\n{circuit_numbers(quality)}"
    apart = f" {UNENTANGLED}" if quality is not None and not quality.entangles else ""
    return (
        f"```\n{circuit_drawing(layer.circuit)}\n```{said}{apart}\n\nThe {_inside(LABELS[CONTROL])} has "
        f"{entry.definition.twin} in its place."
    )
