"""Jobs sent earlier by anyone on this installation: how they stand, and their results, without the patients."""

import pandas as pd
import streamlit as st

from dashboard.ui.hardware_run import TASK, collected
from dashboard.ui.numbers import percent, spread
from dashboard.ui.resources import hardware
from qcore.backends.ibm_job import Submission
from qcore.backends.specification import Specification
from qcore.errors import QlinicalError
from qcore.records import jobs
from qcore.records.jobs import RememberedJob
from qcore.tasks.aki.model import AkiModel


def earlier_jobs(model: AkiModel, specification: Specification) -> None:
    """List the last jobs and collect the result of a chosen one.

    Args:
        model: reads the measurements.
        specification: of the processor chosen now, through which IBM is asked.
    """
    found = [job for job in jobs.recent() if job.task == TASK]
    if not found:
        st.caption("No job was sent from here yet.")
        return
    st.dataframe(pd.DataFrame([_row(job) for job in found]), hide_index=True, width="stretch")
    sent = {job.submission.job_id: job.submission for job in found}
    chosen = st.selectbox("Job", list(sent), format_func=lambda job: _name(sent[job]), key="aki_job_chosen")
    if st.button("Collect the result", key="aki_collect"):
        try:
            kind = "rehearsal" if sent[chosen].is_rehearsal else "ibm"
            backend = hardware(str(Specification(kind, device=specification.device)))
            prediction = collected(chosen, model, backend)
        except QlinicalError as problem:
            st.warning(str(problem))
            return
        risks = ", ".join(
            f"**{percent(risk)}** ({spread(error)} points)"
            for risk, error in zip(prediction.value, prediction.standard_error, strict=True)
        )
        st.markdown(f"{prediction.provenance.device}, job `{chosen}`: risk {risks}.")


def _name(sent: Submission) -> str:
    return f"{sent.created[:19].replace('T', ' ')} UTC, {sent.device}"


def _row(job: RememberedJob) -> dict[str, object]:
    sent = job.submission
    return {
        "Sent (UTC)": sent.created[:16].replace("T", " "),
        "Where": sent.device,
        "Patients": sent.n_parameter_sets,
        "Shots": sent.shots,
        "State, as last seen": job.state.value,
        "Job": sent.job_id,
    }
