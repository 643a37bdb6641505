"""Jobs sent earlier by anyone on this installation: how they stand, and their results, without the patients."""

import pandas as pd
import streamlit as st

from dashboard.shared.execution.job import JobTask, collected
from dashboard.shared.foreign import code, literal
from dashboard.shared.numbers import percent, spread
from dashboard.shared.resources import hardware
from qcore.backends.ibm_job import Submission
from qcore.backends.specification import Specification
from qcore.errors import QlinicalError
from qcore.records import jobs
from qcore.records.jobs import RememberedJob
from qcore.tasks.prediction import Prediction

COLUMNS = {
    "Sent (UTC)": st.column_config.TextColumn(width=130),
    "Where": st.column_config.TextColumn(width=230),
    "Shots": st.column_config.NumberColumn(width=90, format="localized"),
    "State": st.column_config.TextColumn(width=90, help="As last seen; collecting the result renews it."),
    "Job": st.column_config.TextColumn(width=190),
}
"""Widths in pixels: all five fit the page."""


def earlier_jobs(task: JobTask[Prediction], specification: Specification) -> None:
    """List the last jobs and collect the result of a chosen one.

    Args:
        task: whose jobs, and who reads the measurements.
        specification: of the processor chosen now, through which IBM is asked.
    """
    earlier = [job for job in jobs.recent() if job.task == task.task]
    if not earlier:
        st.caption("No job was sent from here yet.")
        return
    # The table stands first but is filled last, because collecting a job may show how it ended.
    table = st.container()
    _collect(earlier, task, specification)
    with table:
        rows = [_row(job) for job in jobs.recent() if job.task == task.task]
        st.dataframe(pd.DataFrame(rows), hide_index=True, width="content", column_config=COLUMNS)


def _collect(earlier: list[RememberedJob], task: JobTask[Prediction], specification: Specification) -> None:
    sent = {job.submission.job_id: job.submission for job in earlier}
    chosen = st.selectbox("Job", list(sent), format_func=lambda job: _name(sent[job]), key=task.key("job_chosen"))
    if st.button("Collect the result", key=task.key("collect")):
        try:
            kind = "rehearsal" if sent[chosen].is_rehearsal else "ibm"
            backend = hardware(str(Specification(kind, device=specification.device)))
            prediction = collected(task, chosen, backend)
        except QlinicalError as problem:
            st.warning(literal(problem))
            return
        risks = ", ".join(
            f"**{percent(risk)}** ({_at_most(error)} points)"
            for risk, error in zip(prediction.value, prediction.standard_error, strict=True)
        )
        st.markdown(f"Job {code(chosen)}, {literal(prediction.provenance.device)}: risk {risks}.")


def _at_most(standard_error: float) -> str:
    # A job reports no covariance of what it measured, so its error is a bound.
    written = spread(standard_error)
    return written if written.startswith("less") else f"at most {written}"


def _name(sent: Submission) -> str:
    return f"{sent.created[:19].replace('T', ' ')} UTC, {sent.device}"


def _row(job: RememberedJob) -> dict[str, object]:
    sent = job.submission
    return {
        "Sent (UTC)": sent.created[:16].replace("T", " "),
        "Where": sent.device,
        "Shots": sent.shots,
        "State": job.state.value,
        "Job": sent.job_id,
    }
