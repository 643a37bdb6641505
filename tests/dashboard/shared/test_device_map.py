"""The map of a processor: everything is on it, and what is in use can be told apart."""

from itertools import pairwise

import pytest

from dashboard.shared.execution.device_map import chosen_edges, device_figure, readout_error
from qcore.noise.device.calibration import load, shipped
from qcore.noise.device.line import best_line


@pytest.mark.parametrize("name", shipped())
def test_every_qubit_and_gate_can_be_pointed_at(name: str) -> None:
    device = load(name)
    line = best_line(device, 4)
    said = [
        text for trace in device_figure(device, line).data if trace.customdata is not None for text in trace.customdata
    ]
    assert len({text for text in said if text.startswith("Qubit ")}) == len(device.qubits)
    gate = device.two_qubit_gate.upper()
    assert len({text for text in said if text.startswith(gate)}) == len(device.edges)
    assert all("µs" in text and "%" in text for text in said if text.startswith("Qubit "))
    assert all("%" in text and " ns" in text for text in said if text.startswith(gate))


@pytest.mark.parametrize("name", shipped())
def test_the_qubits_in_use_carry_their_number_and_the_colour_of_their_error(name: str) -> None:
    device = load(name)
    line = best_line(device, 4)
    used = device_figure(device, line).data[-1]
    assert [text.strip() for text in used.text] == [str(number) for number in line]
    assert list(used.marker.color) == [100 * readout_error(device.qubits[number]) for number in line]
    assert (used.x, used.y) == tuple(tuple(getattr(device.qubits[n], axis) for n in line) for axis in ("x", "y"))
    assert used.marker.cmin == 0
    assert used.marker.colorbar.title.text == "Read-out error"


def test_the_gates_in_use_are_those_between_neighbours_of_the_line() -> None:
    device = load("fez")
    line = best_line(device, 5)
    assert [set(edge.qubits) for edge in chosen_edges(device, line)] == [set(pair) for pair in pairwise(line)]


def test_a_worse_gate_has_another_colour() -> None:
    device = load("fez")
    edges = sorted(device.edges, key=lambda edge: edge.error)
    colours = []
    for edge in (edges[0], edges[len(edges) // 2], edges[-1]):
        traces = device_figure(device, edge.qubits).data
        colours.append(next(trace.line.color for trace in traces if trace.mode == "lines" and trace.line.width > 1))
    assert len(set(colours)) == 3
