"""What is measured on a recording and said of it, worked out once a session and backend."""

from dashboard.ecg.case import Case
from dashboard.shared.session_cache import remembered
from qcore.backends.protocol import Backend
from qcore.tasks.classification.model import HYBRID, Model
from qcore.tasks.ecg.answer import Answer, answer
from qcore.tasks.ecg.measure import Measured, measure
from qcore.tasks.ecg.windows import Windows, windows

RECORDINGS_KEPT = 3
"""In a session: one of 24 hours has tens of megabytes."""


def measurements_of(case: Case) -> Measured:
    """Return what is measured on a recording."""
    return remembered("ecg_measured", case.key, lambda: measure(case.ecg), RECORDINGS_KEPT)


def seen_by_model(case: Case) -> Windows:
    """Return the recording as the models see it.

    Raises:
        InvalidValue: they cannot; the message says why.
    """
    return remembered("ecg_seen", case.key, lambda: windows(case.ecg), RECORDINGS_KEPT)


def answered(case: Case, model: Model, seen: Windows, backend: Backend, name: str = HYBRID) -> Answer:
    """Return what one of the models says of the recording."""
    return remembered(
        "ecg_answered", (case.key, name, backend.fingerprint), lambda: answer(model, seen.x, backend, name)
    )
