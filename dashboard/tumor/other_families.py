"""Other families on the slice that the answer rests on, each beside a classical model, and what each is worth."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from dashboard.shared.numbers import NBSP, percent
from dashboard.shared.session_cache import remembered
from dashboard.tumor.case import Case
from dashboard.tumor.resources import trained_families
from qcore.backends.protocol import Backend
from qcore.evidence.evaluation import Evaluation
from qcore.evidence.metrics import Estimate
from qcore.records import audit
from qcore.tasks.classification.model import CONTROL, HYBRID, RESNET, TITLES, Model
from qcore.tasks.tumor.answer import THRESHOLD, Answer
from qcore.tasks.tumor.families import Said, asked, said
from qcore.tasks.tumor.looked import Looked
from qcore.tasks.tumor.question import NONE, SIDE_PX

NOTHING = "–"


@dataclass(frozen=True)
class Row:
    """A line of the table.

    Attributes:
        label: what the page calls it.
        side: of the image that is read, pixels.
        here: what the hybrid says of the slice where it runs; None where there is no circuit at all.
        noiseless: the same without noise; None where it runs without.
        classical: what the classical model beside it says, its twin or the ResNet.
        control: name of that model.
        evaluation: what they said of the test slices.
    """

    label: str
    side: int
    here: Said | None
    noiseless: Said | None
    classical: Said
    control: str
    evaluation: Evaluation

    @property
    def better_by(self) -> Estimate | None:
        """How much more often than its twin the hybrid gives the right kind; None where there is no circuit."""
        return self.evaluation.kinds.differences[self.control] if self.here and self.evaluation.kinds else None


def released_row(model: Model, evaluation: Evaluation, found: Answer, before: Answer | None, twin: Answer) -> Row:
    """Return the line of the released family, which has answered already.

    Args:
        model: the released one.
        evaluation: of it.
        found: its answer where the circuit runs.
        before: the same without noise; None where it runs without.
        twin: the answer of its classical twin.
    """
    here, classical = (said(each.by_slice[found.place]) for each in (found, twin))
    noiseless = None if before is None else said(before.by_slice[found.place])
    return Row(model.entry.definition.label, SIDE_PX, here, noiseless, classical, CONTROL, evaluation)


def families_on_slice(case: Case, looked: Looked, place: int, released: Row, backend: Backend, ideal: Backend) -> None:
    """Show a line for each family, the released one first, and one for the classical ResNet.

    Args:
        case: the series.
        looked: the same as the models see it.
        place: of the slice among those judged.
        released: line of the released family.
        backend: where the circuits run.
        ideal: the simulator without noise, to compare with.
    """
    with st.spinner("Asking every family"):
        others = remembered(
            "tumor_families",
            (case.key, place, backend.fingerprint),
            lambda: _asked(looked, place, backend, ideal if released.noiseless else None),
        )
    rows = [released, *others]
    st.markdown(
        f"Probability of a tumour in slice {int(looked.slices[place]) + 1:,} of {len(case.series):,} alone, on which "
        f"the answer above rests, and the kind that is most probable if there is one. {_verdict(rows)}"
    )
    st.html(_table(rows))
    st.caption(
        f"Right kind and tumour AUROC (how often a slice with a tumour gets the higher probability): on "
        f"{released.evaluation.n:,} test slices that trained no family, hybrid / classical. Classical: the same model "
        "with a layer of tanh units in the circuit's place; the ResNet has no circuit at all. The first family reads "
        "features of a large network that was taught beforehand; the others begin from nothing, with few pixels, and "
        "are there for comparison."
    )


def _asked(looked: Looked, place: int, backend: Backend, ideal: Backend | None) -> list[Row]:
    """Return the lines of all but the released family, and leave a row for each in the audit trail."""
    image, rows, classical = looked.images[place], [], []
    for model, evaluation in trained_families():
        label, side = model.entry.definition.label, model.entry.shape.side
        here = asked(model, HYBRID, image, backend)
        noiseless = None if ideal is None else asked(model, HYBRID, image, ideal)
        rows.append(Row(label, side, here, noiseless, asked(model, CONTROL, image, backend), CONTROL, evaluation))
        if RESNET in model.members:
            found = asked(model, RESNET, image, backend)
            classical.append(Row(TITLES[RESNET], side, None, None, found, RESNET, evaluation))
        audit.append(
            audit.Action.PREDICTION,
            "tumor",
            model_card=model.entry.name,
            backend=backend.name,
            decision="tumour" if here.tumour >= THRESHOLD else "no tumour",
            patients=1,
        )
    return rows + classical


def _verdict(rows: Sequence[Row]) -> str:
    differences = [row.better_by for row in rows if row.better_by]
    better = sum(each.low > 0 for each in differences)
    worse = sum(each.high < 0 for each in differences)
    return (
        f"On test slices the hybrid gives the right kind more often than its classical twin in {better} of "
        f"{len(differences)} families, less often in {worse}; in {len(differences) - better - worse} no difference can "
        "be shown. No quantum advantage is claimed."
    )


def _table(rows: Sequence[Row]) -> str:
    is_noisy = any(row.noiseless for row in rows)
    head = "".join(
        f"<th{kind}>{name}</th>"
        for name, kind in (
            ("Family", ""),
            ("Reads", ""),
            ("Hybrid", ""),
            *([("Noiseless", "")] if is_noisy else []),
            ("Classical", ""),
            ("Right kind", " class='num'"),
            ("Tumour AUROC", " class='num'"),
        )
    )
    body = "".join(_line(row, is_noisy) for row in rows)
    return f"<table class='q-table'><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _line(row: Row, is_noisy: bool) -> str:
    said_by = (row.here, *([row.noiseless] if is_noisy else []), row.classical)
    cells = "".join(f"<td>{_words(each)}</td>" for each in said_by)
    return (
        f"<tr><td>{escape(row.label)}</td><td class='whole'>{row.side} × {row.side}{NBSP}pixels</td>{cells}"
        f"<td class='num'>{_right_kind(row)}</td><td class='num'>{_auroc(row)}</td></tr>"
    )


def _words(found: Said | None) -> str:
    return NOTHING if found is None else f"{percent(found.tumour)}, {escape(found.kind)}"


def _right_kind(row: Row) -> str:
    kinds = row.evaluation.kinds
    if kinds is None:
        return NOTHING
    return _pair(row, kinds.accuracy, kinds.controls[row.control])


def _auroc(row: Row) -> str:
    # No tumour and any tumour are told from each other by the same probability.
    evidence = row.evaluation.labels[NONE]
    return _pair(row, evidence.metrics["auroc"], evidence.controls[row.control]["auroc"])


def _pair(row: Row, hybrid: Estimate, classical: Estimate) -> str:
    first = f"{hybrid.value:.3f}" if row.here else NOTHING
    return f"{first} / {classical.value:.3f}"
