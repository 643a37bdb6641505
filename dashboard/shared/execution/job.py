"""One job for the patient on the page: what it would cost and what leaves, sent when asked for, then its result."""

from collections.abc import Hashable
from contextlib import suppress
from typing import TYPE_CHECKING

import streamlit as st

from dashboard.aki.case import Case
from dashboard.shared.foreign import code, literal
from dashboard.shared.resources import hardware
from dashboard.shared.session_cache import remembered
from qcore.backends.ibm_job import Estimate, JobForgotten, JobState, JobStatus
from qcore.backends.specification import Specification
from qcore.errors import InvalidValue, QlinicalError
from qcore.records import audit, jobs
from qcore.tasks.aki.model import CARD, CIRCUIT, AkiModel
from qcore.tasks.prediction import Prediction

if TYPE_CHECKING:  # loads Qiskit, which one thread alone may do
    from qcore.backends.ibm import IbmBackend

TASK = "aki"
POLL_S = 2.0


def run_of_job(case: Case, model: AkiModel, specification: Specification) -> Prediction | None:
    """Show the job of this patient on this processor and return its result; None while there is none."""
    key = (case.key, tuple(case.inputs), str(specification))
    with st.container(border=True, key="hardware"):
        try:
            backend = hardware(str(specification))
            job_id = _sent().get(key)
            if job_id is None:
                _offer(key, case, model, backend)
                return None
            return _result(job_id, model, backend)
        except QlinicalError as problem:
            st.info(f"{literal(problem)}\n\n**The answer below is the noiseless one.**")
            if key in _sent():
                st.button("Forget this job", on_click=_forget, args=(key,), key="aki_forget")
            return None


def _sent() -> dict[Hashable, str]:
    jobs_of_session: dict[Hashable, str] = st.session_state.setdefault("aki_jobs", {})
    return jobs_of_session


def _forget(key: Hashable) -> None:
    _sent().pop(key, None)


def _offer(key: Hashable, case: Case, model: AkiModel, backend: "IbmBackend") -> None:
    angles = model.angles(case.inputs.to_frame().T)
    weights = model.hybrid.classifier.weights.detach()
    estimate: Estimate = remembered("aki_estimate", key, lambda: backend.estimate(CIRCUIT, angles, weights))
    rehearsed = backend.place.is_rehearsal
    yet = "Not rehearsed yet" if rehearsed else f"Nothing was sent to {literal(estimate.device)} yet"
    st.markdown(
        f"**{yet}: the answer below is the noiseless one.** One job with one circuit and "
        f"{angles.shape[1]} rotation angles would go "
        + ("to a simulator on this machine" if rehearsed else "to IBM; no laboratory value and no name leaves")
        + f". {'A processor would take' if rehearsed else 'Estimated processor time:'} {estimate.qpu_s:.0f} s"
        + ("." if estimate.remaining_qpu_s is None else f" of {estimate.remaining_qpu_s:.0f} s left on the account.")
    )
    if st.button("Rehearse the job" if rehearsed else f"Send to {literal(estimate.device)}", key="aki_send"):
        sent = _sent()
        submission = backend.submit(CIRCUIT, angles, weights)
        # At once, and without a call of Streamlit in between: an impatient second click ends this run at the next one.
        sent[key] = submission.job_id
        jobs.remember(submission, TASK, CARD)
        audit.append(
            audit.Action.HARDWARE_JOB,
            TASK,
            model_card=CARD,
            backend=backend.name,
            job=submission.job_id,
            shots=submission.shots,
            patients=1,
        )
        st.rerun()
    with st.expander("The circuit as it will be sent"):
        st.caption(
            f"Physical qubits {', '.join(map(str, estimate.line))}; {estimate.depth} pulses deep, "
            f"{estimate.two_qubit_gates} two-qubit gates, {estimate.shots:,} shots, mitigation: {estimate.mitigation}."
        )
        st.code(estimate.drawing, language=None)


def _result(job_id: str, model: AkiModel, backend: "IbmBackend") -> Prediction | None:
    """Return the result of a job that is done; watch one that is not."""
    results: dict[str, Prediction] = st.session_state.setdefault("aki_measured", {})
    if job_id not in results:
        if not _status(job_id, backend).state.is_final:
            _watch(job_id, backend)
            return None
        results[job_id] = collected(job_id, model, backend)
    provenance = results[job_id].provenance
    st.markdown(
        f"**Measured: {literal(provenance.device)}**, {provenance.shots:,} shots in {provenance.seconds:.1f} s, "
        f"mitigation: {provenance.mitigation}. The risk below is what was measured; explanation and what-if are "
        "noiseless."
    )
    return results[job_id]


def collected(job_id: str, model: AkiModel, backend: "IbmBackend") -> Prediction:
    """Fetch the result of a job and note how it ended.

    Raises:
        JobUnfinished: it is not done yet.
        JobFailed: it ended without a result.
        JobForgotten: no result can come any more.
        HardwareUnavailable: it cannot be reached.
    """
    _status(job_id, backend)
    return model.read(backend.collect(job_id))


def _status(job_id: str, backend: "IbmBackend") -> JobStatus:
    """Ask how a job stands, and note its end: also that of a job nobody knows any more, or it would wait for ever."""
    try:
        status = backend.status(job_id)
    except JobForgotten:
        _note_end(job_id, JobState.FAILED)
        raise
    if status.state.is_final:
        _note_end(job_id, status.state)
    return status


def _note_end(job_id: str, state: JobState) -> None:
    # A job that was sent and then could not be remembered has a result all the same.
    with suppress(InvalidValue):
        jobs.finish(job_id, state)


@st.fragment(run_every=POLL_S)
def _watch(job_id: str, backend: "IbmBackend") -> None:
    # Told here: what a fragment raises reaches no handler of the page, and a lost network is asked again.
    try:
        status = backend.status(job_id)
        if status.state.is_final:
            st.rerun()
        # A name at IBM keeps its small letter.
        said = status.sentence[0].upper() + status.sentence[1:] if backend.place.is_rehearsal else status.sentence
        st.info(f"{literal(said)} Until it is done the answer below is the noiseless one.")
        st.caption(f"Job {code(job_id)}. It can also be collected later, under Earlier jobs.")
        if st.button("Cancel the job", key="aki_cancel"):
            backend.cancel(job_id)
            st.rerun()
    except JobForgotten:
        st.rerun()
    except QlinicalError as problem:
        st.warning(f"{literal(problem)} The job is asked for again every {POLL_S:.0f} s.")
