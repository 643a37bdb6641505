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


def _brought() -> tuple[str, Upload] | UnreadableInput | None:
    """Show the field for files; return what was read of those in it."""
    files = st.file_uploader(
        "DICOM, NIfTI, PNG or JPEG files, or a ZIP archive of them (at most 500 MB). Files are read in memory, without "
        "names or dates, and are not kept.",
        accept_multiple_files=True,
        key="tumor_files",
        max_upload_size=MOST_MB,
    )
    if not files:
        return None
    uploads = tuple(file.file_id for file in files)

    def read() -> tuple[str, Upload] | UnreadableInput:
        contents = [(file.name, file.getvalue()) for file in files]
        reader, lock = image_reader()
        try:
            with lock:
                return _digest(contents), reader.read(contents)
        except UnreadableInput as error:
            return error

    with st.spinner("Reading the images"):
        return remembered("tumor_read", uploads, read, UPLOADS_KEPT)


def _digest(contents: Sequence[tuple[str, bytes]]) -> str:
    digest = hashlib.sha256()
    for name, data in contents:
        digest.update(name.encode() + b"\0" + data)
    return digest.hexdigest()
