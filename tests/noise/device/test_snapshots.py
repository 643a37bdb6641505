"""Snapshots hold what IBM's calibration says, to the last digit, and a damaged or unknown one is a sentence."""

import json
import statistics
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from qiskit_ibm_runtime import fake_provider

from qcore.errors import InvalidValue, MissingAsset
from qcore.noise.device import calibration
from qcore.noise.device.calibration import ORDER, fake_device, from_backend, load, read_snapshot, save, shipped

KILOBYTE = 1000


@pytest.fixture(scope="module")
def fez() -> Any:
    return fake_provider.FakeFez()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An empty folder of snapshots instead of the shipped one."""
    monkeypatch.setattr(calibration, "DIRECTORY", tmp_path)
    read_snapshot.cache_clear()
    yield tmp_path
    read_snapshot.cache_clear()


class Changed:
    """A backend with parts replaced."""

    def __init__(self, backend: Any, **parts: object) -> None:
        self._backend, self._parts = backend, parts

    def __getattr__(self, name: str) -> Any:
        return self._parts[name] if name in self._parts else getattr(self._backend, name)


class TestWhatIsShipped:
    def test_fez_comes_first_and_the_newest_processors_are_there(self) -> None:
        assert shipped() == ORDER
        assert {load(name).processor for name in shipped()} == {
            "Heron r1", "Heron r2", "Heron r3", "Eagle r3", "Nighthawk r1",
        }  # fmt: skip

    @pytest.mark.parametrize("name", ORDER)
    def test_it_is_what_the_command_writes(self, name: str, folder: Path) -> None:
        shipped_file = calibration.ASSETS / "devices" / f"{name}.json"
        assert save(fake_device(name), folder).read_text() == shipped_file.read_text()

    # Medians over all pairs, as shared/REFERENCES.md quotes them: those that failed count as the worst.
    @pytest.mark.parametrize(
        ("name", "failed", "two_qubit", "sx", "readout", "p1_given_0", "p0_given_1", "t1_us", "t2_us"),
        [
            ("fez", 7, 0.0039, 0.00023, 0.0076, 0.0039, 0.0115, 145, 88),
            ("torino", 11, 0.0042, 0.00027, 0.0229, 0.0200, 0.0229, 185, 141),
            ("marrakesh", 13, 0.0033, 0.00023, 0.0095, 0.0054, 0.0134, 197, 118),
            ("sherbrooke", 9, 0.0078, 0.00024, 0.0198, 0.0205, 0.0137, 278, 170),
        ],
    )
    def test_the_medians_are_the_published_ones(
        self,
        name: str,
        failed: int,
        two_qubit: float,
        sx: float,
        readout: float,
        p1_given_0: float,
        p0_given_1: float,
        t1_us: float,
        t2_us: float,
    ) -> None:
        device = load(name)
        errors = [edge.error for edge in device.edges] + [1.0] * failed
        assert round(statistics.median(errors), 4) == two_qubit

        def median(quantity: Callable[[Any], float]) -> float:
            return statistics.median(map(quantity, device.qubits))

        assert round(median(lambda q: q.sx_error), 5) == sx
        assert round(median(lambda q: q.readout_error), 4) == readout
        assert round(median(lambda q: q.p1_given_0), 4) == p1_given_0
        assert round(median(lambda q: q.p0_given_1), 4) == p0_given_1
        assert round(median(lambda q: q.t1_s) * 1e6) == t1_us
        assert round(median(lambda q: q.t2_s) * 1e6) == t2_us

    @pytest.mark.parametrize("name", ORDER)
    def test_neighbours_are_drawn_side_by_side(self, name: str) -> None:
        device = load(name)
        assert len({(qubit.x, qubit.y) for qubit in device.qubits}) == len(device.qubits)
        for edge in device.edges:
            first, second = (device.qubits[number] for number in edge.qubits)
            assert abs(first.x - second.x) + abs(first.y - second.y) == 1

    @pytest.mark.parametrize("name", ORDER)
    def test_the_calibration_is_dated_with_its_time_zone(self, name: str) -> None:
        assert datetime.fromisoformat(load(name).calibration_time).tzinfo is not None

    @pytest.mark.parametrize("name", ORDER)
    def test_the_file_is_small(self, name: str) -> None:
        assert (calibration.DIRECTORY / f"{name}.json").stat().st_size < 40 * KILOBYTE


class TestWhatIsTaken:
    def test_read_out_is_asymmetric_and_nothing_is_rounded(self, fez: Any) -> None:
        device, properties = load("fez"), fez.properties()
        for number, qubit in enumerate(device.qubits):
            assert qubit.p1_given_0 == properties.qubit_property(number, "prob_meas1_prep0")[0]
            assert qubit.p0_given_1 == properties.qubit_property(number, "prob_meas0_prep1")[0]
            assert (qubit.t1_s, qubit.t2_s) == (properties.t1(number), properties.t2(number))
            assert qubit.sx_error == properties.gate_error("sx", number)
            assert qubit.x_error == properties.gate_error("x", number)
            assert qubit.pulse_duration_s == properties.gate_length("sx", number)
        for edge in device.edges:
            assert edge.error == properties.gate_error("cz", edge.qubits)
            assert edge.duration_s == properties.gate_length("cz", edge.qubits)
        assert device.readout_duration_s == properties.readout_length(0)
        assert device.dt_s == fez.dt

    @pytest.mark.parametrize("name", ["Fez", "Sherbrooke", "Miami"])
    def test_a_pair_is_there_once_unless_its_gate_failed(self, name: str) -> None:
        backend = getattr(fake_provider, f"Fake{name}")()
        device = load(name.lower())
        gates = backend.target[device.two_qubit_gate]
        working = {frozenset(pair) for pair, entry in gates.items() if entry.error < 0.5}
        assert {frozenset(edge.qubits) for edge in device.edges} == working
        assert len(device.edges) == len(working)

    def test_ecr_keeps_the_direction_of_calibration(self) -> None:
        calibrated = fake_provider.FakeSherbrooke().target["ecr"]
        assert all(edge.qubits in calibrated for edge in load("sherbrooke").edges)
        assert any(edge.qubits[0] > edge.qubits[1] for edge in load("sherbrooke").edges)

    def test_a_device_without_calibration_is_refused(self, fez: Any) -> None:
        with pytest.raises(InvalidValue, match="has no calibration"):
            from_backend(Changed(fez, properties=lambda: None), "fez", "test")

    def test_a_device_with_another_gate_is_refused(self) -> None:
        with pytest.raises(InvalidValue, match="neither CZ nor ECR"):
            from_backend(fake_provider.FakeManilaV2(), "manila", "test")

    def test_a_processor_may_be_called_as_ibm_calls_it(self) -> None:
        assert fake_device("ibm_Fez") == load("fez")

    def test_a_processor_that_is_not_shipped_is_named(self) -> None:
        with pytest.raises(InvalidValue, match=r"'nowhere'. Try: fez, torino"):
            fake_device("nowhere")

    def test_a_qubit_without_complete_calibration_stays_as_a_useless_one(self, fez: Any) -> None:
        properties = fez.properties()
        del properties._qubits[5]["T2"]
        qubits = from_backend(Changed(fez, properties=lambda: properties), "fez", "test").qubits
        complete = load("fez").qubits
        assert (qubits[5].sx_error, qubits[5].readout_error) == (1.0, 0.5)
        assert (qubits[5].x, qubits[5].y) == (complete[5].x, complete[5].y)
        assert qubits[:5] + qubits[6:] == complete[:5] + complete[6:]

    def test_a_device_that_reports_no_places_is_drawn_by_distance(self, fez: Any) -> None:
        configuration = Changed(fez.configuration(), coords=None)
        device = from_backend(Changed(fez, configuration=lambda: configuration), "fez", "test")
        places = [(qubit.x, qubit.y) for qubit in device.qubits]
        assert places[0] == (0, 0)
        assert len(set(places)) == len(places)
        for edge in device.edges:
            assert abs(places[edge.qubits[0]][0] - places[edge.qubits[1]][0]) <= 1


class TestFiles:
    def test_what_is_saved_is_read_back_exactly(self, folder: Path) -> None:
        device = replace(fake_device("torino"), name="mine", label="Mine")
        assert save(device, folder) == folder / "mine.json"
        assert load("mine") == device
        assert shipped() == ("mine",)

    def test_a_renewed_snapshot_replaces_the_one_in_memory(self, folder: Path) -> None:
        device = fake_device("torino")
        save(device, folder)
        assert load("torino").source == device.source
        save(replace(device, source="renewed"), folder)
        assert load("torino").source == "renewed"

    def test_an_unknown_name_lists_the_known_ones(self) -> None:
        with pytest.raises(MissingAsset, match=f"no calibration of a device 'x'. Choose one of: {', '.join(ORDER)}"):
            load("x")
        with pytest.raises(MissingAsset, match="no calibration"):
            load("../devices/fez")

    @pytest.mark.parametrize(
        ("path", "value"),
        [
            (["two_qubit_gate"], "swap"),
            (["dt_s"], 0),
            (["qubits", "t1_s", 3], -1e-6),
            (["qubits", "t2_s", 3], None),
            (["qubits", "sx_error", 3], 1.5),
            (["qubits", "p1_given_0", 3], float("nan")),
            (["qubits", "p0_given_1"], []),
            (["qubits"], {}),
            (["edges", 2, 0], 500),
            (["edges", 2, 0], "a"),
            (["edges", 2, 2], -0.1),
            (["edges", 2], [1, 1, 0.01, 1e-7]),
            (["edges", 2], [1, 2]),
            (["unheard_of"], 1),
        ],
        ids=str,
    )
    def test_an_impossible_value_is_a_damaged_file(self, path: list[Any], value: object, folder: Path) -> None:
        file = save(fake_device("torino"), folder)
        content = json.loads(file.read_text())
        place = content
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        file.write_text(json.dumps(content))
        with pytest.raises(MissingAsset, match=r"is damaged\. Restore it"):
            load("torino")

    @pytest.mark.parametrize("text", ["", "[]", "3", '{"name": "torino"}', "{"])
    def test_a_file_that_is_no_snapshot_is_damaged(self, text: str, folder: Path) -> None:
        (folder / "torino.json").write_text(text)
        with pytest.raises(MissingAsset, match="is damaged"):
            load("torino")

    def test_a_pair_twice_is_damaged(self, folder: Path) -> None:
        device = fake_device("torino")
        first = device.edges[0]
        twice = replace(first, qubits=first.qubits[::-1])
        save(replace(device, edges=(*device.edges, twice)), folder)
        with pytest.raises(MissingAsset, match="is damaged"):
            load("torino")

    def test_reading_loads_no_quantum_library(self) -> None:
        program = """
import sys
from qcore.noise.device.calibration import load
from qcore.noise.device.line import best_line
device = load("fez")
best_line(device, 4)
print(sorted({"qiskit", "qiskit_ibm_runtime", "torch", "numpy", "pennylane"} & sys.modules.keys()))
"""
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == "[]"

    def test_a_second_reading_costs_nothing(self) -> None:
        assert load("fez") is load("fez")
