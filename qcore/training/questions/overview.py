"""All families beside their controls, question by question: what the cards say, on one page."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np

from qcore.evidence.family_evaluation import FamilyEvaluation
from qcore.evidence.metrics import Estimate
from qcore.evidence.noise_point import NoisePoint
from qcore.models.quantum_layer import N_TYPICAL, quantum_layers
from qcore.settings import ASSETS
from qcore.tasks.questions import store
from qcore.tasks.questions.model import CONTROL, HYBRID, LABELS, new_member
from qcore.tasks.questions.question import Entry, entries
from qcore.training.markdown import bars, interval, table

FILE = ASSETS / "evidence" / "families.md"
HEADLINE_SCALE = 3.0
Measured = tuple[Entry, FamilyEvaluation]


def measured() -> list[Measured]:
    """Return every family and question of which there is an evaluation."""
    found = ((entry, store.previous_evaluation(entry)) for entry in entries())
    return [(entry, evaluation) for entry, evaluation in found if evaluation is not None]


def overview(found: Sequence[Measured]) -> str:
    """Return the page as Markdown."""
    parts = [
        "# Every family beside its classical twin",
        "Test cases that took no part in training; means of three seeds' log odds; 95 % intervals by bootstrap over "
        "cases. Every twin has the circuit replaced by something classical of about its size and is trained alike. "
        "Each card lies in `assets/models`; this page is written by `qlinical evaluate ... --write`.",
        _verdict(found),
    ]
    for question, several in groupby(found, key=lambda each: each[0].question):
        parts += [f"## {question.title}", *_section(list(several))]
    return "\n\n".join(parts) + "\n"


def _verdict(found: Sequence[Measured]) -> str:
    evaluations = [evaluation for _, evaluation in found]
    against_twin = [evaluation.differences["auroc"][CONTROL] for evaluation in evaluations]
    linear = [a.difference for evaluation in evaluations for a in evaluation.ablations if a.kind == "linear"]
    few = [evaluation.learning[0].difference for evaluation in evaluations if evaluation.learning]
    lines = [
        f"- against the twin, on all training cases: {_count(against_twin)};",
        f"- against the same model with a linear map in the circuit's place: {_count(linear)};",
        f"- against the twin, both trained on a tenth of the cases: {_count(few)}.",
    ]
    return "AUROC of the hybrids; one comparison in twenty would come out as different by chance:\n\n" + "\n".join(
        lines
    )


def _count(differences: Sequence[Estimate]) -> str:
    better = sum(difference.low > 0 for difference in differences)
    worse = sum(difference.high < 0 for difference in differences)
    level = len(differences) - better - worse
    return f"better in {better} of {len(differences)}, worse in {worse}, no difference to be shown in {level}"


def _section(several: Sequence[Measured]) -> list[str]:
    reference = next(name for name in several[0][1].controls if name != CONTROL)
    score = interval(several[0][1].controls[reference]["auroc"])
    return [
        f"{LABELS[reference]}, the strong reference: AUROC {score}.",
        table(
            [
                "Family",
                "Parameters",
                "Hybrid AUROC",
                "Twin AUROC",
                "Hybrid minus twin",
                "With a tenth of the cases",
                "Minus a linear map",
            ],
            [_line(entry, evaluation) for entry, evaluation in several],
        ),
        f"Decisions that {HEADLINE_SCALE:g} times the calibrated noise changes, mean of four processors, no error "
        f"mitigation. A model with a star measures every processor on {N_TYPICAL} typical angles and undoes what noise "
        "does there to mean and spread of its observables.",
        *(_chart(several, aware) for aware in (False, True)),
    ]


def _chart(several: Sequence[Measured], aware: bool) -> str:
    """Show the families that were trained that way: like with like."""
    flips = {}
    for entry, evaluation in several:
        this_way = (len(evaluation.trained_on) > 1) == aware
        if points := evaluation.noise if this_way else evaluation.retrained_noise:
            flips[_starred(entry)] = float(np.mean([p.flips for p in points if _headline(p)]))
    how = "Trained under the noise of three of them, in turns" if aware else "Trained without noise"
    return f"{how}:\n\n{bars(dict(sorted(flips.items(), key=lambda pair: pair[1])))}" if flips else ""


def _starred(entry: Entry) -> str:
    normalized = quantum_layers(new_member(entry, HYBRID))[0].normalization is not None
    return f"{entry.model.label}{' *' if normalized else ''}"


def _headline(point: NoisePoint) -> bool:
    return (point.scale, point.mitigation) == (HEADLINE_SCALE, "none")


def _without(kind: str, entry: Entry) -> str:
    return "would be no kernel" if kind in entry.model.whole else "not measured"


def _line(entry: Entry, evaluation: FamilyEvaluation) -> list[str]:
    linear = next((a.difference for a in evaluation.ablations if a.kind == "linear"), None)
    few = evaluation.learning[0].difference if evaluation.learning else None
    return [
        f"[{entry.model.label}](../models/{entry.name}/card.md)",
        f"{evaluation.parameters[HYBRID]:,}",
        interval(evaluation.metrics["auroc"]),
        interval(evaluation.controls[CONTROL]["auroc"]),
        interval(evaluation.differences["auroc"][CONTROL]),
        "not measured" if few is None else interval(few),
        _without("linear", entry) if linear is None else interval(linear),
    ]
