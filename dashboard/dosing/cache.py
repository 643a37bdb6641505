"""Where results of the dose page are kept: for everybody where the study is public, else in the session alone."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from cachetools import LRUCache

from dashboard.dosing.study.source import Source
from dashboard.shared.session_cache import remembered

KEPT = 128

Result = TypeVar("Result")

_shared: LRUCache[Hashable, Any] = LRUCache(KEPT)
_lock = Lock()


def kept(source: Source, name: str, key: Hashable, compute: Callable[[], Result]) -> Result:
    """Return a result on a study; compute it first if it is not kept yet.

    Args:
        source: the study; its key is the SHA-256 of its file.
        name: of this kind of result.
        key: everything else the result depends on.
        compute: makes it; not under a lock, so that nobody waits for somebody else's.
    """
    if not source.for_all:
        return remembered(f"dosing_{name}", (source.key, key), compute)
    whole = (source.key, name, key)
    with _lock:
        if whole in _shared:
            result: Result = _shared[whole]
            return result
    made = compute()
    with _lock:
        _shared[whole] = made
    return made


def is_kept(source: Source, name: str, key: Hashable) -> bool:
    """Tell whether a result is kept already."""
    if not source.for_all:
        import streamlit as st

        return (source.key, key) in st.session_state.get(f"dosing_{name}", {})
    with _lock:
        return (source.key, name, key) in _shared
