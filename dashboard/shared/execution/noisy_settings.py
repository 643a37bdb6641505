"""Settings of a simulated processor: which one, how noisy, how many shots, what is done against the noise."""

from dataclasses import replace

import streamlit as st

from dashboard.shared.execution.hand_made_settings import hand_made_settings
from dashboard.shared.numbers import day
from qcore.backends.specification import DEFAULT_DEVICE, Specification
from qcore.noise.device.calibration import load, shipped
from qcore.noise.device.processor import MAX_SCALE
from qcore.noise.mitigation import EXTRAPOLATIONS, FOLDS

BY_HAND = "by hand"
SCALE_STEP = 0.25
EXACT = 0
SHOTS = (EXACT, 250, 1_000, 4_000, 16_000)
NO_EXTRAPOLATION = "none"


def noisy_settings() -> Specification:
    """Show the settings and return the choice."""
    devices = (*shipped(), BY_HAND)
    device = st.selectbox(
        "Processor",
        devices,
        index=devices.index(DEFAULT_DEVICE),
        format_func=device_label,
        key="backend_device",
        persist_state="session",
        help="Each stands for a real IBM processor on the day of its calibration. Nothing is sent to IBM.",
    )
    if device == BY_HAND:
        chosen = Specification("noisy", by_hand=hand_made_settings())
    else:
        st.caption(f"Calibrated on {day(load(device).calibration_time)}.")
        chosen = Specification("noisy", device=device, scale=_scale())
    return _mitigated(replace(chosen, shots=_shots()))


def device_label(name: str) -> str:
    """Return what the selector calls a device: its name and the family of the processor."""
    if name == BY_HAND:
        return "Noise set by hand"
    device = load(name)
    return f"{device.label} · {device.processor}"


def _scale() -> float:
    scale: float = st.slider(
        "Noise",
        0.0,
        MAX_SCALE,
        1.0,
        SCALE_STEP,
        format="%g ×",
        key="backend_scale",
        persist_state="session",
        help="1 × is the noise as calibrated, 0 × none, 3 × three times every error rate.",
    )
    return scale


def _shots() -> int | None:
    shots: int = st.selectbox(
        "Shots",
        SHOTS,
        format_func=lambda number: f"{number:,}" if number else "Exact (no sampling)",
        key="backend_shots",
        persist_state="session",
        help="A processor measures the circuit again and again. Few shots make the answer scatter; exact leaves the "
        "device noise alone.",
    )
    return shots or None


def _mitigated(chosen: Specification) -> Specification:
    with st.expander("Error mitigation"):
        readout = st.toggle(
            "Read-out inversion",
            key="backend_readout",
            persist_state="session",
            help="Undoes the calibrated read-out error of every qubit by calculation. With shots it adds scatter.",
        )
        zne = st.selectbox(
            "Zero-noise extrapolation",
            (NO_EXTRAPOLATION, *EXTRAPOLATIONS),
            format_func=str.capitalize,
            key="backend_zne",
            persist_state="session",
            help=f"Repeats every two-qubit gate {', '.join(map(str, FOLDS[:-1]))} and {FOLDS[-1]} times and follows "
            "the trend back to no noise. With shots it adds scatter.",
        )
    return replace(chosen, readout=readout, zne=None if zne == NO_EXTRAPOLATION else zne)
