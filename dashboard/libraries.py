"""Heavy libraries: imported by one thread, once, before any other code of ours may need them.

Two threads that import one library at once, each by another of its modules, can leave it half imported for good:
Python breaks the deadlock of its import locks by handing out an unfinished module. PennyLane did so where two first
visitors came at once, and every later visit failed until the server was started anew.

The thread never ends. Qiskit's compiled part brings its own memory allocator (mimalloc), which counts the thread that
loads it as the main one. Streamlit runs every script in a thread of its own; once the thread that loaded Qiskit had
ended, the next use of Qiskit crashed the process (segmentation fault in ``Target``; Qiskit 2.6.1).
"""

import os
import pkgutil
import sys
from collections.abc import Callable, Iterable
from importlib import import_module
from threading import Event, Lock, Thread
from typing import NoReturn

import dashboard

SCRIPTS = (".app", ".home", ".page")
"""The script that Streamlit runs; importing it would draw the page."""
FIRST_PAINT_S = 1.0
"""The home page comes first: importing would slow it down. Whoever waits for the libraries does not wait for this."""
FIRST_PAGE_S = 3.0
"""A page that has waited is drawn before Qiskit is imported beside it, unless it asks for that."""
LATER = (
    "mapie.conformity_scores",
    "mapie.regression",
    "numba.core.boxing",
    "numba.core.runtime.context",
    "orjson",
    "pandas.io.formats.csvs",
    "plotly.io._json",
    "plotly.offline.offline",
    "plotly.tools",
    "pyarrow.pandas_compat",
    "pyarrow.vendored.version",
    "qcore.backends.ideal",
    "qcore.backends.noisy",
    "qcore.noise.injection",
    "shap",
    "sklearn.base",
    "sqlalchemy.dialects.sqlite",
    "torch.fx.experimental.symbolic_shapes",
)
"""What our code and the libraries import inside their functions; what they import at the top comes with themselves."""
PROCESSORS = (
    "qiskit.transpiler",
    "qiskit.circuit.library",
    "qcore.backends.ibm",
    "qcore.backends.ibm_processor",
    "qcore.backends.ibm_rehearsal",
    "qcore.noise.transpile.to_device",
)
"""Imported inside functions by simulated and real processors."""
CODE_OF_FAILURE = 1

_lock = Lock()
_thread: Thread | None = None
_pages_wanted, _pages = Event(), Event()
_processors_wanted, _processors = Event(), Event()


def start(without_qiskit: Callable[[], None], afterwards: Callable[[], None]) -> None:
    """Begin to import, once a process; return at once.

    Args:
        without_qiskit: done by the same thread before Qiskit is imported, unless somebody waits for Qiskit.
        afterwards: done by the same thread once everything is imported.
    """
    global _thread
    with _lock:
        if _thread is None:
            target, work = _import_and_stay, (without_qiskit, afterwards)
            _thread = Thread(target=target, args=work, name="libraries", daemon=True)
            _thread.start()


def wait_for_pages(timeout_s: float | None = None) -> bool:
    """Wait until everything is imported that pages need, except Qiskit; tell whether it is.

    Args:
        timeout_s: wait no longer than this; None for as long as it takes.
    """
    _pages_wanted.set()
    return _pages.wait(timeout_s)


def wait_for_processors() -> None:
    """Wait until Qiskit is imported too, which simulated and real processors need."""
    start(_nothing, _nothing)
    _pages_wanted.set()
    _processors_wanted.set()
    _processors.wait()


def _import_and_stay(without_qiskit: Callable[[], None], afterwards: Callable[[], None]) -> None:
    _pages_wanted.wait(FIRST_PAINT_S)
    modules = pkgutil.walk_packages(dashboard.__path__, f"{dashboard.__name__}.")
    behind_pages = [module.name for module in modules if not module.name.endswith(SCRIPTS)]
    try:
        _import([*behind_pages, *LATER])
        _finish_lazy_libraries()
        _pages.set()
        if _pages_wanted.is_set():
            _processors_wanted.wait(FIRST_PAGE_S)
        if not _processors_wanted.is_set():
            without_qiskit()
        _import(PROCESSORS)
        _processors.set()
    except BaseException as error:
        _end(error)
    afterwards()
    Event().wait()


def _import(names: Iterable[str]) -> None:
    for name in names:
        import_module(name)


def _finish_lazy_libraries() -> None:
    """Let libraries that import by themselves what they need at their first use do so now."""
    import pandas as pd
    import plotly.graph_objects as go
    from numba.core.registry import cpu_target

    cpu_target.typing_context.refresh()
    cpu_target.target_context.refresh()
    go.Figure([{"type": "scatter", "x": pd.Series([0.0]), "y": [0.0]}]).to_json()


def _end(error: BaseException) -> NoReturn:
    """End the process: a library half imported stays so, and only a new process can do better."""
    why = " ".join(f"{type(error).__name__}: {error}".split())
    sys.stderr.write(
        f"Qlinical ends, because a library it needs cannot be loaded ({why}); start it again, and if that does not "
        "help, install it anew by 'make run'.\n"
    )
    sys.stderr.flush()
    # Not sys.exit, which would end this thread alone.
    os._exit(CODE_OF_FAILURE)


def _nothing() -> None:
    """Do nothing: the default where only the libraries are to be imported."""
