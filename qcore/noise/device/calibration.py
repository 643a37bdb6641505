"""Calibration snapshots: taken from a backend of qiskit-ibm-runtime, kept as small files in assets/devices.

Reading one needs no quantum library; only taking one does.
"""

import json
import math
from dataclasses import asdict, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from qcore.arguments import check_kind
from qcore.errors import InvalidValue, MissingAsset
from qcore.noise.device.processor import Device, Edge, Qubit
from qcore.settings import ASSETS

DIRECTORY = ASSETS / "devices"
ORDER = ("fez", "torino", "marrakesh", "sherbrooke", "boston", "aachen", "miami", "berlin")
"""As the selector lists them: the best known ones, then the newest Heron and Nighthawk processors."""
TWO_QUBIT_GATES = ("cz", "ecr")
FAILED = 0.5
"""A gate whose calibration failed is reported with error 1, or with none."""


def shipped() -> tuple[str, ...]:
    """Return the names of the devices whose snapshot is here, in the order of the selector."""
    names = {file.stem for file in DIRECTORY.glob("*.json")}
    return (*(name for name in ORDER if name in names), *sorted(names - set(ORDER)))


def load(name: str) -> Device:
    """Return the calibration of a processor, such as ``fez``, from its snapshot in assets/devices, read once.

    Raises:
        InvalidArgument: the name is no text.
        MissingAsset: there is no snapshot of this name, or it is damaged; the message lists those that are here.
    """
    check_kind("The name of a device", name, str, "text, such as 'fez'")
    return read_snapshot(name)


@lru_cache(maxsize=16)
def read_snapshot(name: str) -> Device:
    """Read and check the snapshot of this name; see `load`."""
    if name not in shipped():
        raise MissingAsset(f"There is no calibration of a device '{name}'. Choose one of: {', '.join(shipped())}.")
    file = DIRECTORY / f"{name}.json"
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        columns = content.pop("qubits")
        qubits = [Qubit(*row) for row in zip(*(columns[item.name] for item in fields(Qubit)), strict=True)]
        edges = [Edge((first, second), *rest) for first, second, *rest in content.pop("edges")]
        device = Device(**content, qubits=tuple(qubits), edges=tuple(edges))
        _check(device)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise MissingAsset(
            f"The calibration {file} is damaged. Restore it (git checkout assets/devices), "
            f"or run: qlinical device snapshot {name}"
        ) from error
    return device


def save(device: Device, directory: Path) -> Path:
    """Write a snapshot, one column a quantity and one row an edge, and return its file."""
    head = {key: value for key, value in asdict(device).items() if key not in {"qubits", "edges"}}
    columns = {item.name: [getattr(qubit, item.name) for qubit in device.qubits] for item in fields(Qubit)}
    rows = [[*edge.qubits, edge.error, edge.duration_s] for edge in device.edges]
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()]
    inside = ",\n  ".join(f"{json.dumps(name)}: {json.dumps(values)}" for name, values in columns.items())
    lines.append('"qubits": {\n  ' + inside + "\n }")
    lines.append('"edges": [\n  ' + ",\n  ".join(json.dumps(row) for row in rows) + "\n ]")
    directory.mkdir(parents=True, exist_ok=True)
    file = directory / f"{device.name}.json"
    file.write_text("{\n " + ",\n ".join(lines) + "\n}\n", encoding="utf-8")
    read_snapshot.cache_clear()
    return file


def fake_device(name: str) -> Device:
    """Take the snapshot that qiskit-ibm-runtime ships of a processor, such as ``fez`` or ``ibm_fez``.

    Raises:
        InvalidValue: it ships none of this name, or one that the noise engine cannot use.
    """
    from importlib.metadata import version

    from qiskit_ibm_runtime import fake_provider

    name = name.lower().removeprefix("ibm_")
    maker = getattr(fake_provider, f"Fake{name.capitalize()}", None)
    if maker is None:
        raise InvalidValue(f"qiskit-ibm-runtime ships no calibration of a device '{name}'. Try: {', '.join(ORDER)}.")
    backend = maker()
    source = f"{type(backend).__name__} {backend.backend_version} (qiskit-ibm-runtime {version('qiskit-ibm-runtime')})"
    return from_backend(backend, name, source)


