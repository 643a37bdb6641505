"""Qiskit, loaded by a thread that never ends."""

from functools import cache
from threading import Event, Thread


@cache
def load_qiskit() -> None:
    """Import Qiskit, once a process, before any script may do so.

    Qiskit's compiled part brings its own memory allocator (mimalloc), which counts the thread that loads it as the main
    one. Streamlit runs every script in a thread of its own; once the thread that loaded Qiskit had ended, the next use
    of Qiskit crashed the process (segmentation fault in ``Target``; Qiskit 2.6.1).
    """
    loaded = Event()

    def load_and_stay() -> None:
        try:
            import qiskit.transpiler  # noqa: F401
        finally:
            loaded.set()
        Event().wait()

    Thread(target=load_and_stay, name="qiskit", daemon=True).start()
    loaded.wait()
