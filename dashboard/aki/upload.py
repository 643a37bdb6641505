"""Many patients from a file: what was refused, the risks from the highest down, a download, and one row to look at."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from dashboard.aki.case import Case
from dashboard.aki.scored import Scored, read_once, scored_once
from dashboard.shared.execution.noise_in_use import NOISELESS, is_noiseless
from dashboard.shared.foreign import literal
from dashboard.shared.kept_file import KeptFile, kept_file
from dashboard.shared.numbers import percent
from dashboard.shared.resources import backend_by_name
from dashboard.shared.sentences import in_one_box
from dashboard.shared.session_cache import remembered
from qcore.backends.protocol import Backend
from qcore.errors import UnreadableInput
from qcore.records import audit
from qcore.tasks.aki.inputs import INPUT_NAMES
from qcore.tasks.aki.reading.export import with_every_patient
from qcore.tasks.aki.reading.patient_table import PatientTable
from qcore.tasks.aki.reading.table import template_csv
from qcore.tasks.aki.results import ALERT, HIGH, LOW, RISK, SHOT_ERROR, STRONGEST

if TYPE_CHECKING:
    from streamlit.elements.arrow import DataframeStateInput

PERCENT = "%.1f %%"
WRITTEN_AT_ONCE = 5_000
"""Files of up to so many patients are written with the page, so that their download starts at once."""
URINE_HOURS = "aki_urine_hours"
CHOSEN = "aki_chosen"
"""Which patient of which file is looked at: kept while the noise, and with it the order of the table, changes."""


def uploaded_case(backend: Backend) -> Case | None:
    """Show the upload, its risks, and return the patient of the selected row, the highest risk at the start."""
    file = kept_file(
        "CSV (at most 20 MB) with one patient a row, or a series with the columns patient_id, time_h, parameter, value",
        ("csv", "tsv", "txt"),
        "aki_file",
    )
    st.download_button(
        "Template with two synthetic patients",
        template_csv(),
        "aki_template.csv",
        "text/csv",
        key="aki_template",
        type="tertiary",
        icon=":material/download:",
        on_click="ignore",
    )
    if file is None:
        return None
    try:
        patients = read_once(file, st.session_state.get(URINE_HOURS))
    except UnreadableInput as error:
        st.error(literal(error), icon=":material/error:")
        return None
    if patients.lacks_urine_hours:
        _ask_urine_hours()
    _what_was_refused(patients)
    if patients.inputs.empty:
        return None
    st.session_state["aki_upload_key"] = f"{file.digest}/{backend.fingerprint}"
    scored = scored_once(patients, backend)
    case = _selected(file, patients, scored)
    if not is_noiseless(backend):
        _flips(scored, scored_once(patients, backend_by_name(NOISELESS)))
    return case


def _ask_urine_hours() -> None:
    st.number_input(
        "Last amounts of urine: collected in how many hours? The file does not say.",
        min_value=0.5,
        max_value=24.0,
        value=None,
        step=0.5,
        placeholder="For example 6",
        key=URINE_HOURS,
        persist_state="session",
        width=420,
    )


def _what_was_refused(patients: PatientTable) -> None:
    scored = len(patients.inputs)
    if patients.refused:
        first = patients.refused[0]
        message = (
            f"{scored:,} of {patients.n_patients:,} patients scored. "
            f"{literal(f'Line {first.line}, patient {first.patient_id}, {first.column}: {first.message}')}"
        )
        (st.warning if scored else st.error)(message, icon=":material/rule:")
        count = len(patients.refused) + patients.more_refused
        with st.expander(f"{_counted(count, 'value')} not accepted", expanded=not scored):
            table = pd.DataFrame(
                [(r.line, r.patient_id, r.column, r.message) for r in patients.refused],
                columns=["Line", "Patient", "Column", "What is wrong"],
            )
            wide = st.column_config.TextColumn(width="large")
            st.dataframe(table, hide_index=True, key="aki_refused", column_config={"What is wrong": wide})
            if patients.more_refused:
                st.caption(f"The first {len(table):,} are listed.")
    if patients.left_out:
        n_left_out = len(patients.left_out) + patients.more_left_out
        with st.expander(f"{_counted(n_left_out, 'charted value')} left out, because they decide nothing"):
            for refusal in patients.left_out[:50]:
                st.markdown(literal(f"Line {refusal.line}, patient {refusal.patient_id}: {refusal.message}"))
    for note in patients.notes:
        st.caption(literal(note))
    if patients.ignored:
        st.caption(f"Not used by the model: {literal(', '.join(patients.ignored[:12]))}")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _selected(file: KeptFile, patients: PatientTable, scored: Scored) -> Case:
    n = len(scored.risks)
    st.markdown(f"**{_alerts(scored.n_alerts, n)}** (risk of {percent(scored.threshold)} or more). Highest risk first.")
    picked = st.dataframe(
        scored.shown,
        hide_index=True,
        height=min(36 * n + 40, 330),
        on_select="rerun",
        selection_mode="single-row",
        selection_default=_selection(file, scored),
        key=f"aki_risks_{st.session_state['aki_upload_key']}",
        alt="Risks of the patients of the file, highest first",
        column_config={
            "patient_id": st.column_config.TextColumn("Patient"),
            RISK: st.column_config.ProgressColumn("Risk", format=PERCENT, min_value=0, max_value=100),
            LOW: st.column_config.NumberColumn("Interval from", format=PERCENT),
            HIGH: st.column_config.NumberColumn("to", format=PERCENT),
            SHOT_ERROR: st.column_config.NumberColumn("± from shots", format=PERCENT, help="1 standard error."),
            ALERT: "Alert",
            STRONGEST: st.column_config.NumberColumn("Gradient boosting", format=PERCENT),
        },
    )

    def text() -> str:
        written: str = with_every_patient(scored.risks, patients).to_csv(lineterminator="\n")
        return written

    st.download_button(
        f"Download {_counted(n, 'risk')} as CSV",
        # A large file is written only when it is asked for, because writing it takes longer than a new answer.
        text() if n <= WRITTEN_AT_ONCE else text,
        "aki_risks.csv",
        "text/csv",
        key="aki_download",
        icon=":material/download:",
        on_click=_record_export,
        args=(n,),
    )
    rows = picked.selection.rows
    position = int(scored.order[rows[0] if rows else 0])
    st.session_state[CHOSEN] = (file.digest, position)
    patient_id = patients.inputs.index[position]
    another = ". Tick a row to look at another one; click a heading to sort by it." if n > 1 else "."
    st.caption(f"Below: patient {literal(patient_id)}{another}")
    remarks = patients.remarks.get(patient_id, ())
    if remarks:
        st.warning(in_one_box(remarks), icon=":material/info:")
    return Case(
        key=f"{file.digest}/{position}",
        title=f"Patient {patient_id}",
        source=f"From {file.name}",
        inputs=patients.inputs.iloc[position][list(INPUT_NAMES)],
        series=remembered("aki_series", (file.digest, position), lambda: _series(patients, patient_id)),
    )


def _flips(scored: Scored, noiseless: Scored) -> None:
    n = len(scored.risks)
    flipped = int((scored.risks[ALERT] != noiseless.risks[ALERT]).sum())
    sentence = "**No decision** in this file differs" if not flipped else f"**{_counted(flipped, 'decision')}** differ"
    if flipped == 1:
        sentence += "s"
    st.markdown(f"{sentence} from the noiseless one, of {_counted(n, 'patient')}.")


def _alerts(count: int, n: int) -> str:
    if count == 0:
        return f"No alert among {_counted(n, 'patient')}"
    return f"{_counted(count, 'alert')} among {_counted(n, 'patient')}"


def _series(patients: PatientTable, patient_id: str) -> pd.DataFrame | None:
    series = patients.series
    return None if series is None else series[series["patient_id"] == patient_id]


def _selection(file: KeptFile, scored: Scored) -> "DataframeStateInput":
    """Return the row to tick in a table drawn anew: the patient who was selected in the previous order."""
    digest, position = st.session_state.get(CHOSEN, ("", 0))
    if digest != file.digest:
        return {"selection": {"rows": []}}
    return {"selection": {"rows": [int(np.flatnonzero(scored.order == position)[0])]}}


def _record_export(n_patients: int) -> None:
    audit.append(audit.Action.EXPORT, "aki", format="csv", patients=n_patients)
