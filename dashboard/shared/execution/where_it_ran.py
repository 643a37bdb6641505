"""Where a circuit was simulated: the map of the processor beside the calibration of the qubits in use."""

from html import escape
from threading import Lock

import plotly.graph_objects as go
import streamlit as st
from cachetools import LRUCache, cached

from dashboard.shared.execution.device_map import chosen_edges, device_figure, readout_error
from dashboard.shared.execution.noise_in_use import Placement
from dashboard.shared.foreign import literal
from dashboard.shared.numbers import day, error_rate, microseconds


def where_it_ran(placement: Placement | None, *, is_job: bool = False) -> None:
    """Show the placement; None says that the noise was set by hand.

    Args:
        placement: processor, physical qubits and noise scale.
        is_job: whether it is a job's, not a simulation's.
    """
    if placement is None:
        st.markdown(
            "Simulated here on a line of equal qubits, with the noise that was set by hand. "
            "No processor stands behind it."
        )
        return
    device, line = placement.device, placement.line
    with st.container(key="pair_place"):
        picture, table = st.columns(2, gap="medium")
    with picture:
        st.plotly_chart(
            _figure(placement),
            key="device_map",
            config={"displayModeBar": False},
            alt=f"Map of {device.label}; in use are the qubits {', '.join(map(str, line))}",
        )
    with table:
        st.html(_table(placement))
        scaled = "" if placement.scale == 1 else f" This run multiplied every error by {placement.scale:g}."
        st.caption(
            f"{literal(device.label)}, {literal(device.processor)}, {len(device.qubits)} qubits, as calibrated on "
            f"{day(device.calibration_time)}.{scaled} The circuit takes the line of {len(line)} neighbouring qubits "
            "with the least error. "
            + (
                "A job to the real processor chooses by its calibration of the day."
                if is_job
                else "It was simulated here; nothing was sent to IBM."
            )
        )


@cached(LRUCache(32), key=lambda placement: (placement.device.fingerprint, placement.line), lock=Lock())
def _figure(placement: Placement) -> go.Figure:
    return device_figure(placement.device, placement.line)


def _table(placement: Placement) -> str:
    device, line = placement.device, placement.line
    gate = device.two_qubit_gate.upper()
    to_next = [error_rate(edge.error) for edge in chosen_edges(device, line)] + [""]
    rows = "".join(
        f"<tr><td>{number}</td><td class='num'>{microseconds(qubit.t1_s)}</td>"
        f"<td class='num'>{microseconds(qubit.t2_s)}</td><td class='num'>{error_rate(readout_error(qubit))}</td>"
        f"<td class='num'>{error_rate(qubit.sx_error)}</td><td class='num'>{next_error}</td></tr>"
        for number, next_error in zip(line, to_next, strict=True)
        for qubit in [device.qubits[number]]
    )
    head = (
        "<tr><th>Qubit</th><th class='num'>T1</th><th class='num'>T2</th><th class='num'>Read-out error</th>"
        f"<th class='num'>√X error</th><th class='num'>{escape(gate)} to the next</th></tr>"
    )
    return f"<table class='q-table'><thead>{head}</thead><tbody>{rows}</tbody></table>"
