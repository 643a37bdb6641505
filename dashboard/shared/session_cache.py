"""Results kept in the session: patients must never get into a cache that sessions share."""

from collections.abc import Callable, Hashable
from typing import TypeVar

import streamlit as st
from cachetools import LRUCache

KEPT = 64
"""Most results of a name in a session: a way through the noise slider and back computes nothing again."""

Result = TypeVar("Result")


def remembered(name: str, key: Hashable, compute: Callable[[], Result], most: int = KEPT) -> Result:
    """Return a result of this session, computed where it is not there yet.

    Args:
        name: of this kind of result, with the prefix of the page.
        key: everything the result depends on.
        compute: makes the result; called at most once per key.
        most: results of that name that are kept; fewer where they are large.
    """
    results: LRUCache[Hashable, Result] = st.session_state.setdefault(name, LRUCache(most))
    if key not in results:
        results[key] = compute()
    return results[key]
