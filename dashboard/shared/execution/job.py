"""One job for the case on the page: what it would cost and what leaves, sent when asked for, then its result."""

from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import streamlit as st
from torch import Tensor

from dashboard.shared.foreign import code, literal
from dashboard.shared.resources import hardware
from dashboard.shared.session_cache import remembered
from qcore.backends.ibm_job import Estimate, JobForgotten, JobState, JobStatus
from qcore.backends.protocol import Expectations, Provenance
from qcore.backends.specification import Specification
from qcore.circuits import Circuit
from qcore.errors import InvalidValue, QlinicalError
from qcore.records import audit, jobs

if TYPE_CHECKING:  # loads Qiskit, which one thread alone may do
    from qcore.backends.ibm import IbmBackend

POLL_S = 2.0
MOST_REMEMBERED = 200
"""Jobs, of all cases, among which an earlier one of the same case is looked for."""


class Result(Protocol):
    """What measured expectation values mean to a page."""

    @property
    def provenance(self) -> Provenance:
        """Device, shots and job."""
        ...


R = TypeVar("R", bound=Result)


@dataclass(frozen=True, eq=False)
class JobTask(Generic[R]):
    """What a page sends to processors.

    Attributes:
        task: the clinical question; prefix of all keys in the session, and what records call it.
        card: id of the model's card.
        circuit: the circuit that runs on the processor.
        weights: ``(n_weights,)`` its trained angles, rad.
        read: turns measured expectation values into the answer of the page.
        stays: what does not leave, in words.
        measured: says of a result what is measured on the page and what is not.
        reference: where the case is needed to read a result, what its jobs are remembered by: a short code that holds a
            digest of what is sent. Empty where any result can be read by itself, under Earlier jobs.
    """

    task: str
    card: str
    circuit: Circuit
    weights: Tensor
    read: Callable[[Expectations], R]
    stays: str
    measured: Callable[[R], str]
    reference: str = ""

    def key(self, name: str) -> str:
        """Return the key of a control or value in the session."""
        return f"{self.task}_{name}"


def run_of_job(task: JobTask[R], case: Hashable, angles: Tensor, specification: Specification) -> R | None:
    """Show the job of this case on this processor and return its result; None while there is none.

    Args:
        task: what is sent and who reads it.
        case: tells it from all others.
        angles: ``(n_parameter_sets, n_inputs)`` of the case, rad.
        specification: processor, shots and resilience level.
    """
    key = (case, str(specification))
    with st.container(border=True, key="hardware"):
        try:
            backend = hardware(str(specification))
            sent = _sent(task)
            if key not in sent and (before := _sent_before(task, backend)):
                sent[key] = before
            if not (job_id := sent.get(key)):
                _offer(task, key, angles, backend)
                return None
            return _result(task, job_id, backend)
        except QlinicalError as problem:
            st.info(f"{literal(problem)}\n\n**The answer below is the noiseless one.**")
            if _sent(task).get(key):
                st.button("Forget this job", on_click=_forget, args=(task, key), key=task.key("forget"))
            return None


def _sent(task: JobTask[Any]) -> dict[Hashable, str]:
    jobs_of_session: dict[Hashable, str] = st.session_state.setdefault(task.key("jobs"), {})
    return jobs_of_session


def _sent_before(task: JobTask[Any], backend: "IbmBackend") -> str:
    """Return the last job of the same case and settings that another session sent; empty if there is none."""
    if not task.reference:
        return ""
    settings = (backend.runner.label, backend.shots, backend.runner.mitigation(backend.resilience_level))
    for job in jobs.recent(MOST_REMEMBERED):
        sent, ended = job.submission, job.state in {JobState.FAILED, JobState.CANCELLED}
        if job.task == task.reference and (sent.device, sent.shots, sent.mitigation) == settings and not ended:
            # Rehearsals end with the server: nobody is told of one that he did not send.
            with suppress(JobForgotten):
                _status(sent.job_id, backend)
                return sent.job_id
    return ""


