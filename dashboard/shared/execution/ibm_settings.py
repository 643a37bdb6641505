"""Settings of a run on an IBM processor: which one, real or rehearsed here, how many shots, IBM's own mitigation."""

import streamlit as st

from dashboard.shared.execution.noisy_settings import device_label
from qcore.backends.specification import DEFAULT_DEVICE, Specification
from qcore.noise.device.calibration import shipped

REAL, REHEARSAL = "ibm", "rehearsal"
WHERE = {REHEARSAL: "Rehearsal here (simulated)", REAL: "The real processor"}
SHOTS = (1_000, 4_096, 10_000)
RESILIENCE = {0: "none", 1: "read-out", 2: "read-out and zero-noise extrapolation"}


def ibm_settings() -> Specification:
    """Show the settings and return the choice."""
    devices = shipped()
    device = st.selectbox(
        "Processor",
        devices,
        index=devices.index(DEFAULT_DEVICE),
        format_func=device_label,
        key="backend_ibm_device",
        persist_state="session",
    )
    kind = st.radio(
        "Where the job goes",
        list(WHERE),
        format_func=WHERE.__getitem__,
        key="backend_ibm_kind",
        persist_state="session",
        help="A rehearsal makes the same call with the same circuit; a simulator on this machine answers it.",
    )
    shots = st.selectbox(
        "Shots",
        SHOTS,
        index=SHOTS.index(4_096),
        format_func=lambda number: f"{number:,}",
        key="backend_ibm_shots",
        persist_state="session",
    )
    resilience = st.selectbox(
        "IBM's error mitigation",
        list(RESILIENCE),
        index=1,
        format_func=lambda level: RESILIENCE[level].capitalize(),
        key="backend_ibm_resilience",
        persist_state="session",
        help="IBM's resilience level 0, 1 or 2. It has no effect in a rehearsal.",
    )
    return Specification(kind, device=device, shots=shots, resilience=resilience)