def from_backend(backend: Any, name: str, source: str) -> Device:
    """Take a snapshot of a backend's calibration, at full precision.

    Pairs whose gate failed are left out. A qubit without a complete calibration stays, as one of which nothing works.

    Args:
        backend: fake or live backend of qiskit-ibm-runtime, with a calibration.
        name: short identifier of the snapshot.
        source: where it comes from.

    Raises:
        InvalidValue: the backend has no calibration, or a two-qubit gate that the noise engine does not know.
    """
    properties, configuration, target = backend.properties(), backend.configuration(), backend.target
    if properties is None:
        raise InvalidValue(f"The device {backend.name} has no calibration. Choose another.")
    gate = next((gate for gate in TWO_QUBIT_GATES if gate in target.operation_names), None)
    if gate is None:
        raise InvalidValue(f"The device {backend.name} has neither CZ nor ECR gates. Choose another.")
    processor = getattr(configuration, "processor_type", None) or {"family": "unknown"}
    positions = getattr(configuration, "coords", None) or _places(target.num_qubits, target[gate])
    return Device(
        name=name,
        label=f"IBM {name.capitalize()}",
        processor=" r".join(str(processor[key]) for key in ("family", "revision") if key in processor),
        calibration_time=properties.last_update_date.isoformat(timespec="seconds"),
        source=source,
        two_qubit_gate=gate,
        readout_duration_s=max(entry.duration for entry in target["measure"].values() if entry.duration),
        dt_s=target.dt,
        qubits=tuple(_qubit(number, target, properties, positions[number]) for number in range(target.num_qubits)),
        edges=_edges(target[gate]),
    )


def _qubit(number: int, target: Any, properties: Any, position: tuple[float, float]) -> Qubit:
    calibrated, pulses = properties.qubit_property(number), [target[gate].get((number,)) for gate in ("sx", "x")]
    names = ("T1", "T2", "prob_meas1_prep0", "prob_meas0_prep1")
    row, column = position
    if any(name not in calibrated for name in names) or any(p is None or p.error is None for p in pulses):
        return Qubit(target.dt, target.dt, 0.5, 0.5, 1.0, 1.0, target.dt, x=column, y=row)
    t1_s, t2_s, p1_given_0, p0_given_1 = (calibrated[name][0] for name in names)
    sx, x = pulses
    return Qubit(t1_s, t2_s, p1_given_0, p0_given_1, sx.error, x.error, sx.duration, x=column, y=row)


def _edges(entries: Any) -> tuple[Edge, ...]:
    """Return one edge a pair whose gate works; CZ is listed in both directions, ECR in the calibrated one."""
    edges: dict[frozenset[int], Edge] = {}
    for qubits, entry in sorted(entries.items()):
        if entry is not None and entry.duration and entry.error is not None and entry.error < FAILED:
            edges.setdefault(frozenset(qubits), Edge(qubits, entry.error, entry.duration))
    return tuple(edges.values())


def _places(n_qubits: int, pairs: Any) -> list[tuple[float, float]]:
    """Return (row, column) of every qubit for a device that reports none: one column a step away from qubit 0."""
    reached, ring, positions, column = {0}, [0], [(0.0, 0.0)] * n_qubits, 0
    neighbours: dict[int, set[int]] = {number: set() for number in range(n_qubits)}
    for first, second in pairs:
        neighbours[first].add(second)
        neighbours[second].add(first)
    while ring or len(reached) < n_qubits:
        ring = ring or [min(set(range(n_qubits)) - reached)]
        reached.update(ring)
        for row, number in enumerate(ring):
            positions[number] = (float(row), float(column))
        ring = sorted({other for number in ring for other in neighbours[number]} - reached)
        column += 1
    return positions


def _check(device: Device) -> None:
    """Raise ValueError where a number cannot be a calibration."""
    times = [device.dt_s, device.readout_duration_s, *(edge.duration_s for edge in device.edges)]
    rates = [edge.error for edge in device.edges]
    for qubit in device.qubits:
        times += [qubit.t1_s, qubit.t2_s, qubit.pulse_duration_s]
        rates += [qubit.p1_given_0, qubit.p0_given_1, qubit.sx_error, qubit.x_error]
    ends = [number for edge in device.edges for number in edge.qubits]
    if not (
        device.two_qubit_gate in TWO_QUBIT_GATES
        and device.qubits
        and all(0 < time < math.inf for time in times)
        and all(0 <= rate <= 1 for rate in rates)
        and all(number in range(len(device.qubits)) for number in ends)
        and len({frozenset(edge.qubits) for edge in device.edges}) * 2 == len(ends)
        and all(edge.qubits[0] != edge.qubits[1] for edge in device.edges)
    ):
        raise ValueError("no calibration")
