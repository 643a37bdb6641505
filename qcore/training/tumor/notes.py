"""What the card of the tumour question says besides: what a case is, and whether explanations point at the tumour."""

from collections.abc import Iterator

from qcore.evidence.evaluation import Evaluation, Localisation, Refused, WithoutBackground
from qcore.models.families import Kind
from qcore.models.images.cells import N_FEATURES
from qcore.tasks.classification.model import Model
from qcore.tasks.tumor.question import N_CELLS, SIDE_PX
from qcore.training.cards.markdown import interval, table
from qcore.training.classification.card import Notes
from qcore.training.tumor.sources_note import TITLE, sources_note


def notes(model: Model, evaluation: Evaluation) -> Notes:
    """Return the notes."""
    if model.entry.shape.kind is not Kind.CELLS:
        return Notes(
            reads=(
                f"A slice of MRI is framed to the head and resized to {model.entry.shape.side} x "
                f"{model.entry.shape.side} pixels, from which everything is learnt afresh: nothing was learnt "
                f"beforehand. Of the changed views below, the {model.facts.n_cases:,} trained it whose kind is "
                "certain; pasted tumours have none. How the features of the released model do is on its own card."
            ),
        )
    return Notes(
        reads=(
            f"A slice of MRI is framed to the head, resized to {SIDE_PX} pixels and described in {N_CELLS} x {N_CELLS} "
            f"cells by {N_FEATURES} features each, from an EfficientNet-Lite0 (3.4 million weights, from ImageNet) "
            "that was fine-tuned once and is the same for hybrid and twin. Small circuits read every cell; the "
            "cells with the most evidence make up the answer."
        ),
        sections=tuple(_sections(evaluation)),
    )


def _sections(evaluation: Evaluation) -> Iterator[tuple[str, str]]:
    if evaluation.localisation:
        yield "Where the model looks", _localised(evaluation.localisation)
    if evaluation.without_background is not None:
        yield "Without the background", _without_background(evaluation.without_background)
    if evaluation.refused:
        yield "What is refused", _refused(evaluation.refused)
    yield TITLE, sources_note(evaluation.sources)


def _localised(found: list[Localisation]) -> str:
    rows = [
        [
            each.method,
            f"{each.n:,}",
            interval(each.pointing),
            interval(each.overlap),
            f"{each.inside:.1%}",
            "" if each.in_head is None else interval(each.in_head),
        ]
        for each in found
    ]
    return (
        "On test slices with a box around the tumour: how often the highest place of the map lies in the box (pointing "
        "game), what share of the map lies in it, what share of the framed image the box covers, and what share of the "
        "map lies in the head at all.\n\n"
        + table(["Method", "Slices", "Pointing", "Share inside", "Box", "Share in the head"], rows)
    )


def _without_background(found: WithoutBackground) -> str:
    return (
        "All that lies outside the head is made black, on all test slices. Then "
        f"{interval(found.accuracy)} are given the right kind, tumours are told from none with an AUROC of "
        f"{interval(found.auroc)}, and {found.changed:.1%} are given another kind than before.\n"
    )


def _refused(found: list[Refused]) -> str:
    rows = [[each.what, "none" if each.is_brain_mri else "all", f"{each.n:,}", interval(each.share)] for each in found]
    return (
        "Pictures that trained nothing, judged by their looks alone, as if their files did not say what they are. "
        "Other images of the same MedMNIST sets trained the test. No CT of a head was at hand that could be held out: "
        "as a picture without a word in its file, one may pass for MRI.\n\n"
        + table(["Pictures", "Should be refused", "Number", "Share refused"], rows)
    )
