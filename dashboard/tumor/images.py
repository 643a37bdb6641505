"""The series in the viewer, with the answer to every slice above it and where the model looks laid over it."""

from dataclasses import replace
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.shared.numbers import NBSP, spread
from dashboard.shared.session_cache import remembered
from dashboard.shared.viewer.component import show
from dashboard.shared.viewer.picture import Marks, Overlay, Picture
from dashboard.tumor.case import Case
from dashboard.tumor.seen import attended, cells_of_all
from qcore.backends.protocol import Backend
from qcore.explain.images.attention import AttentionMap
from qcore.io.image.series import Series
from qcore.tasks.classification.model import Model
from qcore.tasks.tumor.answer import Answer
from qcore.tasks.tumor.attention import METHODS, OWN
from qcore.tasks.tumor.looked import Looked
from qcore.tasks.tumor.question import LABELS, NONE
from qcore.tasks.tumor.whole_series import counted

ATTENTION = "Model attention, not a lesion outline"
ASKED = "tumor_asked"
"""Which slice somebody wants explained, of which series."""
PICTURES_KEPT = 2
MOST_VOXELS = 25_000_000
"""Drawn in full; with all overlays, more would be too much for one message to the browser."""
EXPLANATIONS = {name: name.capitalize() if name != "grad-cam" else "Grad-CAM" for name in METHODS if name != OWN}
LEAST_DIFFERENCE = 0.1
SHARE = {"most": 1.0, "ends": ("0 %", "100 %")}


def images(case: Case, model: Model, looked: Looked, found: Answer, backend: Backend, noiseless: Backend) -> None:
    """Show the viewer, and below it by which method a slice is explained.

    Args:
        case: the series.
        model: trained.
        looked: the series, as the model sees it.
        found: the answer that is shown.
        backend: where the circuit runs.
        noiseless: the simulator without noise, to compare with.
    """
    method = st.session_state.get("tumor_method", "grad-cam")
    key = (case.key, backend.fingerprint, found.backend, st.session_state.get(ASKED), method)
    picture = remembered(
        "tumor_picture", key, lambda: _picture(case, model, looked, found, backend, noiseless, method), PICTURES_KEPT
    )
    asked = show(picture, key="tumor_viewer")
    if asked is not None and (case.key, asked) != st.session_state.get(ASKED):
        st.session_state[ASKED] = (case.key, asked)
        st.rerun()
    if (step := _step(case.series)) > 1:
        st.caption(f"Drawn with every {_ordinal(step)} pixel, because the series is large; answered in full.")
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


def without_answer(case: Case) -> None:
    """Show a series of which no model says anything."""
    picture = remembered("tumor_bare", case.key, lambda: Picture.of(_thinned(case.series, _step(case.series))), 1)
    show(picture, key="tumor_viewer_bare")


def _picture(
    case: Case, model: Model, looked: Looked, found: Answer, backend: Backend, noiseless: Backend, method: str
) -> Picture:
    here, error = cells_of_all(case, model, looked, backend)
    scatter = f"; the shots alone scatter it by up to {spread(error)} points (1 standard error)" if error else ""
    maps = [("Attention", here, f"probability of a tumour in each cell{scatter}", SHARE)]
    if backend.fingerprint != noiseless.fingerprint:
        before, _ = cells_of_all(case, model, looked, noiseless)
        # On a scale of its own, a difference that nobody would notice would fill the head with colour.
        most = max(LEAST_DIFFERENCE, float(np.abs(before - here).max()))
        words = f"{100 * most:.0f} points higher"
        signed = {"signed": True, "ends": (f"{words} with noise", f"{words} without"), "most": most}
        maps += [
            ("Noiseless", before, "the same without noise", SHARE),
            ("Difference", before - here, "without noise minus with noise", signed),
        ]
    step, slices = _step(case.series), tuple(map(int, looked.slices))
    overlays = [_overlay(name, values, meaning, step, slices=slices, **how) for name, values, meaning, how in maps]
    marks = np.full(len(case.series), np.nan)
    counts = counted(looked.head_side)
    marks[looked.slices[counts]] = 1 - found.by_slice[counts, LABELS.names.index(NONE)]
    return Picture.of(
        _thinned(case.series, step),
        start=int(looked.slices[found.place]),
        overlays=(*overlays, *_asked_for(case, model, looked, backend, method, step)),
        marks=Marks(marks, "Tumour probability"),
        explain="Explain this slice",
    )


def _asked_for(
    case: Case, model: Model, looked: Looked, backend: Backend, method: str, step: int
) -> tuple[Overlay, ...]:
    """Return the explanation of the slice that somebody asked for, if one of this series was."""
    key, number = st.session_state.get(ASKED) or ("", 0)
    if key != case.key:
        return ()
    place = looked.nearest(number)
    with st.spinner(f"{EXPLANATIONS[method]} of slice {number + 1}"):
        found = attended(case, model, looked, place, method, backend)
    values = looked.placed(place, np.clip(found.values, 0, None))[None]
    # A map that only speaks against a tumour must not be painted as if it spoke for one.
    meaning = f"{found.method}{_scatter(found)}" if found.is_evidence else f"{found.method}: no evidence in this slice"
    return (_overlay(EXPLANATIONS[method], values, meaning, step, slices=(int(looked.slices[place]),)),)


def _scatter(found: AttentionMap) -> str:
    if not found.scatter:
        return ""
    return f"; the shots alone scatter its highest place by {100 * found.scatter:.0f}{NBSP}% of it (1 standard error)"


def _overlay(name: str, values: NDArray[np.float32], meaning: str, step: int, **how: Any) -> Overlay:
    return Overlay.of_numbers(name, values[:, ::step, ::step], f"{ATTENTION}: {meaning}", **how)


def _step(series: Series) -> int:
    """Return which pixels of a row are drawn: every one, or every second of a large series."""
    step = 1
    while series.pixels.size / step**2 > MOST_VOXELS:
        step += 1
    return step


def _ordinal(number: int) -> str:
    return {2: "second", 3: "third"}.get(number, f"{number}th")


def _thinned(series: Series, step: int) -> Series:
    """Return every so many-th pixel of rows and columns, where they lie."""
    if step == 1:
        return series

    def wider(spacing: tuple[float, float]) -> tuple[float, float]:
        return spacing[0] * step, spacing[1] * step

    geometry = series.geometry and replace(series.geometry, spacing_mm=wider(series.geometry.spacing_mm))
    spacing = series.spacing_mm and wider(series.spacing_mm)
    return replace(series, pixels=series.pixels[:, ::step, ::step], geometry=geometry, spacing_mm=spacing)
