"""Programs are compiled once: kept in memory and on disk by everything they depend on, and by nothing else."""

from collections.abc import Callable
from pathlib import Path

import made_up_devices as made_up
import pennylane as qml
import pytest
import torch

from qcore.noise import compile as compiling
from qcore.noise.compile import expectation_program, isa_circuit, outcome_program
from qcore.noise.execute import LoadedProgram, execute
from qcore.noise.measurement import pauli_sum
from qcore.noise.model import CalibratedNoise, HandMadeNoise
from qcore.noise.transpile.trace import bound_trace, symbolic_trace
from qcore.parity.random_circuits import mixed

CIRCUIT = mixed(2, 5)
NOISE = CalibratedNoise(made_up.device())
Z = [pauli_sum(qml.PauliZ(qubit)) for qubit in range(2)]
DOUBLE = torch.float64


@pytest.fixture
def compiled(fresh_engine: Path, monkeypatch: pytest.MonkeyPatch) -> list[object]:  # noqa: ARG001 - starts from nothing
    """Grows by one whenever a program is built."""
    calls: list[object] = []
    build = compiling.build

    def recorded(*arguments: object) -> object:
        calls.append(arguments)
        return build(*arguments)

    monkeypatch.setattr(compiling, "build", recorded)
    return calls


def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a new process: nothing in memory."""
    monkeypatch.setattr(compiling, "_programs", {})


def program() -> LoadedProgram:
    return expectation_program(symbolic_trace(CIRCUIT), NOISE, Z, DOUBLE)


def test_the_second_call_compiles_nothing(compiled: list[object]) -> None:
    assert program() is program()
    assert len(compiled) == 1


def test_a_new_process_reads_what_another_compiled(compiled: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    traced = symbolic_trace(CIRCUIT)
    slots = traced.slots(*made_up.angles(CIRCUIT))
    before = execute(program(), slots)
    forget(monkeypatch)
    assert torch.equal(execute(program(), slots), before)
    assert len(compiled) == 1


def test_a_damaged_program_is_compiled_again(
    compiled: list[object], fresh_engine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    slots = symbolic_trace(CIRCUIT).slots(*made_up.angles(CIRCUIT))
    before = execute(program(), slots)
    (file,) = fresh_engine.glob("*.npz")
    file.write_bytes(b"")
    forget(monkeypatch)
    assert torch.equal(execute(program(), slots), before)
    assert len(compiled) == 2
    assert file.stat().st_size > 0


def test_both_precisions_share_one_compilation(compiled: list[object]) -> None:
    single = expectation_program(symbolic_trace(CIRCUIT), NOISE, Z, torch.float32)
    assert (single.start.dtype, program().start.dtype) == (torch.float32, torch.float64)
    assert len(compiled) == 1


WEIGHTS = torch.full((4,), 0.5, dtype=DOUBLE)
OTHERS: dict[str, Callable[[], LoadedProgram]] = {
    "other weights": lambda: expectation_program(bound_trace(CIRCUIT, WEIGHTS), NOISE, Z, DOUBLE),
    "weights a little different": lambda: expectation_program(bound_trace(CIRCUIT, WEIGHTS + 1e-9), NOISE, Z, DOUBLE),
    "another circuit": lambda: expectation_program(symbolic_trace(mixed(2, 6)), NOISE, Z, DOUBLE),
    "another scale": lambda: expectation_program(
        symbolic_trace(CIRCUIT), CalibratedNoise(NOISE.device, 1.01), Z, DOUBLE
    ),
    "another calibration": lambda: expectation_program(
        symbolic_trace(CIRCUIT), CalibratedNoise(made_up.device(seed=1)), Z, DOUBLE
    ),
    "noise by hand": lambda: expectation_program(symbolic_trace(CIRCUIT), HandMadeNoise(), Z, DOUBLE),
    "more noise by hand": lambda: expectation_program(symbolic_trace(CIRCUIT), HandMadeNoise(0.01), Z, DOUBLE),
    "another observable": lambda: expectation_program(symbolic_trace(CIRCUIT), NOISE, Z[:1], DOUBLE),
    "observables in another order": lambda: expectation_program(symbolic_trace(CIRCUIT), NOISE, Z[::-1], DOUBLE),
    "without read-out error": lambda: expectation_program(
        symbolic_trace(CIRCUIT), NOISE, Z, DOUBLE, readout=False
    ),
    "folded": lambda: expectation_program(symbolic_trace(CIRCUIT), NOISE, Z, DOUBLE, 3),
    "outcomes": lambda: outcome_program(symbolic_trace(CIRCUIT), NOISE, {}, DOUBLE),
    "outcomes along X": lambda: outcome_program(symbolic_trace(CIRCUIT), NOISE, {0: "X"}, DOUBLE),
}  # fmt: skip


def test_whatever_the_answer_depends_on_makes_another_program(compiled: list[object], fresh_engine: Path) -> None:
    program()
    for number, (what, make) in enumerate(OTHERS.items(), start=2):
        make()
        assert len(compiled) == number, what
    assert len(list(fresh_engine.glob("*.npz"))) == len(OTHERS) + 1
    for make in (program, *OTHERS.values()):
        make()
    assert len(compiled) == len(OTHERS) + 1


def test_a_change_of_the_engine_makes_stored_programs_void(
    compiled: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    program()
    monkeypatch.setattr(compiling, "ENGINE", (*compiling.ENGINE, 1))
    forget(monkeypatch)
    program()
    assert len(compiled) == 2


def test_an_equal_circuit_under_another_name_is_the_same_program(compiled: list[object]) -> None:
    program()
    twin = mixed(2, 5)
    assert twin != CIRCUIT
    expectation_program(symbolic_trace(twin), NOISE, Z, DOUBLE)
    assert len(compiled) == 1


def test_transpiled_circuits_are_kept_too() -> None:
    traced = symbolic_trace(CIRCUIT)
    assert isa_circuit(traced, NOISE.device) is isa_circuit(traced, made_up.device())
    assert isa_circuit(traced, NOISE.device) is not isa_circuit(traced, NOISE.device, 3)
    assert isa_circuit(traced, NOISE.device).trace is traced
