"""Compute what the dose page shows first before anybody opens it; stop as soon as somebody does."""

from threading import Event

from dashboard.dosing.cache import is_kept, kept
from dashboard.dosing.networks.asking import NetworkQuestion, ask_all
from dashboard.dosing.networks.panel import network_questions, released
from dashboard.dosing.question import first_question
from dashboard.dosing.study.source import challenge
from dashboard.shared.execution.noise_in_use import NOISELESS
from qcore.tasks.dosing.dose_finding import best_curve, drawn_curves

_page_is_open = Event()


class _GiveWayError(Exception):
    """Somebody has opened the page, so that working ahead must stop."""


def give_way() -> None:
    """Stop working ahead: an open page needs the processor for itself."""
    _page_is_open.set()


def work_ahead() -> None:
    """Answer the first question of the challenge's trial by every model, until somebody opens the page."""
    source = challenge()
    question = first_question(source)
    key = question.curve

    def told(_done: int, _total: int) -> None:
        if _page_is_open.is_set():
            raise _GiveWayError

    def asked(_wanted: NetworkQuestion, _share: float) -> None:
        told(0, 1)

    try:
        told(0, 1)
        kept(source, "best", key, lambda: best_curve(source.model, question))
        if not is_kept(source, "drawn", key):
            kept(source, "drawn", key, lambda: drawn_curves(source.model, question, told))
        ask_all(released(), source, network_questions(question, NOISELESS), asked)
    except _GiveWayError:
        pass
