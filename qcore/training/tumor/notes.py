"""What the card of the tumour question says besides: what a case is, and whether explanations point at the tumour."""

from qcore.evidence.evaluation import Evaluation, Localisation
from qcore.models.families import Kind
from qcore.models.images.cells import N_FEATURES
from qcore.tasks.classification.model import Model
from qcore.tasks.tumor.question import N_CELLS, SIDE_PX
from qcore.training.cards.markdown import interval, table
from qcore.training.classification.card import Notes


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
        sections=(("Where the model looks", _localised(evaluation.localisation)),) if evaluation.localisation else (),
    )


def _localised(found: list[Localisation]) -> str:
    rows = [
        [each.method, f"{each.n:,}", interval(each.pointing), interval(each.overlap), f"{each.inside:.1%}"]
        for each in found
    ]
    return (
        "On test slices with a box around the tumour: how often the highest place of the map lies in the box (pointing "
        "game), what share of the map lies in it, and what share of the framed image the box covers.\n\n"
        + table(["Method", "Slices", "Pointing", "Share inside", "Box"], rows)
    )
