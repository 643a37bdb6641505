"""Tables of all models of an entry: for its card, for the README and for the page on all families."""

from collections.abc import Sequence

from qcore.evidence.evaluation import Evaluation
from qcore.evidence.kinds import KindsEvidence
from qcore.evidence.macro import MacroEvidence
from qcore.models.circuits import circuit_layers
from qcore.tasks.classification.model import HYBRID, RESNET, TITLES, Model, new_member
from qcore.tasks.classification.question import Entry
from qcore.tasks.classification.store import names_of_models
from qcore.training.cards.markdown import METRIC_NAMES, interval, table
from qcore.training.classification.evaluate import COMPARED

SUMMARISED = ("auroc", "accuracy", "ece")


def parameters(entry: Entry, evaluation: Evaluation) -> str:
    """Return how many numbers were trained, and how many of them are angles of circuits."""
    layers = circuit_layers(new_member(entry, HYBRID))
    angles = sum(layer.weights.numel() for layer in layers if layer.weights.requires_grad)
    n_members = len(next(iter(evaluation.labels.values())).members)
    return f"{evaluation.parameters[HYBRID]:,} ({n_members * angles})"


def summary_table(evaluations: Sequence[tuple[Entry, Evaluation]]) -> str:
    """Return the main metrics of all questions and models as a Markdown table, for the README."""
    rows = []
    for entry, evaluation in evaluations:
        evidence = evaluation.only
        for name, metrics in {HYBRID: evidence.metrics, **evidence.controls}.items():
            shown = (interval(metrics[key]) for key in SUMMARISED)
            size = parameters(entry, evaluation) if name == HYBRID else f"{evaluation.parameters[name]:,}"
            less = ["", ""] if name == HYBRID else [interval(evidence.differences[m][name]) for m in COMPARED]
            rows.append([entry.question.dataset, TITLES[name], size, *shown, *less])
    header = ["Test split", "Model", "Parameters (angles)", *(METRIC_NAMES[key] for key in SUMMARISED)]
    return table([*header, "Hybrid minus this, AUROC", "Hybrid minus this, accuracy"], rows)


def kinds_summary(evaluations: Sequence[tuple[Entry, Evaluation]]) -> str:
    """Return how often every family gives the right kind, and tells the first from all others, as a Markdown table."""
    rows = []
    for entry, evaluation in evaluations:
        nothing = next(iter(evaluation.labels.values()))
        if evaluation.kinds is None:
            raise ValueError(f"The kinds of '{entry.question.name}' do not exclude each other.")
        # A reference is the same beside every family: its line stands where it was trained.
        names = [name for name in evaluation.kinds.controls if name in names_of_models(entry)]
        for name in (HYBRID, *names):
            kind = evaluation.kinds.accuracy if name == HYBRID else evaluation.kinds.controls[name]
            auroc = (nothing.metrics if name == HYBRID else nothing.controls[name])["auroc"]
            size = parameters(entry, evaluation) if name == HYBRID else f"{evaluation.parameters[name]:,}"
            less = "" if name == HYBRID else interval(evaluation.kinds.differences[name])
            label = "" if name == RESNET else entry.definition.label
            rows.append([label, TITLES[name], size, interval(kind), interval(auroc), less])
    header = ["Family", "Model", "Parameters (angles)", "Right kind", "AUROC", "Hybrid minus this, right kind"]
    return table(header, rows)


def comparison_table(model: Model, evaluation: Evaluation, label: str) -> str:
    """Return all models and their metrics for a label as a Markdown table, for the card and the README."""
    rows, evidence = [], evaluation.labels[label]
    for name, metrics in {HYBRID: evidence.metrics, **evidence.controls}.items():
        cells = (interval(metrics[key]) for key in METRIC_NAMES)
        held_out = model.facts.validation_auroc.get(name)
        seconds = f"{evaluation.training_seconds[name]:.1f}"
        shown = "–" if held_out is None else f"{held_out:.3f}"
        rows.append([TITLES[name], f"{evaluation.parameters[name]:,}", *cells, shown, seconds])
    return table(["Model", "Parameters", *METRIC_NAMES.values(), "AUROC, validation", "Training, s"], rows)


def macro_table(evaluation: Evaluation, evidence: MacroEvidence) -> str:
    """Return the mean AUROC of every model as a Markdown table, with what it is a mean of."""
    auroc = {HYBRID: evidence.auroc, **evidence.controls}
    differences = {name: interval(difference) for name, difference in evidence.differences.items()}
    rows = [[TITLES[name], interval(value), differences.get(name, "")] for name, value in auroc.items()]
    shown = table(["Model", "Mean AUROC", "Hybrid minus this"], rows)
    return (
        f"Any number of labels may hold. AUROC, mean of {', '.join(evidence.labels)}; {evaluation.n:,} cases of "
        f"{evaluation.split}, circuit on `{evaluation.backend}`:\n\n{shown}"
    )


def kinds_tables(evaluation: Evaluation, evidence: KindsEvidence) -> str:
    """Return how often each model gives the right kind, and what the hybrid takes for what, as Markdown tables."""
    accuracy = {HYBRID: evidence.accuracy, **evidence.controls}
    differences = {name: interval(difference) for name, difference in evidence.differences.items()}
    names = tuple(evaluation.labels)
    confusion = [[name, *(f"{n:,}" for n in row)] for name, row in zip(names, evidence.confusion, strict=True)]
    return "\n\n".join(
        [
            f"Every case is of one kind, and the most probable one is given. {evaluation.n:,} cases of "
            f"{evaluation.split}, circuit on `{evaluation.backend}`:",
            table(
                ["Model", "Right kind", "Hybrid minus this"],
                [[TITLES[name], interval(share), differences.get(name, "")] for name, share in accuracy.items()],
            ),
            "What the hybrid gives, by what each case is:",
            table(["Is", *(f"given {name}" for name in names)], confusion),
        ]
    )
