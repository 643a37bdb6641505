"""One patient: somebody typical of whom nothing was measured, or somebody whose levels are known."""

import streamlit as st

from dashboard.dosing.patient.panel import measured_patient
from dashboard.dosing.study.source import Source
from dashboard.dosing.what_if import what_if
from qcore.tasks.dosing.dose_finding import Question

TYPICAL, MEASURED = "What if", "With measured levels"


def one_patient(source: Source, question: Question, dose: float) -> None:
    """Show either a typical patient or a measured one; what is not shown is not computed.

    Args:
        source: the study whose model is asked.
        question: the dose that is asked for the whole population.
        dose: the answer to it.
    """
    chosen = st.segmented_control(
        "One patient",
        [TYPICAL, MEASURED],
        default=TYPICAL,
        required=True,
        label_visibility="collapsed",
        key="dosing_one",
        persist_state="session",
    )
    (measured_patient if chosen == MEASURED else what_if)(source, question, dose)
