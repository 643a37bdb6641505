"""A file of patients, read once, and its risks, computed once a backend; both stay in the session of who brought it."""

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st
from cachetools import LRUCache
from numpy.typing import NDArray

from dashboard.aki.resources import aki_model
from dashboard.shared.kept_file import KeptFile
from qcore.backends.protocol import Backend
from qcore.errors import UnreadableInput
from qcore.records import audit
from qcore.tasks.aki.reading.patient_table import PatientTable
from qcore.tasks.aki.reading.table import read_patients
from qcore.tasks.aki.results import ALERT, HIGH, LOW, RISK, SHOT_ERROR, STRONGEST, results_table

READ, SCORED = "aki_read", "aki_scored"
KEPT = 4
"""Number of backends whose risks are kept, so that going back to an earlier noise level runs no circuit."""


@dataclass(frozen=True, eq=False)
class Scored:
    """The risks of a file on a backend.

    Attributes:
        risks: in the order of the file, as the download has them.
        order: places in the file, the highest risk first.
        shown: the same in that order, ready to be sent to the browser.
        n_alerts: patients at or above the threshold.
        threshold: of the alert, a probability.
    """

    risks: pd.DataFrame
    order: NDArray[np.int64]
    shown: pa.Table
    n_alerts: int
    threshold: float


def read_once(file: KeptFile, last_urine_hours: float | None) -> PatientTable:
    """Return the patients of a file.

    Args:
        file: as it was brought.
        last_urine_hours: in which the last amounts of urine were collected, where the visitor has said so.

    Raises:
        UnreadableInput: it cannot be read; found out once too.
    """
    key = (file.digest, last_urine_hours)
    if READ not in st.session_state or st.session_state[READ][0] != key:
        st.session_state.pop(SCORED, None)
        with st.spinner("Reading the file"):
            st.session_state[READ] = (key, _read(file, math.nan if last_urine_hours is None else last_urine_hours))
    patients: PatientTable | UnreadableInput = st.session_state[READ][1]
    if isinstance(patients, UnreadableInput):
        raise patients.with_traceback(None)
    return patients


def _read(file: KeptFile, last_urine_hours: float) -> PatientTable | UnreadableInput:
    try:
        return read_patients(file.name, file.data, last_urine_hours)
    except UnreadableInput as error:
        return error


def scored_once(patients: PatientTable, backend: Backend) -> Scored:
    """Return the risks of the file that was read last; on another backend only the circuit runs again.

    Args:
        patients: of the file, at least one of them with inputs.
        backend: where the circuit runs.
    """
    scored: LRUCache[str, Scored] = st.session_state.setdefault(SCORED, LRUCache(KEPT))
    if backend.fingerprint not in scored:
        known = next(iter(scored.values()), None)
        scored[backend.fingerprint] = _score(patients, backend, None if known is None else known.risks[STRONGEST])
        n = len(patients.inputs)
        audit.append(audit.Action.PREDICTION, "aki", model_card="aki", backend=backend.name, patients=n)
    return scored[backend.fingerprint]


def _score(patients: PatientTable, backend: Backend, strongest: "pd.Series[float] | None") -> Scored:
    bar = st.progress(0.0, text="Computing risks")
    risks = results_table(
        aki_model(),
        patients.inputs,
        backend,
        lambda done, total: bar.progress(done / total, text=f"{done:,} of {total:,} patients"),
        strongest=strongest,
    )
    bar.empty()
    order = np.argsort(-risks[RISK].to_numpy(), kind="stable")
    shots = [SHOT_ERROR] if risks[SHOT_ERROR].any() else []
    shown = risks[[RISK, LOW, HIGH, *shots, ALERT, STRONGEST]].iloc[order].reset_index()
    return Scored(
        risks=risks,
        order=order,
        shown=pa.Table.from_pandas(shown, preserve_index=False),
        n_alerts=int((risks[ALERT] == "yes").sum()),
        threshold=float(risks["threshold_percent"].iloc[0]) / 100,
    )
