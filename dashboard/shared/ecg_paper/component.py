"""The paper on a page."""

from importlib.resources import files

import streamlit as st

from dashboard.shared.browser.script import joined, styled
from dashboard.shared.ecg_paper.encoding import encode, same
from dashboard.shared.ecg_paper.paper import Paper

MODULES = (
    "elements", "keys", "bytes", "record", "filter", "layout", "ink", "trace", "sheet", "median", "overview",
    "calipers", "legend", "toolbar", "pointing", "spoken", "paper", "component",
)  # fmt: skip
"""Each after those it imports from."""
_FOLDER = files("dashboard.shared.ecg_paper") / "browser"


def script() -> str:
    """Return all modules as one."""
    return joined(_FOLDER, MODULES)


_mount = st.components.v2.component(
    "qlinical_ecg_paper",
    html='<div class="paper-place"></div>',
    css=styled(_FOLDER, "paper.css"),
    js=script(),
)


def show(paper: Paper, key: str) -> None:
    """Show a recording as on paper; everything about how it is looked at stays in the browser.

    Args:
        paper: what is drawn. While its arrays are the same objects, it is encoded only once.
        key: of the component, with the prefix of the page.

    Raises:
        ValueError: shapes that do not agree.
    """
    _mount(key=key, data=_encoded(paper, f"{key}_encoded"))


def _encoded(paper: Paper, key: str) -> bytes:
    kept = st.session_state.get(key)
    if kept is None or not same(kept[0], paper):
        kept = st.session_state[key] = (paper, encode(paper))
    data: bytes = kept[1]
    return data
