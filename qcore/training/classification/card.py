"""The card of an entry: generated from the facts of training and the evaluation, never by hand."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from qcore.evidence.decision import OperatingPoint
from qcore.evidence.evaluation import Evaluation, IntervalCheck, LabelEvidence
from qcore.evidence.metrics import Estimate
from qcore.models.circuits import CircuitLayer, circuit_layers
from qcore.models.families import Kind
from qcore.models.images.resnet import ResNet18
from qcore.models.quantum_layer import N_TYPICAL, QuantumLayer
from qcore.tasks.classification.model import CONTROL, HYBRID, TITLES, Model
from qcore.tasks.classification.question import Entry, Question, is_studied, pictures
from qcore.tasks.classification.store import command
from qcore.training.cards.markdown import METRIC_NAMES, circuit_drawing, circuit_numbers, interval, table
from qcore.training.cards.noise_table import noise_bars, noise_table
from qcore.training.classification.recipes import NOISE_AWARE
from qcore.training.classification.tables import comparison_table, kinds_tables, macro_table

UNENTANGLED = (
    "Its qubits never meet: without entanglement this is a bounded wave of the inputs, which any computer works out."
)
WORDS = (
    "AUROC: how often a case with the outcome gets the higher risk. AUPRC: mean precision over all thresholds. ECE, "
    "expected calibration error: root mean square distance of predicted and observed frequency over ten groups of "
    "equally many cases, less what chance alone makes of it. Brier: mean squared error of the risk. Platt scaling: a "
    "slope and an offset that turn log odds into frequencies. Twin: the same model with something classical in the "
    "circuit's place. Read-out: correction of wrongly read qubits. Gradient variance: how steep the circuit is on "
    "random angles; near 0 it cannot be trained."
)
NORMALIZED = (
    f"The model measures every backend on {N_TYPICAL} typical angles and undoes what noise does there to mean and "
    "spread of each observable. Mitigation below is what the backend does besides."
)
USUAL_WIDTH = 64
"""Channels of the first block of the usual ResNet-18."""


@dataclass(frozen=True)
class Notes:
    """What the card of one question says besides, in Markdown.

    Attributes:
        reads: what a case is, one sentence.
        training: how the models were trained, where that is not the usual way.
        sections: title and text of further sections, before the circuit's.
        limits: what is not known, instead of what the question and the usual way of training say.
    """

    reads: str = ""
    training: str = ""
    sections: tuple[tuple[str, str], ...] = ()
    limits: str = ""


def card(model: Model, evaluation: Evaluation, notes: Notes | None = None) -> str:
    """Return the card as Markdown."""
    entry, notes = model.entry, notes or Notes()
    question, layer = entry.question, circuit_layers(model.members[HYBRID][0])[0]
    by_label = [_label_sections(model, evaluation, label, layer) for label in question.labels.names]
    parts = [
        f"# {question.title}" + ("" if entry.is_released else f": {entry.definition.label}"),
        f"{_question_sentence(question)} Research only, not for clinical use. This file is written by "
        f"`{command(entry, 'evaluate')} --write`.",
        "## What it is",
        _what_it_is(model, layer, notes),
        notes.training or f"{question.splits} {_training(model)}",
        *(["## All kinds together", kinds_tables(evaluation, evaluation.kinds)] if evaluation.kinds else []),
        *(["## All labels together", macro_table(evaluation, evaluation.macro)] if evaluation.macro else []),
        *(part for sections in by_label for part in sections),
        *(part for title, text in notes.sections for part in (f"## {title}", text)),
        "## The circuit",
        _circuit(entry, layer, evaluation),
        *(["## What the circuit contributes", _ablations(entry, evaluation)] if is_studied(entry) else []),
        *(["## Who needs fewer cases", _learning(entry, evaluation)] if is_studied(entry) else []),
        "## What is not known",
        notes.limits
        or f"{question.limits} The settings were chosen without the test split, which is measured once for every "
        "family that is kept. One recipe of training serves every family, its twin and the ResNet; where it was tuned, "
        "it was tuned on the noise-resistant hybrid, which favours that one. Intervals are over test cases alone: "
        "another draw of training cases or of seeds would move the figures too.",
        "## Words",
        WORDS,
    ]
    return "\n\n".join(parts) + "\n"


def _question_sentence(question: Question) -> str:
    if len(question.labels) == 1:
        (label,) = question.labels.columns
        return f"Question: {label.name} (yes) or {label.absent} (no)?"
    return f"Question: which of {', '.join(question.labels.names)}?"


def _label_sections(model: Model, evaluation: Evaluation, label: str, layer: CircuitLayer) -> list[str]:
    """Return the sections on one label; their titles name it where there are several."""
    entry, evidence = model.entry, evaluation.labels[label]
    suffix = "" if len(evaluation.labels) == 1 else f": {label}"
    noise, point = [f"## Under device noise{suffix}", _noise(layer, evaluation, evidence)], evidence.operating_point
    return [
        *(noise if entry.family in NOISE_AWARE else []),
        f"## How good it is{suffix}",
        f"{evaluation.n:,} cases of {evaluation.split}, {evidence.base_rate:.1%} {label}, circuit on "
        f"`{evaluation.backend}`; 95 % intervals by bootstrap over {_resampled(evaluation)}. Accuracy is at even odds. "
        "Resampling adds calibration error, so that the interval of ECE leans upwards. Training took that long beside "
        "other jobs.",
        comparison_table(model, evaluation, label),
        *([_members(evidence)] if len(evidence.members) > 1 else []),
        _verdict(evidence),
        *([_others(entry.question, evidence)] if entry.question.bar else []),
        f"## {'Decision' if point.threshold is None else 'Decision threshold'}{suffix}",
        _decisions(point),
        *([f"## Interval{suffix}", _interval(evidence.interval)] if evidence.interval else []),
        f"## Calibration{suffix}",
        _calibration(evidence),
        *([f"## Subgroups{suffix}", _subgroups(evidence)] if evidence.subgroups else []),
        *([] if entry.family in NOISE_AWARE else noise),
    ]


def _decisions(point: OperatingPoint) -> str:
    rule = (
        "Given where it is the most probable kind"
        if point.threshold is None
        else f"Yes at {point.threshold:.1%} or above"
    )
    return (
        f"{rule}. On the test cases: sensitivity {point.sensitivity:.0%}, specificity {point.specificity:.0%}, PPV "
        f"{point.ppv:.0%}, NPV {point.npv:.0%}, yes for {point.alarms:.0%} of cases."
    )


def _resampled(evaluation: Evaluation) -> str:
    if evaluation.n_people is None:
        return "cases"
    people = f"the {evaluation.n_people:,} people"
    return people if evaluation.kinds is None else f"{people}, or blocks of slices that stand in for them"


def _members(evidence: LabelEvidence) -> str:
    sentences = (f"AUROC {m['auroc']:.3f}, accuracy {m['accuracy']:.3f}" for m in evidence.members)
    return f"Single members (seeds): {'; '.join(sentences)}."


def _interval(check: IntervalCheck) -> str:
    error = math.sqrt(check.nominal_coverage * (1 - check.nominal_coverage) / check.n_groups)
    return (
        "The band is for the share of events among fifty cases with like risk (split-conformal). Promised "
        f"{check.nominal_coverage:.0%}, found on the test cases {check.coverage:.1%} of {check.n_groups} groups "
        f"(standard error about {error:.0%}). Above a risk of {check.highest_group:.0%} there are too few test cases "
        "to check it."
    )


def _what_it_is(model: Model, layer: CircuitLayer, notes: Notes) -> str:
    entry, facts = model.entry, model.facts
    n_members, shape = len(facts.seeds), entry.shape
    total = facts.n_parameters[HYBRID] * n_members
    layers = circuit_layers(model.members[HYBRID][0])
    angles = n_members * sum(each.weights.numel() for each in layers if each.weights.requires_grad)
    averaged = f"{n_members} members from seeds {', '.join(map(str, facts.seeds))}, log odds averaged, then "
    sentence = (
        f"{entry.definition.label}, circuit `{layer.circuit.name}` of {layer.circuit.n_qubits} qubits; "
        f"{averaged if n_members > 1 else ''}Platt scaling. {total:,} trained numbers in all, {angles} of them angles "
        "of the circuit"
    )
    if not pictures(shape.kind):
        return f"{sentence}. {notes.reads}".strip()
    resnet = ResNet18(shape.n_dims, shape.n_features, shape.n_outputs, USUAL_WIDTH)
    usual = sum(parameter.numel() for parameter in resnet.parameters())
    fewer = f"{usual / total:.0f} times fewer than the usual ResNet-18 ({usual:,}), which is wider than ours"
    return f"{sentence}; {fewer}. {notes.reads}".strip()


def _noise(layer: CircuitLayer, evaluation: Evaluation, evidence: LabelEvidence) -> str:
    threshold = evidence.operating_point.threshold
    rule = "The most probable kind is given" if threshold is None else f"Decisions are taken at {threshold:.1%}"
    parts = [
        f"{rule}; one of the {evaluation.n:,} is {1 / evaluation.n:.2%}. AUROC knows "
        "ranks alone and hardly sees noise, which mostly scales and shifts; decisions do. The other families under the "
        "same noise: `assets/evidence/families.md`.",
        *([NORMALIZED] if isinstance(layer, QuantumLayer) and layer.normalization is not None else []),
        noise_bars(evidence.noise),
        noise_table(evidence.noise, evidence.metrics["auroc"].value, evaluation.trained_on),
    ]
    if evidence.retrained_noise:
        where = ", ".join(f"`{name}`" for name in evaluation.retrained_on)
        how = "noise-aware, in turns" if len(evaluation.retrained_on) > 1 else "without noise,"
        parts += [
            f"The same family trained {how} on {where}, instead:",
            noise_bars(evidence.retrained_noise),
        ]
    return "\n\n".join(parts)


def _training(model: Model) -> str:
    facts = model.facts
    where = ", ".join(f"`{name}`" for name in facts.trained_on)
    aware = len(facts.trained_on) > 1
    how = f"its steps in turns on {where} (noise-aware)" if aware else f"on {where}, which is without noise"
    return f"{facts.epochs} epochs, {how}." if facts.epochs else f"Kernel trained by alignment, {how}."


def _others(question: Question, evidence: LabelEvidence) -> str:
    lines = [f"- {who}: {auroc:.3f} / {accuracy:.3f};" for who, auroc, accuracy in question.published]
    reached_values = tuple(evidence.metrics[name].value for name in ("auroc", "accuracy"))
    bar = question.bar or reached_values
    reached = all(value >= least for value, least in zip(reached_values, bar, strict=True))
    return "\n".join(
        [
            "Published for this test split, AUROC / accuracy:\n",
            *lines,
            f"- the bar that the best hybrid here was to reach: {bar[0]:.3f} / {bar[1]:.3f}. This one "
            f"{'reaches' if reached else '**misses**'} it with {reached_values[0]:.3f} / {reached_values[1]:.3f}.",
        ]
    )


def _calibration(evidence: LabelEvidence) -> str:
    rows = [[f"{p.predicted:.1%}", f"{p.observed:.1%}", f"{p.n:,}"] for p in evidence.reliability[HYBRID]]
    return table(["Predicted", "Observed", "Cases"], rows)


def _subgroups(evidence: LabelEvidence) -> str:
    rows = [
        [g.attribute, g.group, f"{g.n:,}", f"{g.observed:.1%}", f"{g.predicted:.1%}", interval(g.auroc, 2)]
        for g in evidence.subgroups
    ]
    return table(["Attribute", "Group", "Cases", "Observed", "Predicted", "AUROC"], rows)


def _verdict(evidence: LabelEvidence) -> str:
    lines = []
    for metric, by_model in evidence.differences.items():
        for name, difference in by_model.items():
            sentence = f"hybrid minus {_inside(TITLES[name])}: {interval(difference)} {METRIC_NAMES[metric]}"
            lines.append(f"- {sentence}; {_meaning(difference)}.")
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


def _ablations(entry: Entry, evaluation: Evaluation) -> str:
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


def _learning(entry: Entry, evaluation: Evaluation) -> str:
    if entry.shape.kind in {Kind.CELLS, Kind.SIGNAL}:
        return "Not measured: the features were learnt from all cases beforehand, so that no model would know fewer."
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


def _circuit(entry: Entry, layer: CircuitLayer, evaluation: Evaluation) -> str:
    quality = evaluation.circuit
    measures = "" if quality is None else f"\n\n{circuit_numbers(quality)}"
    apart = f" {UNENTANGLED}" if quality is not None and not quality.entangles else ""
    return (
        f"```\n{circuit_drawing(layer.circuit)}\n```{measures}{apart}\n\nThe {_inside(TITLES[CONTROL])} has "
        f"{entry.definition.twin} in its place."
    )
