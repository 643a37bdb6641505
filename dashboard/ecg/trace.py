"""The recording on paper, with beats and waves, the median beat, and what speaks for a diagnosis laid over it."""

import numpy as np
from numpy.typing import NDArray

from dashboard.ecg.case import Case
from dashboard.ecg.explanation import ATTENTION, GRADIENTS, STRETCHES, Explained
from dashboard.shared.ecg_paper.component import show
from dashboard.shared.ecg_paper.paper import MedianBeat, Overlay, Paper
from dashboard.shared.session_cache import remembered
from qcore.io.ecg.band import RATE_HZ
from qcore.io.ecg.leads import INDEPENDENT
from qcore.io.ecg.record import Ecg
from qcore.tasks.ecg.measure import Measured
from qcore.tasks.ecg.question import IN_WORDS

PAPERS_KEPT = 3
STRONGEST_QUANTILE = 0.995
"""Of the absolute values: a single sample must not make all others pale."""


def trace(case: Case, found: Measured, why: Explained | None = None, label: str = "") -> None:
    """Show the recording.

    Args:
        case: the recording.
        found: what was measured on it.
        why: what speaks for a diagnosis; None where there is none.
        label: the diagnosis.
    """
    # While it is the same, the paper is not sent again.
    paper = remembered("ecg_paper", (case.key, id(why), label), lambda: _paper(case, found, why, label), PAPERS_KEPT)
    show(paper, key="ecg_trace")


def _paper(case: Case, found: Measured, why: Explained | None, label: str) -> Paper:
    overlays = () if why is None else tuple(_overlay(case.ecg, why, method, label) for method in (GRADIENTS, STRETCHES))
    return Paper(
        case.ecg,
        beats=found.beats,
        fiducials=found.fiducials,
        median=_median(case.ecg, found),
        overlays=overlays,
        caption=" ".join((*case.ecg.notes, *found.notes)),
        description=_description(found),
    )


def _overlay(ecg: Ecg, why: Explained, method: str, label: str) -> Overlay:
    values = _on_clock(ecg, why, method)
    most = float(np.quantile(np.abs(values[values != 0]), STRONGEST_QUANTILE)) if values.any() else 1.0
    return Overlay.of_numbers(
        method,
        values,
        ATTENTION,
        most=most,
        caption=f"{method}: what speaks for {IN_WORDS[label]}",
        ends=("speaks against", "speaks for"),
        signed=True,
    )


def _on_clock(ecg: Ecg, why: Explained, method: str) -> NDArray[np.float32]:
    """Return ``(n_leads, n_samples)`` of the recording; of leads that the models do not read, nothing."""
    values, n = why.values(method), ecg.uv.shape[1]
    at = np.arange(n) / ecg.rate_hz * RATE_HZ - why.start
    inside = (at >= 0) & (at <= values.shape[1] - 1)
    drawn = np.zeros(ecg.uv.shape, np.float32)
    for row, name in zip(values, INDEPENDENT, strict=True):
        if name in ecg.leads:
            drawn[ecg.leads.index(name), inside] = np.interp(at[inside], np.arange(len(row)), row)
    return drawn


def _median(ecg: Ecg, found: Measured) -> MedianBeat | None:
    if found.median is None:
        return None
    uv = np.full((len(ecg.leads), found.median.uv.shape[1]), np.nan, np.float32)
    uv[[ecg.leads.index(lead) for lead in found.leads]] = found.median.uv
    return MedianBeat(uv, found.median.rate_hz)


def _description(found: Measured) -> str:
    """Return what is measured in words, for those who do not see the trace."""
    named = [
        f"{each.name} {each.value:.0f} {each.unit}" for each in found.measurements.values() if each.value is not None
    ]
    return f"{len(found.beats):,} beats. {'; '.join(named)}."
