"""What the card of the tumour question says about collections: those left out, and those that can be told apart."""

from qcore.evidence.sources import SourcesEvidence
from qcore.training.cards.markdown import interval, table

TITLE = "Where slices come from"


def sources_note(found: SourcesEvidence | None) -> str:
    """Return the section's text."""
    if found is None:
        return "Not measured: run `qlinical study tumor-sources`."
    measured = table(
        ["Collections left out", "Slices", "People or blocks", "With a tumour", "AUROC of a tumour"],
        [
            [
                ", ".join(each.collections),
                f"{each.n:,}",
                f"{each.n_people:,}",
                f"{each.base_rate:.0%}",
                interval(each.auroc),
            ]
            for each in found.left_out
        ],
    )
    probe = found.probe
    return (
        "Each kind of slice has collections of its own, so that a network could learn the collection. Trained anew, "
        f"for a shorter time, without some of the collections and measured on these alone:\n\n{measured}\n\n"
        f"A linear model tells from which of {len(probe.collections)} collections a healthy slice is "
        f"({', '.join(probe.collections)}), by the mean of the features of its cells: mean share told right "
        f"{interval(probe.accuracy)} of {probe.n:,} slices, where guessing reaches {probe.chance:.2f}. Above that, the "
        "features hold what a model could use in place of a tumour."
    )
