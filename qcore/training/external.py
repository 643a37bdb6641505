"""What each question's models are checked on besides: cases of another kind, a check and never a result."""

from collections.abc import Callable, Mapping
from pathlib import Path

from qcore.backends.protocol import Backend
from qcore.evidence.evaluation import Evaluation, ExternalCheck
from qcore.settings import CACHE
from qcore.tasks.aki.model import AkiModel
from qcore.tasks.classification.model import Model
from qcore.tasks.tumor.attention import METHODS, OWN
from qcore.tasks.tumor.question import N_CELLS
from qcore.training.cohorts.brain_mri import read_slices
from qcore.training.cohorts.sources import external_checks
from qcore.training.tumor.background import without_background
from qcore.training.tumor.cases import tumor_cases
from qcore.training.tumor.pointing import localisation, outlined
from qcore.training.tumor.refusal import refusals


def _transfused(model: Model, data: Path, backend: Backend) -> list[ExternalCheck]:
    return external_checks(AkiModel(model), data, backend)


EXTERNAL: Mapping[str, Callable[[Model, Path, Backend], list[ExternalCheck]]] = {"aki": _transfused}
"""By the name of the card: only what people are shown is checked."""


def with_external_checks(evaluation: Evaluation, model: Model, data: Path, backend: Backend) -> Evaluation:
    """Return the evaluation with the external checks of its model; unchanged where there are none.

    Args:
        evaluation: of a yes/no question where its model has external checks.
        model: that was measured.
        data: folder of the public data sets.
        backend: where the circuit runs.
    """
    check = EXTERNAL.get(evaluation.task)
    return evaluation if check is None else evaluation.with_only(external=check(model, data, backend))


def with_localisation(evaluation: Evaluation, model: Model, data: Path, backend: Backend, every: bool) -> Evaluation:
    """Return the evaluation with how well explanations point at tumours; unchanged of a model that judges no cells.

    With every method comes what the model does without the background, on which no map should rest either, and what
    it refuses.

    Args:
        evaluation: of the model.
        model: that was measured.
        data: folder of the public data sets.
        backend: where the circuit runs.
        every: True for all methods, background and refusals, False for the model's own cells alone, which take no time.
    """
    if evaluation.task != "tumor":
        return evaluation
    shown = outlined(read_slices(data, CACHE / "training", "test"))
    found = [localisation(model, shown, method, backend) for method in (METHODS if every else [OWN])]
    bare = without_background(model, tumor_cases("test", data, N_CELLS), backend) if every else None
    refused = refusals(model, data) if every else []
    return evaluation.model_copy(update={"localisation": found, "without_background": bare, "refused": refused})
