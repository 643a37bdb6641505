"""The series in the viewer, with the answer to every slice above it and where the model looks laid over it."""

import numpy as np
import streamlit as st

from dashboard.shared.session_cache import remembered
from dashboard.shared.viewer.component import show
from dashboard.shared.viewer.picture import Marks, Overlay, Picture
from dashboard.tumor.case import Case
from dashboard.tumor.seen import attended, cells_of_all
from qcore.backends.protocol import Backend
from qcore.tasks.classification.model import Model
from qcore.tasks.tumor.answer import Answer
from qcore.tasks.tumor.attention import METHODS, OWN
from qcore.tasks.tumor.looked import Looked
from qcore.tasks.tumor.question import LABELS, NONE

ATTENTION = "Model attention, not a lesion outline"
ASKED = "tumor_asked"
"""Which slices somebody wants explained, of which series."""
PICTURES_KEPT = 2
EXPLANATIONS = {name: name.capitalize() if name != "grad-cam" else "Grad-CAM" for name in METHODS if name != OWN}


def images(case: Case, model: Model, looked: Looked, found: Answer, backend: Backend, noiseless: Backend) -> None:
    """Show the viewer, and below it what somebody asked of a slice.

    Args:
        case: the series.
        model: trained.
        looked: the series, as the model sees it.
        found: the answer that is shown.
        backend: where the circuit runs.
        noiseless: the simulator without noise, to compare with.
    """
    key = (case.key, backend.fingerprint, st.session_state.get(ASKED), st.session_state.get("tumor_method"))
    picture = remembered(
        "tumor_picture", key, lambda: _picture(case, model, looked, found, backend, noiseless), PICTURES_KEPT
    )
    asked = show(picture, key="tumor_viewer")
    if asked is not None and (case.key, asked) != st.session_state.get(ASKED):
        st.session_state[ASKED] = (case.key, asked)
        st.rerun()
    st.segmented_control(
        "Explain a slice by",
        list(EXPLANATIONS),
        format_func=EXPLANATIONS.__getitem__,
        default="grad-cam",
        required=True,
        key="tumor_method",
        persist_state="session",
        help="Go to a slice and press Explain this slice: the map is laid over it.",
    )


def _picture(case: Case, model: Model, looked: Looked, found: Answer, backend: Backend, noiseless: Backend) -> Picture:
    slices = tuple(map(int, looked.slices))
    here = cells_of_all(case, model, looked, backend)
    ends = ("0 %", "100 %")
    overlays = [
        Overlay.of_numbers(
            "Attention", here, f"{ATTENTION}: probability of a tumour in each cell", most=1.0, ends=ends, slices=slices
        )
    ]
    if backend.fingerprint != noiseless.fingerprint:
        before = cells_of_all(case, model, looked, noiseless)
        overlays += [
            Overlay.of_numbers(
                "Noiseless", before, f"{ATTENTION}: the same without noise", most=1.0, ends=ends, slices=slices
            ),
            Overlay.of_numbers(
                "Difference",
                before - here,
                "Noiseless minus noisy",
                signed=True,
                ends=("noisy higher", "noiseless higher"),
                slices=slices,
            ),
        ]
    overlays += _asked_for(case, model, looked, backend)
    marks = np.full(len(case.series), np.nan)
    marks[looked.slices] = 1 - found.by_slice[:, LABELS.names.index(NONE)]
    return Picture.of(
        case.series,
        overlays=tuple(overlays),
        marks=Marks(marks, "Tumour probability of each slice"),
        caption=ATTENTION,
        explain="Explain this slice",
    )


def _asked_for(case: Case, model: Model, looked: Looked, backend: Backend) -> list[Overlay]:
    key, number = st.session_state.get(ASKED) or ("", 0)
    if key != case.key:
        return []
    place, method = looked.nearest(number), st.session_state.get("tumor_method", "grad-cam")
    with st.spinner(f"{EXPLANATIONS[method]} of slice {number + 1}"):
        found = attended(case, model, looked, place, method, backend)
    values = looked.placed(place, np.clip(found.values, 0, None))
    title = found.method if found.is_evidence else f"{found.method}: no evidence in this slice"
    return [
        Overlay.of_numbers(
            EXPLANATIONS[method], values[None], f"{ATTENTION}: {title}", slices=(int(looked.slices[place]),)
        )
    ]
