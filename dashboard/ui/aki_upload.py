"""Many patients from a file: what was refused, the risks as a sortable table, a download, and one row to look at."""

import hashlib

import pandas as pd
import streamlit as st

from dashboard.ui.case import Case
from dashboard.ui.resources import aki_model
from qcore.backends.protocol import Backend
from qcore.errors import UnreadableInput
from qcore.records import audit
from qcore.tasks.aki.inputs import INPUT_NAMES
from qcore.tasks.aki.reading.patient_table import PatientTable
from qcore.tasks.aki.reading.table import read_patients, template_csv
from qcore.tasks.aki.results import ALARM, HIGH, LOW, RISK, SHOT_ERROR, STRONGEST, results_table

PERCENT = "%.1f %%"


def uploaded_case(backend: Backend) -> Case | None:
    """Show the upload, its risks, and return the patient of the selected row, the first one at the start."""
    file = st.file_uploader(
        "CSV (at most 20 MB) with one patient a row, or a series with the columns patient_id, time_h, parameter, value",
        type=["csv", "tsv", "txt"],
        key="aki_file",
        max_upload_size=20,
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
        patients, risks = _scored(file.name, file.getvalue(), backend)
    except UnreadableInput as error:
        st.error(str(error), icon=":material/error:")
        return None
    _what_was_refused(patients)
    if risks.empty:
        return None
    return _selected(file.name, patients, risks)


def _scored(name: str, data: bytes, backend: Backend) -> tuple[PatientTable, pd.DataFrame]:
    """Read and score a file once; the result stays in this session only, never in a shared cache."""
    key = f"{hashlib.sha256(data).hexdigest()}/{backend.name}"
    if st.session_state.get("aki_upload_key") != key:
        with st.spinner("Reading the file"):
            patients = read_patients(name, data)
        bar = st.progress(0.0, text="Computing risks")
        risks = results_table(
            aki_model(),
            patients.inputs,
            backend,
            lambda done, total: bar.progress(done / total, text=f"{done:,} of {total:,} patients"),
        )
        bar.empty()
        if len(risks):
            audit.append(audit.Action.PREDICTION, "aki", model_card="aki", backend=backend.name, patients=len(risks))
        st.session_state["aki_upload_key"] = key
        st.session_state["aki_upload"] = (patients, risks)
    patients, risks = st.session_state["aki_upload"]
    return patients, risks


def _what_was_refused(patients: PatientTable) -> None:
    scored = len(patients.inputs)
    if patients.refused:
        first = patients.refused[0]
        message = (
            f"{scored:,} of {patients.n_patients:,} patients scored. Line {first.line}, {first.column}: {first.message}"
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
        with st.expander(
            f"{_counted(len(patients.left_out) + patients.more_left_out, 'charted value')} left out as artefacts"
        ):
            for refusal in patients.left_out[:50]:
                st.markdown(f"Line {refusal.line}: {refusal.message}")
    if patients.notes:
        st.text(" ".join(patients.notes))
    if patients.ignored:
        st.caption(f"Not used by the model: {', '.join(patients.ignored[:12])}")


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _selected(file_name: str, patients: PatientTable, risks: pd.DataFrame) -> Case:
    shots = [SHOT_ERROR] if risks[SHOT_ERROR].any() else []
    shown = risks[[RISK, LOW, HIGH, *shots, ALARM, STRONGEST]].reset_index()
    picked = st.dataframe(
        shown,
        hide_index=True,
        height=min(36 * len(shown) + 40, 330),
        on_select="rerun",
        selection_mode="single-row",
        key=f"aki_risks_{st.session_state['aki_upload_key']}",
        column_config={
            "patient_id": "Patient",
            RISK: st.column_config.ProgressColumn("Risk", format=PERCENT, min_value=0, max_value=100),
            LOW: st.column_config.NumberColumn("Interval from", format=PERCENT),
            HIGH: st.column_config.NumberColumn("to", format=PERCENT),
            SHOT_ERROR: st.column_config.NumberColumn("± from shots", format=PERCENT, help="1 standard error."),
            ALARM: "Alert",
            STRONGEST: st.column_config.NumberColumn("Gradient boosting", format=PERCENT),
        },
    )
    st.download_button(
        f"Download {_counted(len(risks), 'risk')} as CSV",
        risks.to_csv(lineterminator="\n"),
        "aki_risks.csv",
        "text/csv",
        key="aki_download",
        icon=":material/download:",
        on_click=_record_export,
        args=(len(risks),),
    )
    rows = picked.selection.rows
    position = rows[0] if rows else 0
    patient_id = patients.inputs.index[position]
    st.caption(
        f"Below: patient {patient_id}. Tick a row to look at another one; click a heading to sort by it."
        if len(risks) > 1
        else f"Below: patient {patient_id}."
    )
    if patient_id in patients.remarks:
        st.text(" ".join(patients.remarks[patient_id]))
    series = patients.series
    return Case(
        key=f"{st.session_state['aki_upload_key']}/{position}",
        title=f"Patient {patient_id}",
        source=f"From {file_name}",
        inputs=patients.inputs.iloc[position][list(INPUT_NAMES)],
        series=None if series is None else series[series["patient_id"] == patient_id],
    )


def _record_export(n_patients: int) -> None:
    audit.append(audit.Action.EXPORT, "aki", format="csv", patients=n_patients)
