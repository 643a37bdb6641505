"""A field for a dose: in steps of the regimen, and never above its cap."""

import streamlit as st

from qcore.tasks.dosing.drug.cap import within_cap
from qcore.tasks.dosing.drug.file import Regimen


def dose_field(label: str, regimen: Regimen, value: float, key: str, *, lowest: float | None = None) -> float:
    """Show the field and return the dose.

    Args:
        label: above the field, with the unit of the dose.
        regimen: its steps and cap.
        value: to begin with; part of the key where the field is to begin anew as this changes.
        key: of the field in the session.
        lowest: dose that can be chosen; None for a step.
    """
    # A dose that was chosen for another regimen of the same interval may be above this one's cap.
    if key in st.session_state and not st.session_state[key] <= regimen.cap:
        del st.session_state[key]
    chosen = st.number_input(
        label,
        min_value=regimen.step if lowest is None else lowest,
        max_value=regimen.cap,
        value=value,
        step=regimen.step,
        format="%g",
        key=key,
    )
    return within_cap(chosen, regimen)
