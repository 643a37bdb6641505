"""The answer to take along: a picture, a page on paper, and two DICOM objects."""

import streamlit as st

from dashboard.shared.numbers import NBSP
from dashboard.tumor.case import Case
from dashboard.tumor.seen import attended
from qcore.backends.protocol import Backend
from qcore.records import audit
from qcore.tasks.classification.model import Model
from qcore.tasks.tumor.answer import ENTRY, Answer
from qcore.tasks.tumor.attention import OWN
from qcore.tasks.tumor.export import dicom, page, picture
from qcore.tasks.tumor.looked import Looked


def downloads(case: Case, model: Model, looked: Looked, found: Answer, backend: Backend) -> None:
    """Offer what is written of the slice that the answer rests on.

    Args:
        case: the series.
        model: trained.
        looked: the series, as the model sees it.
        found: the answer.
        backend: where the circuit runs.
    """
    number = int(looked.slices[found.place])

    def drawn() -> picture.Colours:
        cells = attended(case, model, looked, found.place, OWN, backend).values
        bare = picture.drawn(case.series.pixels[number], looked.placed(found.place, cells))
        return picture.captioned(bare, [_line(found, number, len(case.series))])

    def pdf() -> bytes:
        remarks = [f"Model card: {ENTRY.name}, weights {model.digest}", model.entry.question.limits]
        return page.one_page_pdf(f"{case.title}, {case.source.lower()}", found, drawn(), remarks)

    kinds = {
        "Picture (PNG)": (lambda: picture.as_png(drawn()), "png", "image/png"),
        "One page (PDF)": (pdf, "pdf", "application/pdf"),
        "DICOM picture": (lambda: dicom.secondary_capture(drawn()), "dcm", "application/dicom"),
        "DICOM report": (
            lambda: dicom.structured_report(drawn(), found, ENTRY.name, model.digest),
            "sr.dcm",
            "application/dicom",
        ),
    }
    with st.container(horizontal=True):
        for label, (make, ending, media_type) in kinds.items():
            st.download_button(
                label,
                make,
                f"tumour.{ending}",
                media_type,
                key=f"tumor_download_{ending}",
                type="tertiary",
                icon=":material/download:",
                on_click=_record,
                args=(ending,),
            )


def _line(found: Answer, number: int, n_slices: int) -> str:
    where = f"slice {number + 1} of {n_slices}: " if n_slices > 1 else ""
    return f"{where}tumour {100 * found.tumour:.0f}{NBSP}%, circuit on {found.backend}".capitalize()


def _record(ending: str) -> None:
    audit.append(audit.Action.EXPORT, "tumor", model_card=ENTRY.name, patients=1, format=ending)
