"""A device in a few numbers: medians of its calibration and its best line of four qubits."""

from itertools import pairwise
from statistics import median
from typing import Any

from qcore.arguments import check_kind
from qcore.noise.device.line import best_line
from qcore.noise.device.processor import Device

LINE = 4


def summary(device: Device) -> dict[str, Any]:
    """Return name, processor, qubits, calibration date, median errors, median T1 and T2 in µs, and the best line.

    Medians are over all qubits and over the pairs that work; ``error_readout`` is the mean of both directions.

    Raises:
        InvalidArgument: it is no calibration.
        InvalidValue: the device has no four working qubits in a line.
    """
    check_kind("device", device, Device, "a calibration, such as qcore.device('fez')")
    line = best_line(device, LINE)
    by_pair = {frozenset(edge.qubits): edge.error for edge in device.edges}
    return {
        "name": device.name,
        "processor": device.processor,
        "qubits": len(device.qubits),
        "calibrated": device.calibration_time[:10],
        "error_2q": median(by_pair.values()),
        "error_sx": median(qubit.sx_error for qubit in device.qubits),
        "error_readout": median(qubit.readout_error for qubit in device.qubits),
        "p1_given_0": median(qubit.p1_given_0 for qubit in device.qubits),
        "p0_given_1": median(qubit.p0_given_1 for qubit in device.qubits),
        "t1_us": median(qubit.t1_s for qubit in device.qubits) * 1e6,
        "t2_us": median(qubit.t2_s for qubit in device.qubits) * 1e6,
        "best_line_of_4": "-".join(str(qubit) for qubit in line),
        "best_line_errors_2q": [by_pair[frozenset(pair)] for pair in pairwise(line)],
        "best_line_errors_readout": [device.qubits[number].readout_error for number in line],
    }
