"""What ran, plainly, under the selector: taken from what the backend reported, not from what was asked for."""

import streamlit as st

from dashboard.shared.execution.noise_in_use import Placement
from dashboard.shared.foreign import code, literal
from dashboard.shared.numbers import day
from qcore.backends.protocol import Provenance


def what_ran(provenance: Provenance, placement: Placement | None) -> None:
    """Write device, calibration, qubits, shots and mitigation into the sidebar.

    Args:
        provenance: of the answer on the page.
        placement: on a calibrated processor, if there is one.
    """
    lines = [f"**What ran:** {literal(provenance.device)}"]
    if provenance.calibration_time:
        lines.append(f"Calibration of {day(provenance.calibration_time)}")
    if placement:
        lines.append(f"Qubits {', '.join(map(str, placement.line))} ([map](#where-the-circuit-ran))")
    lines.append(_sampling(provenance))
    lines.append("No error mitigation" if provenance.mitigation == "none" else f"Mitigation: {provenance.mitigation}")
    if provenance.job_id:
        lines.append(f"Job {code(provenance.job_id)}")
    with st.sidebar:
        st.caption("  \n".join(lines))


def _sampling(provenance: Provenance) -> str:
    if provenance.shots is None:
        return "Exact expectation values, no shots"
    return f"{provenance.shots:,} shots" + (
        "" if provenance.seed is None else f", simulated with seed {provenance.seed}"
    )
