"""A file that a visitor brought, kept in the session while another page or another way of entry is looked at."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from cachetools import LRUCache

from dashboard.shared.foreign import literal

FILES, FIELDS = "kept_files", 4
"""Files of a session: one a field, and no more than so many, because each may have 20 MB."""


@dataclass(frozen=True, eq=False)
class KeptFile:
    """A file.

    Attributes:
        name: as the visitor calls it.
        data: content of the file, bytes.
        digest: SHA-256 of them, in hexadecimal.
        upload: tells one upload from the next.
    """

    name: str
    data: bytes
    digest: str
    upload: str


def kept_file(label: str, types: Sequence[str], key: str, *, most_mb: int = 20, help_text: str = "") -> KeptFile | None:
    """Show a field for a file and return the one in use: brought now, or earlier in this session.

    Args:
        label: text above the field.
        types: endings of file names that are taken, without the dot.
        key: of the field; the file goes with it.
        most_mb: size of a file, in megabytes.
        help_text: help beside the label; empty for none.
    """
    files: LRUCache[str, KeptFile] = st.session_state.setdefault(FILES, LRUCache(FIELDS))
    brought = st.file_uploader(
        label,
        type=list(types),
        key=key,
        max_upload_size=most_mb,
        help=help_text or None,
        on_change=_forget_removed,
        args=(key,),
    )
    if brought is None:
        return _earlier(files, key)
    known = files.get(key)
    if known is None or known.upload != brought.file_id:
        # Only once per upload: the file is neither copied nor hashed again when the page is redrawn.
        data = brought.getvalue()
        known = files[key] = KeptFile(brought.name, data, hashlib.sha256(data).hexdigest(), brought.file_id)
    return known


def _earlier(files: "LRUCache[str, KeptFile]", key: str) -> KeptFile | None:
    """Name a file that the field has lost, because it was not on the screen for a while, and let it be removed."""
    known = files.get(key)
    if known is not None:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"In use: {literal(known.name)}")
            st.button("Remove", key=f"{key}_remove", type="tertiary", on_click=_forget, args=(key,))
    return known


def _forget_removed(key: str) -> None:
    if st.session_state[key] is None:
        _forget(key)


def _forget(key: str) -> None:
    st.session_state[FILES].pop(key, None)
