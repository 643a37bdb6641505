"""Asking learned models for doses where somebody wants to know: circuits take seconds, and results are kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from dashboard.dosing.cache import is_kept, kept
from dashboard.dosing.study.source import Source
from dashboard.shared.execution.noise_in_use import NOISELESS
from dashboard.shared.resources import backend_by_name
from qcore.backends.protocol import Provenance
from qcore.backends.watched import Watched
from qcore.population.model import PopulationModel
from qcore.tasks.dosing.dose_finding import Curves, Question
from qcore.tasks.dosing.networks.released import Released

CACHE = "learned"
Key = tuple[str, str, str]
"""Model, line and question."""


@dataclass(frozen=True)
class Wanted:
    """What is asked.

    Attributes:
        model: its name.
        line: where its circuits run; nothing where it has none.
        question: that is asked; its share does not matter.
    """

    model: str
    line: str
    question: Question

    @property
    def key(self) -> Key:
        """What tells it from all others on the same study."""
        return self.model, self.line, self.question.curve

    @property
    def kept_as(self) -> Key:
        """Under which key the answer is kept: the line's name is not all that decides it."""
        place = backend_by_name(self.line).fingerprint if self.line else ""
        return self.model, place, self.question.curve


@dataclass(frozen=True, eq=False)
class Said:
    """What a model says.

    Attributes:
        curves: the dose is read off them.
        provenance: of its circuits; None where it has none.
        n_circuits: that were run.
    """

    curves: Curves
    provenance: Provenance | None
    n_circuits: int


def answered(
    released: Released, known: PopulationModel, wanted: Wanted, on_progress: Callable[[int, int], None]
) -> Said:
    """Ask a model.

    Args:
        released: the models.
        known: the mechanistic model of their study.
        wanted: what is asked.
        on_progress: called with how many draws are done, and how many there are; what it raises ends the asking.
    """
    watched = Watched(backend_by_name(wanted.line or NOISELESS))
    (asked,) = (one for one in released.asked(known, watched) if one.name == wanted.model)
    return Said(asked.curves(wanted.question, on_progress), watched.provenance, watched.n_circuits)


def ask_all(
    released: Released, source: Source, wanted: Sequence[Wanted], on_progress: Callable[[Wanted, float], None]
) -> None:
    """Ask what was not asked yet, and keep what is said; what was answered stays where this is interrupted.

    Args:
        released: the models.
        source: the study.
        wanted: what is asked.
        on_progress: called with what is being asked, and the share of everything that is done.
    """
    for place, each in enumerate(wanted):
        on_progress(each, place / len(wanted))

        def told(done: int, total: int, place: int = place, each: Wanted = each) -> None:
            on_progress(each, (place + done / total) / len(wanted))

        if not is_kept(source, CACHE, each.kept_as):
            kept(source, CACHE, each.kept_as, partial(answered, released, source.model, each, told))
