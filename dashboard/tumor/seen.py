"""What the models see in a series and say of it, worked out once a session and backend."""

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.shared.session_cache import remembered
from dashboard.tumor.case import Case
from qcore.backends.protocol import Backend
from qcore.explain.images.attention import AttentionMap
from qcore.tasks.classification.model import HYBRID, Model
from qcore.tasks.tumor.answer import Answer, answer, preparation
from qcore.tasks.tumor.attention import METHODS, OWN, Attended
from qcore.tasks.tumor.looked import Looked, look

SERIES_KEPT = 3
"""In a session: each holds its slices once more, and what describes them."""


def looked_at(case: Case, model: Model) -> Looked:
    """Return the series as the models see it."""

    def work() -> Looked:
        bar = st.progress(0.0, "Looking at the slices")
        try:
            return look(case.series, preparation(model), lambda done, total: bar.progress(done / total))
        finally:
            bar.empty()

    return remembered("tumor_looked", case.key, work, SERIES_KEPT)


def answered(case: Case, model: Model, looked: Looked, backend: Backend, name: str = HYBRID) -> Answer:
    """Return what one of the models says of the series."""
    key = (case.key, name, backend.fingerprint)
    return remembered("tumor_answered", key, lambda: answer(model, looked, backend, name))


def attended(case: Case, model: Model, looked: Looked, place: int, method: str, backend: Backend) -> AttentionMap:
    """Return where the hybrid looks in a slice, by one method.

    Args:
        case: the series.
        model: trained.
        looked: the series, as the model sees it.
        place: of the slice among those judged.
        method: a key of `METHODS`.
        backend: where the circuit runs.
    """
    key = (case.key, place, method, backend.fingerprint)
    return remembered("tumor_attended", key, lambda: METHODS[method](Attended(model, looked, place, backend)))


def cells_of_all(case: Case, model: Model, looked: Looked, backend: Backend) -> tuple[NDArray[np.float32], float]:
    """Return the probability of a tumour in each place of each judged slice, and how far shots scatter it at most.

    Returns:
        ``(n_judged, height, width)``, and the largest standard error of any cell; 0 where the backend is exact.
    """

    def work() -> tuple[NDArray[np.float32], float]:
        maps = [METHODS[OWN](Attended(model, looked, place, backend)) for place in range(len(looked.slices))]
        placed = np.stack([looked.placed(place, found.values) for place, found in enumerate(maps)])
        return placed, max(float(found.standard_error.max()) for found in maps)

    return remembered("tumor_cells", (case.key, backend.fingerprint), work, SERIES_KEPT)
