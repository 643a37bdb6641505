"""Choose the recording: a made-up one, or files that a visitor brings."""

import hashlib
from collections.abc import Sequence

import streamlit as st

from dashboard.ecg.case import Case
from dashboard.ecg.resources import ecg_reader
from dashboard.shared.foreign import literal, plain
from dashboard.shared.sentences import in_one_box
from dashboard.shared.session_cache import remembered
from qcore.errors import UnreadableInput
from qcore.io.ecg.formats.table import CsvReading
from qcore.io.ecg.uploaded import Record
from qcore.tasks.ecg.synthetic_cases import CASES, synthetic

EXAMPLE, UPLOADED = "Example", "Upload a recording"
EXAMPLES_KEPT = UPLOADS_KEPT = 4
MOST_MB = 500
SHOWN_UNREAD = 8
UNITS = ("", "µV", "mV", "V")


def pick_case() -> Case | None:
    """Show the ways to a recording; return the chosen one, None while there is none yet."""
    way = st.segmented_control(
        "Recording",
        [EXAMPLE, UPLOADED],
        default=EXAMPLE,
        required=True,
        key="ecg_way",
        persist_state="session",
        label_visibility="collapsed",
    )
    return _uploaded() if way == UPLOADED else _example()


def _example() -> Case:
    key = st.selectbox(
        "Made-up recording",
        list(CASES),
        format_func=lambda key: CASES[key].title,
        key="ecg_example",
        persist_state="session",
        width=420,
    )
    made = remembered("ecg_made", key, lambda: synthetic(key), EXAMPLES_KEPT)
    st.markdown(f"{made.description} :gray-badge[Synthetic: no person stands behind it]")
    return Case(f"example/{key}", made.title, "Synthetic example", made.ecg)


def _uploaded() -> Case | None:
    files = st.file_uploader(
        "WFDB (header and samples together), EDF, BDF, DICOM, HL7 aECG, MUSE or Philips XML, SCP-ECG, ISHNE, CSV, or a "
        "ZIP archive of these (at most 500 MB). Files are read in memory, without names or dates, and are not kept.",
        accept_multiple_files=True,
        key="ecg_files",
        max_upload_size=MOST_MB,
    )
    if not files:
        return None
    reading = _reading() if any(file.name.lower().endswith((".csv", ".txt", ".tsv")) for file in files) else None

    def read() -> tuple[str, Sequence[Record] | UnreadableInput]:
        contents = [(file.name, file.getvalue()) for file in files]
        digest = hashlib.sha256(repr(reading).encode())
        for name, data in contents:
            digest.update(name.encode() + b"\0" + data)
        reader, lock = ecg_reader()
        try:
            with lock:
                return digest.hexdigest(), reader.read(contents, reading)
        except UnreadableInput as error:
            return digest.hexdigest(), error

    with st.spinner("Reading the recording"):
        key = (tuple(file.file_id for file in files), reading)
        digest, found = remembered("ecg_read", key, read, UPLOADS_KEPT)
    return _chosen(digest, found)


def _chosen(upload: str, found: Sequence[Record] | UnreadableInput) -> Case | None:
    if isinstance(found, UnreadableInput):
        st.error(literal(found), icon=":material/error:")
        return None
    unread = [f"{record.name}: {record.refusal}" for record in found if record.ecg is None]
    read = [record for record in found if record.ecg is not None]
    if not read:
        st.error(in_one_box(unread[:SHOWN_UNREAD]), icon=":material/error:")
        return None
    if unread:
        with st.expander(f"{len(unread):,} of the files could not be read"):
            st.markdown(in_one_box(unread[:SHOWN_UNREAD]))
    number = 0
    if len(read) > 1:
        number = st.selectbox(
            "Recording",
            range(len(read)),
            format_func=lambda at: plain(read[at].name),
            key=f"ecg_chosen_{upload}",
            width=420,
        )
    record = read[number]
    if record.ecg is None:
        return None
    return Case(f"{upload}/{number}", record.name, f"Uploaded, {record.ecg.format}", record.ecg)


def _reading() -> CsvReading:
    """Ask for what a table may not say itself."""
    with st.container(horizontal=True):
        rate = st.number_input(
            "Samples a second, if the table does not say so", min_value=0.0, value=0.0, key="ecg_rate_hz", width=260
        )
        unit = st.selectbox("Unit, if the table does not say so", UNITS, key="ecg_unit", width=220)
    return CsvReading(rate or None, unit)
