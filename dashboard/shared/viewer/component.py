"""The viewer on a page."""

from importlib.resources import files
from typing import Any

import streamlit as st

from dashboard.shared.browser.script import joined, styled
from dashboard.shared.viewer.encoding import digest_of, encode, same
from dashboard.shared.viewer.picture import Picture

MODULES = (
    "elements", "keys", "bytes", "decode", "planes", "window", "paint", "pane", "interaction", "strip", "toolbar",
    "legend", "viewer", "component",
)  # fmt: skip
"""Each after those it imports from."""
_FOLDER = files("dashboard.shared.viewer") / "browser"


def script() -> str:
    """Return all modules as one."""
    return joined(_FOLDER, MODULES)


_mount = st.components.v2.component(
    "qlinical_viewer",
    html='<div class="viewer-place"></div>',
    css=styled(_FOLDER, "viewer.css"),
    js=script(),
)


def show(picture: Picture, key: str) -> int | None:
    """Show a picture; everything about how it is looked at stays in the browser.

    Args:
        picture: what is drawn. While its arrays are the same objects, it is encoded only once.
        key: of the viewer, with the prefix of the page.

    Returns:
        The slice somebody wants explained, in the run that this caused; else None.

    Raises:
        ValueError: shapes that do not agree.
    """
    data = _encoded(picture, f"{key}_encoded")
    asked = _mount(key=key, data=data, on_explain_change=_nothing).get("explain")
    return _slice_of(asked, picture, data)


def _encoded(picture: Picture, key: str) -> bytes:
    kept = st.session_state.get(key)
    if kept is None or not same(kept[0], picture):
        kept = st.session_state[key] = (picture, encode(picture))
    data: bytes = kept[1]
    return data


def _slice_of(asked: Any, picture: Picture, data: bytes) -> int | None:
    """Return the slice of a request; None for one about another picture, which came late, or one that is malformed."""
    if not isinstance(asked, dict) or asked.get("digest") != digest_of(data):
        return None
    place = asked.get("slice")
    return place if type(place) is int and 0 <= place < len(picture.pixels) else None


def _nothing() -> None:
    """Do nothing: Streamlit gives a value only to what has a callback."""
