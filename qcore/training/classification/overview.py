"""All families beside their controls, question by question: what the cards say, on one page."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from qcore.evidence.evaluation import Evaluation, LearningPoint
from qcore.evidence.metrics import Estimate
from qcore.evidence.noise_point import NoisePoint
from qcore.models.quantum_layer import N_TYPICAL, QuantumLayer
from qcore.settings import ASSETS
from qcore.tasks.classification import store
from qcore.tasks.classification.model import CONTROL, HYBRID, TITLES, new_member
from qcore.tasks.classification.question import Entry
from qcore.tasks.questions import entries
from qcore.training.cards.markdown import bars, interval, table
from qcore.training.classification.tables import parameters

FILE = ASSETS / "evidence" / "families.md"
HEADLINE_SCALE = 3.0
Measured = tuple[Entry, Evaluation]


def measured() -> list[Measured]:
    """Return every family that is shown beside others on a yes/no question, with its evaluation where there is one.

    The model of the AKI page is not among them: it was trained on more patients, and its card compares it.
    """
    yes_or_no = (entry for entry in entries() if len(entry.question.labels) == 1)
    pairs = ((entry, store.previous_evaluation(entry)) for entry in yes_or_no if entry.definition.name != "sparse")
    return [(entry, evaluation) for entry, evaluation in pairs if evaluation is not None]


def overview(families: Sequence[Measured]) -> str:
    """Return the page as Markdown."""
    parts = [
        "# Every family beside its classical twin",
        "Test cases that took no part in training; the log odds of three seeds averaged, except with a tenth of the "
        "cases, where single members are compared; 95 % intervals by bootstrap over test cases, so that another draw "
        "of training cases would move the figures more than they say. Every twin has the circuit replaced by something "
        "classical of about its size and is trained alike. Each card lies in `assets/models`; this page is written by "
        "`qlinical evaluate ... --write`.",
        _verdict(families),
        f"A circuit without entanglers ({_unentangled(families)}) is a few qubits that never meet: what it adds is a "
        "bounded wave of its inputs, which any computer works out. No quantum advantage is claimed here.",
    ]
    for question, several in groupby(families, key=lambda family: family[0].question):
        parts += [f"## {question.title}", *_section(list(several))]
    return "\n\n".join(part for part in parts if part) + "\n"


def _verdict(families: Sequence[Measured]) -> str:
    evaluations = [evaluation for _, evaluation in families]
    against_twin, accuracy = (
        [evaluation.only.differences[metric][CONTROL] for evaluation in evaluations] for metric in ("auroc", "accuracy")
    )
    linear = [a.difference for evaluation in evaluations for a in evaluation.ablations if a.kind == "linear"]
    few = [_sure(evaluation.learning[0]) for evaluation in evaluations if evaluation.learning]
    lines = [
        f"- against the twin, on all training cases: {_count(against_twin)};",
        f"- against the same model with a linear map in the circuit's place: {_count(linear)};",
        f"- against the twin, both trained on a tenth of the cases, where all three draws must agree: {_count(few)};",
        f"- accuracy at even odds, against the twin: {_count(accuracy)}.",
    ]
    return (
        "How the hybrids compare, by AUROC if nothing else is said; one in twenty would differ by chance:\n\n"
        + "\n".join(lines)
    )


def _unentangled(families: Sequence[Measured]) -> str:
    apart = [
        entry.definition.label
        for entry, evaluation in families
        if evaluation.circuit and not evaluation.circuit.entangles
    ]
    return ", ".join(dict.fromkeys(apart))


def _sure(point: LearningPoint) -> Estimate:
    """Return the difference, with an interval that includes 0 where the seeds disagree in its sign."""
    agree = len({draw > 0 for draw in point.draws}) == 1
    difference = point.difference
    return difference if agree else Estimate(difference.value, min(difference.low, 0.0), max(difference.high, 0.0))


def _count(differences: Sequence[Estimate]) -> str:
    better = sum(difference.low > 0 for difference in differences)
    worse = sum(difference.high < 0 for difference in differences)
    level = len(differences) - better - worse
    return f"better in {better} of {len(differences)}, worse in {worse}, no difference to be shown in {level}"


def _section(several: Sequence[Measured]) -> list[str]:
    reference = next(name for name in several[0][1].only.controls if name != CONTROL)
    score = interval(several[0][1].only.controls[reference]["auroc"])
    return [
        f"{TITLES[reference]}, the strong reference: AUROC {score}.",
        table(
            [
                "Family",
                "Parameters (angles of circuits)",
                "Hybrid AUROC",
                "Twin AUROC",
                "Hybrid minus twin",
                "With a tenth of the cases (draws)",
                "Minus a linear map",
            ],
            [_line(entry, evaluation) for entry, evaluation in several],
        ),
        f"Decisions that {HEADLINE_SCALE:g} times the calibrated noise changes, mean of four processors, no error "
        f"mitigation. A model with a star measures every processor on {N_TYPICAL} typical angles and undoes what noise "
        "does there to mean and spread of its observables.",
        *(_chart(several, aware) for aware in (False, True)),
        "A kernel is not trained across processors." if any(e.definition.fits_itself for e, _ in several) else "",
    ]


def _chart(several: Sequence[Measured], aware: bool) -> str:
    """Chart the families that were trained in the same way, so that like is compared with like."""
    flips = {}
    for entry, evaluation in several:
        this_way = (len(evaluation.trained_on) > 1) == aware
        if points := evaluation.only.noise if this_way else evaluation.only.retrained_noise:
            flips[_starred(entry)] = float(np.mean([p.flips for p in points if _headline(p)]))
    how = "Trained under the noise of three of them, in turns" if aware else "Trained without noise"
    return f"{how}:\n\n{bars(dict(sorted(flips.items(), key=lambda pair: pair[1])))}" if flips else ""


def _starred(entry: Entry) -> str:
    layers = [layer for layer in new_member(entry, HYBRID).modules() if isinstance(layer, QuantumLayer)]
    normalized = layers[0].normalization is not None
    return f"{entry.definition.label}{' *' if normalized else ''}"


def _headline(point: NoisePoint) -> bool:
    return (point.scale, point.mitigation) == (HEADLINE_SCALE, "none")


def _without(kind: str, entry: Entry) -> str:
    return "would be no kernel" if kind in entry.definition.whole else "not measured"


def _line(entry: Entry, evaluation: Evaluation) -> list[str]:
    linear = next((a.difference for a in evaluation.ablations if a.kind == "linear"), None)
    few = evaluation.learning[0] if evaluation.learning else None
    return [
        f"[{entry.definition.label}](../models/{entry.name}/card.md)",
        parameters(entry, evaluation),
        interval(evaluation.only.metrics["auroc"]),
        interval(evaluation.only.controls[CONTROL]["auroc"]),
        interval(evaluation.only.differences["auroc"][CONTROL]),
        "not measured" if few is None else f"{interval(few.difference)} ({', '.join(f'{d:+.3f}' for d in few.draws)})",
        _without("linear", entry) if linear is None else interval(linear),
    ]
