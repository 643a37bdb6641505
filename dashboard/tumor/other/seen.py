"""What the other image models say of an image, worked out once a session and backend."""

from dashboard.shared.session_cache import remembered
from dashboard.tumor.case import Case
from dashboard.tumor.other.resources import other_model
from qcore.backends.protocol import Backend
from qcore.explain.images.attention import AttentionMap
from qcore.tasks.classification.model import HYBRID
from qcore.tasks.imaging.answer import Answer, answer
from qcore.tasks.imaging.attention import attention
from qcore.tasks.imaging.preparation import Prepared, prepared
from qcore.tasks.imaging.subjects import SUBJECTS


def other_prepared(case: Case) -> Prepared:
    """Return an image as the model sees it."""
    key = (case.key, case.question)
    return remembered("tumor_other_prepared", key, lambda: prepared(case.series, SUBJECTS[case.question]))


def other_answered(case: Case, backend: Backend, name: str = HYBRID) -> Answer:
    """Return what one of the models says of an image."""
    key = (case.key, case.question, name, backend.fingerprint)
    model = other_model(case.question)
    return remembered("tumor_other_answered", key, lambda: answer(model, other_prepared(case), backend, name))


def other_attended(case: Case, backend: Backend) -> AttentionMap:
    """Return where the hybrid looks."""
    key = (case.key, case.question, backend.fingerprint)
    model = other_model(case.question)
    return remembered("tumor_other_attended", key, lambda: attention(model, other_prepared(case), backend))
