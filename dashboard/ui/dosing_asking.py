"""Asking learned models for doses, off the thread that draws the page: the answer does not wait for circuits."""

import atexit
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import Event, Lock, Thread
from weakref import WeakSet

from torch import Tensor

from dashboard.ui.dosing_answer import key_of
from qcore.backends.protocol import Backend, Expectations, Provenance
from qcore.backends.watched import Watched
from qcore.circuits import Circuit
from qcore.population.model import PopulationModel
from qcore.tasks.dosing.answer import Curves, Question
from qcore.tasks.dosing.learned.released import Released

POLL_S = 1.0
LAST_S = 5.0

_one_at_a_time = Lock()
_alive: "WeakSet[Asking]" = WeakSet()


@atexit.register
def _end() -> None:
    """Let nobody compute while the process ends under them."""
    for each in list(_alive):
        each.stop()
        each.join(LAST_S)


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
    def key(self) -> tuple[str, str, str]:
        """What tells it from all others on the same study."""
        return self.model, self.line, key_of(self.question)


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


class _Stopped(Exception):
    """Nobody wants to know any more."""


class _Stoppable(Watched):
    """A backend whose runs are kept in mind, and which runs no more once nobody wants to know."""

    def __init__(self, backend: Backend, go_on: Callable[[], None]) -> None:
        super().__init__(backend)
        self._go_on = go_on

    def expectations(self, circuit: Circuit, inputs: Tensor, weights: Tensor) -> Expectations:
        self._go_on()
        return super().expectations(circuit, inputs, weights)


class Asking:
    """Models that are being asked, one after the other, until all have answered, one fails, or nobody wants to know.

    Args:
        released: the models.
        known: the mechanistic model of their study.
        wanted: what is asked, the most wanted first.
        places: backends by their line.
    """

    def __init__(
        self, released: Released, known: PopulationModel, wanted: Sequence[Wanted], places: Mapping[str, Backend]
    ) -> None:
        self.wanted = tuple(wanted)
        self.said: dict[tuple[str, str, str], Said] = {}
        self.error: Exception | None = None
        self._released, self._known, self._places = released, known, places
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="dose-asking", daemon=True)
        self._thread.start()
        _alive.add(self)

    def stop(self) -> None:
        """Let it end soon."""
        self._stopped.set()

    def join(self, timeout_s: float) -> None:
        """Wait for its end."""
        self._thread.join(timeout_s)

    def _run(self) -> None:
        try:
            for each in self.wanted:
                # One at a time on this machine: two would make each other and all pages wait.
                while not _one_at_a_time.acquire(timeout=POLL_S):
                    self._go_on()
                try:
                    self._go_on()
                    self.said[each.key] = self._answer(each)
                finally:
                    _one_at_a_time.release()
        except _Stopped:
            pass
        except Exception as error:
            # Raised again where the page can tell it.
            self.error = error

    def _go_on(self, *_progress: int) -> None:
        if self._stopped.is_set():
            raise _Stopped

    def _answer(self, wanted: Wanted) -> Said:
        watched = _Stoppable(self._places[wanted.line or "ideal"], self._go_on)
        (asked,) = (one for one in self._released.asked(self._known, watched) if one.name == wanted.model)
        curves = asked.curves(wanted.question, self._go_on)
        return Said(curves, watched.provenance, watched.n_circuits)
