"""Load the libraries and models behind the home page, so that the first patient is answered at once."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
import structlog

from dashboard import libraries

LOOK_UP_S = 0.5
"""Seconds after which a waiting page checks whether its visitor has gone to another page."""
WAITING = "Qlinical has just been started and is loading its models. This page opens by itself in some seconds."


def warm_up() -> None:
    """Start loading in the background, once a process."""
    libraries.start(_answer, _work_ahead)


def wait_until_loaded() -> None:
    """Keep a page that needs the libraries until they are there, and say so."""
    if libraries.wait_for_pages(0):
        return
    message = st.empty()
    # Every call of Streamlit lets the visitor leave for another page; the event ends the waiting at once.
    message.info(WAITING, icon=":material/hourglass_top:")
    while not libraries.wait_for_pages(LOOK_UP_S):
        message.info(WAITING, icon=":material/hourglass_top:")
    message.empty()


def _answer() -> None:
    """Explain one patient: the compilers behind Shapley values take some seconds the first time."""
    with _logged():
        from qcore.backends.registry import backend
        from qcore.tasks.aki.model import load

        model = load()
        model.explain(model.reference_patient(), backend("ideal"))


def _work_ahead() -> None:
    _answer()
    with _logged():
        _load_processors()
    with _logged():
        from dashboard.dosing.work_ahead import work_ahead

        work_ahead()
    # Objects that stay loaded need no garbage collection, and scanning them takes longer than a click.
    gc.collect()
    gc.freeze()


@contextmanager
def _logged() -> Iterator[None]:
    """Go on after a failure: pages say themselves what they lack, and the thread of the libraries must stay."""
    try:
        yield
    except Exception:
        structlog.get_logger().exception("warming up failed")


def _load_processors() -> None:
    """Transpile the circuit to every processor in advance, so that the first choice of one is quick."""
    from qcore.noise.compile import isa_circuit
    from qcore.noise.device.calibration import load, shipped
    from qcore.noise.transpile.trace import bound_trace
    from qcore.tasks.aki.model import load as load_aki

    model = load_aki()
    traced = bound_trace(model.circuit, model.weights)
    for device in shipped():
        isa_circuit(traced, load(device))
