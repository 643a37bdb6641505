"""Compute what the dose page shows first before anybody opens it; stop as soon as somebody does.

An open page needs the processor for itself, and computes by itself what is not there yet.
"""

from threading import Event

from dashboard.dosing.cache import is_kept, kept
from dashboard.dosing.networks.asking import NetworkQuestion, ask_all
from dashboard.dosing.networks.panel import network_questions, released
from dashboard.dosing.question import first_question
from dashboard.dosing.study.source import challenge
from dashboard.shared.execution.noise_in_use import NOISELESS
from qcore.tasks.dosing.dose_finding import best_curve, drawn_curves

_page_is_open = Event()


class _PageOpenedError(Exception):
    """Somebody has opened the page, so that working ahead must stop."""


def give_way() -> None:
    """Stop working ahead, since the page is open."""
    _page_is_open.set()


def work_ahead() -> None:
    """Answer the first question of the challenge's trial by every model, until somebody opens the page."""
    source = challenge()
    question = first_question(source)

    def stop_if_open(_done: int = 0, _total: int = 1) -> None:
        if _page_is_open.is_set():
            raise _PageOpenedError

    def before_question(_question: NetworkQuestion, _share: float) -> None:
        stop_if_open()

    try:
        stop_if_open()
        kept(source, "best", question.curve, lambda: best_curve(source.model, question))
        if not is_kept(source, "drawn", question.curve):
            kept(source, "drawn", question.curve, lambda: drawn_curves(source.model, question, stop_if_open))
        ask_all(released(), source, network_questions(question, NOISELESS), before_question)
    except _PageOpenedError:
        pass
