"""The answer to take along: a picture, a page on paper, and two DICOM objects."""

from collections.abc import Callable, Mapping

import streamlit as st

from dashboard.shared.numbers import percent
from dashboard.tumor.answer import coverage
from dashboard.tumor.case import Case
from dashboard.tumor.seen import cells_of_all
from qcore.backends.protocol import Backend
from qcore.evidence.evaluation import Evaluation
from qcore.io.image.export import dicom, page, picture
from qcore.records import audit
from qcore.tasks.classification.model import Model
from qcore.tasks.tumor.answer import ENTRY, Answer
from qcore.tasks.tumor.looked import Looked
from qcore.tasks.tumor.question import LABELS, NONE
from qcore.tasks.tumor.structured_report import structured_report

DICOM = "application/dicom"
Kinds = Mapping[str, tuple[Callable[[], bytes], str, str]]
"""By the name of what is taken along: what makes it, how the file's name ends, and its media type."""


def downloads(
    case: Case, model: Model, looked: Looked, found: Answer, backend: Backend, evaluation: Evaluation
) -> None:
    """Offer what is written of the slice that the answer rests on.

    Args:
        case: the series.
        model: trained.
        looked: the series, as the model sees it.
        found: the answer.
        backend: where the circuit runs.
        evaluation: says what the answer is worth.
    """
    number = int(looked.slices[found.place])
    # A file is made in a thread that belongs to no session: what the session remembers is taken out before.
    cells = cells_of_all(case, model, looked, backend)[0][found.place]

    def drawn() -> picture.Colours:
        bare = picture.drawn(case.series.pixels[number], cells)
        return picture.captioned(bare, [_line(found, number, len(case.series))])

    def written() -> page.Written:
        return page.Written(
            heading=model.entry.question.title,
            title=f"{case.title}, {case.source.lower()}",
            probabilities=found.probabilities,
            possible=found.possible,
            backend=found.backend,
            remarks=[
                coverage(evaluation),
                f"Model card: {ENTRY.name}, weights {model.digest}",
                model.entry.question.limits,
            ],
        )

    offered = kinds_of(drawn, written)
    offered["DICOM report"] = (lambda: structured_report(drawn(), found, ENTRY.name, model.digest), "sr.dcm", DICOM)
    offer(offered, "tumour", "tumor", ENTRY.name)


def kinds_of(
    drawn: Callable[[], picture.Colours], written: Callable[[], page.Written]
) -> dict[str, tuple[Callable[[], bytes], str, str]]:
    """Return what every answer can be taken along as.

    Args:
        drawn: makes the picture.
        written: makes what the page on paper says.
    """
    return {
        "Picture (PNG)": (lambda: picture.as_png(drawn()), "png", "image/png"),
        "One page (PDF)": (lambda: page.one_page_pdf(written(), drawn()), "pdf", "application/pdf"),
        "DICOM picture": (lambda: dicom.secondary_capture(drawn()), "dcm", DICOM),
    }


def offer(kinds: Kinds, name: str, task: str, card: str) -> None:
    """Show a button for each kind; what it saves is made when it is pressed.

    Args:
        kinds: what is offered.
        name: of the files.
        task: name of the question.
        card: id of the model's card.
    """
    with st.container(horizontal=True):
        for label, (make, ending, media_type) in kinds.items():
            st.download_button(
                label,
                make,
                f"{name}.{ending}",
                media_type,
                key=f"tumor_download_{ending}",
                type="tertiary",
                icon=":material/download:",
                on_click=_record,
                args=(task, card, ending),
            )


def _line(found: Answer, number: int, n_slices: int) -> str:
    if n_slices == 1:
        return f"Tumour {percent(found.tumour)}, circuit on {found.backend}"
    alone = 1 - float(found.by_slice[found.place, LABELS.names.index(NONE)])
    return (
        f"Series: tumour {percent(found.tumour)}; slice {number + 1} of {n_slices} alone: {percent(alone)}; "
        f"circuit on {found.backend}"
    )


def _record(task: str, card: str, ending: str) -> None:
    audit.append(audit.Action.EXPORT, task, model_card=card, patients=1, format=ending)
