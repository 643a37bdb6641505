"""Choose the series: a made-up one, or files that a visitor brings."""

import hashlib
from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.shared.foreign import literal
from dashboard.shared.sentences import in_one_box
from dashboard.shared.session_cache import remembered
from dashboard.tumor.case import Case
from dashboard.tumor.other.question import BRAIN, question_of
from dashboard.tumor.other.worklist import other_chosen
from dashboard.tumor.resources import image_reader
from dashboard.tumor.worklist import chosen_series
from qcore.backends.protocol import Backend
from qcore.errors import UnreadableInput
from qcore.io.image.upload import Upload
from qcore.tasks.classification.model import Model
from qcore.tasks.imaging import examples as others
from qcore.tasks.tumor.examples import EXAMPLES as HEADS
from qcore.tasks.tumor.examples import Example as Head

EXAMPLE, UPLOADED = "Example", "Upload images"
EXAMPLES: Mapping[str, Head | others.Example] = {**HEADS, **others.EXAMPLES}
Read = tuple[str, Upload] | UnreadableInput
"""What was read of files, under their digest, or why it could not be."""
FIELD, KEPT = "tumor_files", "tumor_kept"
"""The field for files, and what was brought last, which the field forgets while another page is looked at."""
UPLOADS_KEPT = 2
"""In a session: each may have hundreds of megabytes."""
MOST_MB = 500
SHOWN_UNREAD = 8


def pick_case(model: Model, backend: Backend) -> Case | None:
    """Show the ways to a series; return the chosen one, None while there is none yet.

    Args:
        model: answers for all series where an upload holds several.
        backend: where its circuit runs.
    """
    way = st.segmented_control(
        "Images",
        [EXAMPLE, UPLOADED],
        default=EXAMPLE,
        required=True,
        key="tumor_way",
        persist_state="session",
        label_visibility="collapsed",
    )
    return _uploaded(model, backend) if way == UPLOADED else _example()


def _example() -> Case:
    key = st.selectbox(
        "Made-up image",
        list(EXAMPLES),
        format_func=lambda key: EXAMPLES[key].title,
        key="tumor_example",
        persist_state="session",
        width=420,
    )
    example = EXAMPLES[key]
    st.markdown(f"{example.story} :gray-badge[Synthetic: no person stands behind it]")
    question = example.question if isinstance(example, others.Example) else BRAIN
    return Case(f"example/{key}", example.title, "Synthetic example", example.series(), question)


def _uploaded(model: Model, backend: Backend) -> Case | None:
    upload = _brought()
    if upload is None:
        return None
    if isinstance(upload, UnreadableInput):
        st.error(literal(upload), icon=":material/error:")
        return None
    digest, read = upload
    if read.unread:
        with st.expander(f"{len(read.unread):,} of the files could not be read"):
            sentences = [f"{name}: {why}" for name, why in read.unread[:SHOWN_UNREAD]]
            st.markdown(in_one_box(sentences))
            if len(read.unread) > SHOWN_UNREAD:
                st.caption(f"The first {SHOWN_UNREAD} are listed.")
    question, number = question_of(digest, read.series), 0
    if len(read.series) > 1:
        number = (
            chosen_series(digest, read, model, backend)
            if question == BRAIN
            else other_chosen(digest, read, question, backend)
        )
    series = read.series[number]
    for note in series.notes:
        st.caption(literal(note))
    return Case(f"{digest}/{number}", read.names[number], "Uploaded", series, question)


def _brought() -> Read | None:
    """Show the field for files; return what was read of those in it, or of those that were in it earlier."""
    files = st.file_uploader(
        "DICOM, NIfTI, PNG or JPEG files, or a ZIP archive of them (at most 500 MB). Files are read in memory, without "
        "names or dates, and are not kept.",
        accept_multiple_files=True,
        key=FIELD,
        max_upload_size=MOST_MB,
        on_change=_forget_removed,
    )
    if not files:
        return _earlier()
    uploads = tuple(file.file_id for file in files)

    def read() -> Read:
        contents = [(file.name, file.getvalue()) for file in files]
        reader, lock = image_reader()
        try:
            with lock:
                return _digest(contents), reader.read(contents)
        except UnreadableInput as error:
            return error

    with st.spinner("Reading the images"):
        found = remembered("tumor_read", uploads, read, UPLOADS_KEPT)
    st.session_state[KEPT] = files[0].name if len(files) == 1 else f"{len(files):,} files", found
    return found


def _earlier() -> Read | None:
    """Name the files that the field has lost, because it was not on the screen for a while; let them be removed."""
    if KEPT not in st.session_state:
        return None
    name, found = st.session_state[KEPT]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"In use: {literal(name)}")
        st.button("Remove", key=f"{FIELD}_remove", type="tertiary", on_click=_forget)
    kept: Read = found
    return kept


def _forget_removed() -> None:
    if not st.session_state[FIELD]:
        _forget()


def _forget() -> None:
    st.session_state.pop(KEPT, None)


def _digest(contents: Sequence[tuple[str, bytes]]) -> str:
    digest = hashlib.sha256()
    for name, data in contents:
        digest.update(name.encode() + b"\0" + data)
    return digest.hexdigest()
