"""All questions of classification, by name: what the commands list."""

from collections.abc import Mapping

from qcore.errors import InvalidValue
from qcore.tasks.aki.question import AKI
from qcore.tasks.classification import store
from qcore.tasks.classification.medmnist import ADRENAL, BREAST, PNEUMONIA
from qcore.tasks.classification.model import Model
from qcore.tasks.classification.question import Entry, Question, entries_of, entry_of
from qcore.tasks.ecg.question import ECG
from qcore.tasks.tumor.question import TUMOR

QUESTIONS: Mapping[str, Question] = {
    question.name: question for question in (AKI, BREAST, PNEUMONIA, ADRENAL, TUMOR, ECG)
}
"""Every question that trained models answer, by its name."""


def entry(question: str, family: str = "") -> Entry:
    """Return a question with a family that answers it, at the family's usual size.

    Args:
        question: name of the question, one of `QUESTIONS`.
        family: name of the family, one of its `Question.families`; the released one if empty.

    Raises:
        InvalidValue: there is no such question or family, or the family does not take such cases.
    """
    if not isinstance(question, str) or question not in QUESTIONS:
        raise InvalidValue(f"There is no question '{question}'. Choose from {', '.join(QUESTIONS)}.")
    takers = QUESTIONS[question].families
    if family and (not isinstance(family, str) or family not in takers):
        raise InvalidValue(f"'{question}' is answered by the families {', '.join(takers)}, not by '{family}'.")
    return entry_of(QUESTIONS[question], family)


def entries() -> list[Entry]:
    """Return every family for every question."""
    return entries_of(list(QUESTIONS.values()))


def load_model(question: str, family: str = "") -> Model:
    """Return the trained models for a question: the hybrid and its classical controls, calibrated.

    Args:
        question: name of the question, one of `QUESTIONS`.
        family: name of the family, one of its `Question.families`; the released one if empty.

    Raises:
        InvalidValue: there is no such question or family, or the family does not take such cases.
        MissingAsset: they were never trained, or a file is missing.
    """
    return store.load(entry(question, family))
