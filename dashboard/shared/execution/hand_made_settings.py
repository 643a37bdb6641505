"""Noise set by hand, for study: one slider a kind of noise, the same on every qubit."""

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st


@dataclass(frozen=True)
class Share:
    """A slider of a probability.

    Attributes:
        label: what the slider is called.
        highest_percent, step_percent, start_percent: of the slider.
        help: sentence beside the slider that says what the number is.
    """

    label: str
    highest_percent: float
    step_percent: float
    start_percent: float
    help: str


SHARES: Mapping[str, Share] = {
    "depolarizing_2q": Share(
        "Depolarising, two qubits", 10.0, 0.25, 1.0, "Chance that a two-qubit gate leaves pure chance behind."
    ),
    "depolarizing_1q": Share("Depolarising, one qubit", 2.0, 0.05, 0.0, "The same for every pulse on one qubit."),
    "amplitude_damping": Share(
        "Amplitude damping", 10.0, 0.25, 0.0, "Chance that a qubit falls from 1 to 0, after every gate."
    ),
    "phase_damping": Share(
        "Phase damping", 10.0, 0.25, 0.0, "Chance that a qubit forgets its phase, after every gate."
    ),
    "p1_given_0": Share("Read-out: 1 instead of 0", 20.0, 0.5, 0.0, "Chance to read 1 where the qubit was 0."),
    "p0_given_1": Share("Read-out: 0 instead of 1", 20.0, 0.5, 0.0, "Chance to read 0 where the qubit was 1."),
}
"""By field of `HandMadeNoise`."""

NEVER = 0
TIMES_US = (NEVER, 1000, 500, 300, 200, 100, 50, 20, 10, 5)
TIMES: Mapping[str, tuple[str, str]] = {
    "t1_s": ("T1", "Time in which a waiting qubit falls from 1 to 0; gates take 0.03 to 0.07 µs."),
    "t2_s": ("T2", "Time in which a waiting qubit forgets its phase; at most twice T1."),
}


def hand_made_settings() -> dict[str, float]:
    """Show the sliders and return every setting that is not zero, by field of `HandMadeNoise`."""
    chosen = {name: _share(name, share) for name, share in SHARES.items()}
    t1_us, t2_us = (_time_us(name) for name in TIMES)
    if t1_us != NEVER and not NEVER < t2_us <= 2 * t1_us:
        # Also for an infinite T2: then T1 alone limits the coherence.
        st.caption(f"T2 is {2 * t1_us:,} µs here: it cannot be longer than twice T1.")
        t2_us = min(t2_us, 2 * t1_us)
    times_us = zip(TIMES, (t1_us, t2_us), strict=True)
    chosen |= {name: us / 1_000_000 for name, us in times_us if us != NEVER}
    # The first one always, because a specification without settings would mean a device.
    return {name: value for number, (name, value) in enumerate(chosen.items()) if value or number == 0}


def _time_us(name: str) -> int:
    label, help_text = TIMES[name]
    time_us: int = st.select_slider(
        label,
        TIMES_US,
        format_func=lambda us: f"{us} µs" if us else "Endless",
        key=f"backend_{name}",
        persist_state="session",
        help=help_text,
    )
    return time_us


def _share(name: str, share: Share) -> float:
    percent: float = st.slider(
        share.label,
        0.0,
        share.highest_percent,
        share.start_percent,
        share.step_percent,
        format="%g %%",
        key=f"backend_{name}",
        persist_state="session",
        help=share.help,
    )
    # Rounded, because the specification writes every digit.
    return round(percent / 100, 6)
