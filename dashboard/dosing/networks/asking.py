"""Ask the networks for doses, and keep what they answer, since their circuits take seconds."""

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
"""Model, specification of the backend, and question."""


@dataclass(frozen=True)
class NetworkQuestion:
    """A question to a network.

    Attributes:
        model: name of the network that is asked.
        line: where its circuits run; nothing where it has none.
        question: that is asked; its share does not matter.
    """

    model: str
    line: str
    question: Question

    @property
    def key(self) -> Key:
        """Tells the question from all others on the same study."""
        return self.model, self.line, self.question.curve

    @property
    def kept_as(self) -> Key:
        """Key of the kept answer: a backend's name does not tell its calibration, its fingerprint does."""
        fingerprint = backend_by_name(self.line).fingerprint if self.line else ""
        return self.model, fingerprint, self.question.curve


@dataclass(frozen=True, eq=False)
class NetworkAnswer:
    """The answer of a network.

    Attributes:
        curves: the dose is read off them.
        provenance: of its circuits; None where it has none.
        n_circuits: how many circuits were run for it.
    """

    curves: Curves
    provenance: Provenance | None
    n_circuits: int


def answered(
    released: Released, known: PopulationModel, wanted: NetworkQuestion, on_progress: Callable[[int, int], None]
) -> NetworkAnswer:
    """Ask a network one question.

    Args:
        released: the networks, and how people differ from what they expect.
        known: the mechanistic model of their study.
        wanted: the question, the network and where its circuits run.
        on_progress: called with how many draws are done, and how many there are; what it raises ends the asking.
    """
    watched = Watched(backend_by_name(wanted.line or NOISELESS))
    (model,) = (each for each in released.dose_models(known, watched) if each.name == wanted.model)
    return NetworkAnswer(model.curves(wanted.question, on_progress), watched.provenance, watched.n_circuits)


def ask_all(
    released: Released,
    source: Source,
    wanted: Sequence[NetworkQuestion],
    on_progress: Callable[[NetworkQuestion, float], None],
) -> None:
    """Ask all questions that have no kept answer yet; answers kept so far stay if this is interrupted.

    Args:
        released: the networks, and how people differ from what they expect.
        source: the study on the page, with its model and drug.
        wanted: questions in the order in which they are asked.
        on_progress: called with what is being asked, and the share of everything that is done.
    """
    for done_before, each in enumerate(wanted):
        on_progress(each, done_before / len(wanted))

        def report(done: int, total: int, done_before: int = done_before, each: NetworkQuestion = each) -> None:
            on_progress(each, (done_before + done / total) / len(wanted))

        if not is_kept(source, CACHE, each.kept_as):
            kept(source, CACHE, each.kept_as, partial(answered, released, source.model, each, report))
