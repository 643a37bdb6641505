"""Why: which part of the trace speaks for a diagnosis, by two methods, and what hiding a wave does."""

from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from dashboard.ecg.case import Case
from dashboard.shared.numbers import percent
from dashboard.shared.session_cache import remembered
from qcore.backends.protocol import Backend
from qcore.explain.images.attention import AttentionMap
from qcore.io.ecg.band import RATE_HZ
from qcore.io.ecg.leads import INDEPENDENT
from qcore.tasks.classification.model import Model
from qcore.tasks.ecg.attention import Attended, Spans, agreement
from qcore.tasks.ecg.measure import Measured
from qcore.tasks.ecg.question import IN_WORDS
from qcore.tasks.ecg.windows import Windows

GRADIENTS, STRETCHES = "Integrated gradients", "Contributions of stretches"
WAVES = ("P", "QRS", "ST", "T")
ATTENTION = "Model attention, not a diagnosis"


@dataclass(frozen=True, eq=False)
class Explained:
    """What speaks for a diagnosis in one window.

    Attributes:
        start: first sample of the window, at the models' rate.
        gradients: ``(8, n_samples)``.
        stretches: ``(1, n_stretches)``, where the circuit runs.
        hidden: by wave, the fall when it is hidden in each lead, ``(8, 1)``.
    """

    start: int
    gradients: AttentionMap
    stretches: AttentionMap
    hidden: dict[str, AttentionMap]

    def values(self, method: str) -> NDArray[np.float64]:
        """Return ``(8, n_samples)`` of a method, at the models' rate."""
        if method == GRADIENTS:
            return self.gradients.values
        n = self.gradients.values.shape[1]
        at = (np.arange(self.stretches.values.shape[1]) + 0.5) * n / self.stretches.values.shape[1]
        return np.tile(np.interp(np.arange(n), at, self.stretches.values[0]), (len(INDEPENDENT), 1))


def explained(
    case: Case, model: Model, seen: Windows, found: Measured, label: str, backend: Backend, window: int = 0
) -> Explained:
    """Return what speaks for a diagnosis, worked out once a session.

    Args:
        case: the recording.
        model: trained.
        seen: the recording as the models see it.
        found: what was measured, whose waves are hidden.
        label: the diagnosis.
        backend: where the circuit runs.
        window: which of the windows.
    """

    def work() -> Explained:
        start = int(seen.starts[window])
        attended = Attended(model, seen.x[window : window + 1], label, backend)
        spans = spans_of(found, case.ecg.rate_hz, start, seen.x.shape[-1])
        return Explained(start, attended.integrated_gradients(), attended.stretches(), attended.occlusion(spans))

    return remembered("ecg_explained", (case.key, label, window, backend.fingerprint), work)


def spans_of(found: Measured, rate_hz: float, start: int, n_samples: int) -> Spans:
    """Return where each wave lies in a window, over all leads, in samples at the models' rate.

    Args:
        found: beats, and onsets and offsets over all leads from the R peak.
        rate_hz: of the recording.
        start: first sample of the window, at the models' rate.
        n_samples: of the window.
    """
    if found.waves is None:
        return {}
    on, off = found.waves.onset_ms, found.waves.offset_ms
    ends = {
        "P": (on["P"], off["P"]),
        "QRS": (on["QRS"], off["QRS"]),
        "ST": (off["QRS"], on["T"]),
        "T": (on["T"], off["T"]),
    }
    beats = found.beats / rate_hz * RATE_HZ - start
    return {
        wave: [
            (round(beat + first * RATE_HZ / 1000), round(beat + last * RATE_HZ / 1000))
            for beat in beats
            if 0 <= beat < n_samples
        ]
        for wave, (first, last) in ends.items()
        if np.isfinite(first) and np.isfinite(last) and last > first
    }


def waves_table(found: Explained, label: str, n_windows: int) -> None:
    """Show what hiding each wave in each lead does to a diagnosis, and how far two maps agree.

    Args:
        found: what speaks for it.
        label: the diagnosis.
        n_windows: in how many windows the recording was judged, of which the first is explained.
    """
    st.html(_table(found.hidden))
    shared = agreement(found.gradients, found.stretches)
    scatter = max((float(each.standard_error.max()) for each in found.hidden.values()), default=0.0)
    shots = f" The shots scatter them by up to {scatter:.2f} (1 standard error)." if scatter else ""
    first = "Of the first ten seconds: by" if n_windows > 1 else "By"
    st.caption(
        f"{first} how much the log odds of {IN_WORDS[label]} fall when the wave is replaced by a straight line in all "
        f"beats of a lead; what speaks against it is negative.{shots} Integrated gradients and the contributions of "
        f"stretches put {percent(shared)} of their evidence at the same moments. Methods disagree; none is the truth."
    )


def _table(hidden: dict[str, AttentionMap]) -> str:
    most = max((float(np.abs(each.values).max()) for each in hidden.values()), default=1.0) or 1.0
    head = "".join(f"<th class='num'>{escape(lead)}</th>" for lead in INDEPENDENT)
    rows = ""
    for wave in WAVES:
        if wave not in hidden:
            rows += f"<tr><td class='whole'>{wave}</td><td colspan='{len(INDEPENDENT)}'>not found</td></tr>"
            continue
        cells = "".join(_cell(float(value), most) for value in hidden[wave].values[:, 0])
        rows += f"<tr><td class='whole'>{wave}</td>{cells}</tr>"
    return f"<table class='q-table'><thead><tr><th>Hidden</th>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cell(value: float, most: float) -> str:
    share = min(1.0, abs(value) / most)
    colour = "214, 96, 40" if value > 0 else "40, 110, 190"
    text = f"{round(value, 2) + 0.0:+.2f}".replace("-", "−")
    return f"<td class='num' style='background:rgba({colour},{0.45 * share:.2f})'>{text}</td>"