def _forget(task: JobTask[Any], key: Hashable) -> None:
    # Known to be unwanted: it must not be found again.
    _sent(task)[key] = ""


def _offer(task: JobTask[Any], key: Hashable, angles: Tensor, backend: "IbmBackend") -> None:
    estimate: Estimate = remembered(
        task.key("estimate"), key, lambda: backend.estimate(task.circuit, angles, task.weights)
    )
    rehearsed = backend.runner.is_rehearsal
    yet = "Not rehearsed yet" if rehearsed else f"Nothing was sent to {literal(estimate.device)} yet"
    st.markdown(
        f"**{yet}: the answer below is the noiseless one.** One job with {_what(angles)} would go "
        + ("to a simulator on this machine" if rehearsed else f"to IBM; {task.stays}")
        + f". {'A processor would take' if rehearsed else 'Estimated processor time:'} {estimate.qpu_s:.0f} s"
        + ("." if estimate.remaining_qpu_s is None else f" of {estimate.remaining_qpu_s:.0f} s left on the account.")
    )
    if st.button("Rehearse the job" if rehearsed else f"Send to {literal(estimate.device)}", key=task.key("send")):
        sent = _sent(task)
        submission = backend.submit(task.circuit, angles, task.weights)
        # At once, and without a call of Streamlit in between: an impatient second click ends this run at the next one.
        sent[key] = submission.job_id
        jobs.remember(submission, task.reference or task.task, task.card)
        audit.append(
            audit.Action.HARDWARE_JOB,
            task.task,
            model_card=task.card,
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


def _what(angles: Tensor) -> str:
    sets, n_angles = angles.shape
    return (
        f"one circuit and {n_angles} rotation angles"
        if sets == 1
        else f"one circuit at {sets:,} sets of {n_angles} rotation angles"
    )


def _result(task: JobTask[R], job_id: str, backend: "IbmBackend") -> R | None:
    """Return the result of a job that is done; watch one that is not."""
    results: dict[str, R] = st.session_state.setdefault(task.key("measured"), {})
    if job_id not in results:
        if not _status(job_id, backend).state.is_final:
            _watch(task, job_id, backend)
            return None
        results[job_id] = collected(task, job_id, backend)
    result = results[job_id]
    provenance = result.provenance
    st.markdown(
        f"**Measured: {literal(provenance.device)}**, {provenance.shots:,} shots in {provenance.seconds:.1f} s, "
        f"mitigation: {provenance.mitigation}. {task.measured(result)}"
    )
    return result


def collected(task: JobTask[R], job_id: str, backend: "IbmBackend") -> R:
    """Fetch the result of a job and note how it ended.

    Raises:
        JobUnfinished: it is not done yet.
        JobFailed: it ended without a result.
        JobForgotten: no result can come any more.
        HardwareUnavailable: it cannot be reached.
    """
    _status(job_id, backend)
    return task.read(backend.collect(job_id))


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
def _watch(task: JobTask[Any], job_id: str, backend: "IbmBackend") -> None:
    # Shown here, because an error in a fragment reaches no handler of the page; after a lost network it asks again.
    try:
        status = backend.status(job_id)
        if status.state.is_final:
            st.rerun()
        # A name of a processor at IBM begins with a small letter and keeps it.
        sentence = status.sentence[0].upper() + status.sentence[1:] if backend.runner.is_rehearsal else status.sentence
        st.info(f"{literal(sentence)} Until it is done the answer below is the noiseless one.")
        later = (
            "shown when the same image is opened with the same settings"
            if task.reference
            else "collected later, under Earlier jobs"
        )
        st.caption(f"Job {code(job_id)}. This page can be closed: the result can also be {later}.")
        # A rehearsal that has begun cannot be stopped, and ends soon.
        begun = backend.runner.is_rehearsal and status.state is JobState.RUNNING
        if not begun and st.button("Cancel the job", key=task.key("cancel")):
            backend.cancel(job_id)
            st.rerun()
    except JobForgotten:
        st.rerun()
    except QlinicalError as problem:
        st.warning(f"{literal(problem)} The job is asked for again every {POLL_S:.0f} s.")
