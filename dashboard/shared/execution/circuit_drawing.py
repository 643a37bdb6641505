"""A circuit drawn the usual way: one line a qubit, gates from left to right."""

from html import escape

import streamlit as st

from dashboard.shared.charts import palette
from qcore.circuits import Circuit, Gate, depth, gates

STEP_PX, LINE_PX, BOX_PX, LEFT_PX = 46, 44, 32, 52
COLOURS = {"input": palette.RAISES, "weight": palette.BRAND}


def circuit_view(circuit: Circuit, n_classical: int) -> None:
    """Show the drawing with qubits, depth and parameter counts.

    Args:
        circuit: the circuit that is drawn gate by gate.
        n_classical: trained numbers of the model that are not rotation angles of the circuit.
    """
    figures = {
        "Qubits": circuit.n_qubits,
        "Depth": depth(circuit),
        "Gates": len(gates(circuit)),
        "Trained angles": circuit.n_weights,
        "Classical weights": n_classical,
    }
    for column, (label, number) in zip(st.columns(len(figures)), figures.items(), strict=True):
        column.metric(label, number)
    st.image(_svg(circuit), width="content", alt=_spoken(circuit))
    st.caption(
        "Orange: rotations by the patient's values, through one linear map. Green: trained rotations. "
        "Dots: controlled-Z between neighbours. At the end Z is measured on every qubit and read out by one "
        "linear layer; the circuit is the only learnt non-linear part of the model."
    )


def _spoken(circuit: Circuit) -> str:
    return f"Circuit of {circuit.n_qubits} qubits with {len(gates(circuit))} gates, Z measured on every qubit"


def _svg(circuit: Circuit) -> str:
    column = [0] * circuit.n_qubits
    parts = []
    for gate in gates(circuit):
        gate_column = max(column[wire] for wire in gate.wires)
        parts.append(_gate(gate, LEFT_PX + gate_column * STEP_PX))
        for wire in gate.wires:
            column[wire] = gate_column + 1
    width = LEFT_PX + (max(column) + 1) * STEP_PX
    height = circuit.n_qubits * LINE_PX
    lines = "".join(
        f"<line x1='{LEFT_PX - 22}' y1='{_y(q)}' x2='{width - 40}' y2='{_y(q)}' stroke='{palette.NEUTRAL}'/>"
        f"<text x='4' y='{_y(q) + 4}' fill='currentColor' font-size='13'>q{q}</text>"
        f"<rect x='{width - 40}' y='{_y(q) - 12}' width='28' height='24' rx='4' fill='none' stroke='currentColor'/>"
        f"<text x='{width - 26}' y='{_y(q) + 5}' text-anchor='middle' fill='currentColor' font-size='13'>Z</text>"
        for q in range(circuit.n_qubits)
    )
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} {height}' width='{width}' height='{height}' "
        f"font-family='sans-serif' color='{palette.ink()}'><title>Circuit {escape(circuit.name)}</title>"
        f"{lines}{''.join(parts)}</svg>"
    )


def _y(qubit: int) -> int:
    return qubit * LINE_PX + LINE_PX // 2


def _gate(gate: Gate, x: int) -> str:
    if len(gate.wires) == 2:
        first, second = (_y(wire) for wire in gate.wires)
        dot = "<circle cx='{}' cy='{}' r='4.5' fill='currentColor'/>"
        return (
            f"<line x1='{x}' y1='{first}' x2='{x}' y2='{second}' stroke='currentColor' stroke-width='1.5'/>"
            f"{dot.format(x, first)}{dot.format(x, second)}"
        )
    y = _y(gate.wires[0])
    return (
        f"<rect x='{x - BOX_PX // 2}' y='{y - 13}' width='{BOX_PX}' height='26' rx='4' fill='{COLOURS[gate.source]}'/>"
        f"<text x='{x}' y='{y + 4.5}' text-anchor='middle' fill='#fff' font-size='12' font-weight='600'>"
        f"{gate.name}</text>"
    )
