"""Compile a circuit under a noise model, once: programs are kept by content, in memory and on disk."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import version
from threading import Lock

import torch
from cachetools import LRUCache, cached

from qcore.circuits.cores import one_core
from qcore.noise import store
from qcore.noise.device.processor import Device
from qcore.noise.execute import LoadedProgram, load
from qcore.noise.measurement import PauliSum, observable_rows, outcome_rows
from qcore.noise.model import NoiseModel
from qcore.noise.noisy_circuit import NoisyCircuit, noisy_circuit
from qcore.noise.program import Program, build
from qcore.noise.propagate import Rows
from qcore.noise.transpile.isa import IsaCircuit
from qcore.noise.transpile.to_device import transpile_trace
from qcore.noise.transpile.trace import Trace

ENGINE = (2, version("qiskit"))
"""Part of every key; to be raised when a change of the engine makes stored programs wrong."""
KEPT_IN_MEMORY = 128


@cached(
    LRUCache(KEPT_IN_MEMORY),
    key=lambda traced, device, folds=1: (traced.fingerprint, id(traced), device.fingerprint, folds),
    lock=Lock(),
)
def isa_circuit(traced: Trace, device: Device, folds: int = 1) -> IsaCircuit:
    """Return the transpiled circuit; see `transpile_trace`."""
    return transpile_trace(traced, device, folds)


def expectation_program(
    traced: Trace,
    noise: NoiseModel,
    observables: Sequence[PauliSum],
    dtype: torch.dtype,
    folds: int = 1,
    readout: bool = True,
) -> LoadedProgram:
    """Return the program that gives the exact expectation of every observable.

    Args:
        traced: the circuit, gate by gate.
        noise: channels of the device, calibrated or set by hand.
        observables: on qubits of the circuit.
        dtype: float32 or float64, of all matrices.
        folds: odd number of times that every two-qubit gate runs, see `transpile_trace`.
        readout: False leaves the read-out error out, as if it had been inverted exactly.
    """

    def measured(isa: IsaCircuit, noisy: NoisyCircuit) -> Rows:
        errors = noisy.readout if readout else [(0.0, 0.0)] * len(isa.line)
        placed = [observable.placed(isa.measured) for observable in observables]
        return observable_rows(placed, noise, isa.line, errors)

    measured_key = ("expectations", *((o.words, o.coefficients) for o in observables), readout)
    return _loaded(traced, noise, folds, dtype, measured_key, measured, len(observables))


def outcome_program(
    traced: Trace, noise: NoiseModel, basis: Mapping[int, str], dtype: torch.dtype, folds: int = 1
) -> LoadedProgram:
    """Return the program that gives the mean product of outcomes of all 2^n sets of qubits; see `outcome_rows`.

    Args:
        traced: the circuit, gate by gate.
        noise: channels of the device, calibrated or set by hand.
        basis: letter along which each qubit of the circuit is read.
        dtype: float32 or float64, of all matrices.
        folds: odd number of times that every two-qubit gate runs, see `transpile_trace`.
    """

    def measured(isa: IsaCircuit, noisy: NoisyCircuit) -> Rows:
        return outcome_rows(basis, isa.measured, noise, isa.line, noisy.readout)

    n_rows = 2**traced.circuit.n_qubits
    return _loaded(traced, noise, folds, dtype, ("outcomes", *sorted(basis.items())), measured, n_rows)


_programs: LRUCache[tuple[object, ...], LoadedProgram] = LRUCache(KEPT_IN_MEMORY)
_lock = Lock()


def _loaded(
    traced: Trace,
    noise: NoiseModel,
    folds: int,
    dtype: torch.dtype,
    measured_key: tuple[object, ...],
    measured: Callable[[IsaCircuit, NoisyCircuit], Rows],
    n_rows: int,
) -> LoadedProgram:
    if noise.fingerprint is None:
        return load(_compiled(traced, noise, folds, measured, n_rows), traced.shared, dtype)
    key = (traced.fingerprint, traced.shared, noise.fingerprint, folds, measured_key)
    with _lock:
        program = _programs.get((key, dtype))
    if program is None:
        name = hashlib.sha256(json.dumps([ENGINE, *key]).encode()).hexdigest()
        compiled = store.read(name)
        if compiled is None:
            compiled = _compiled(traced, noise, folds, measured, n_rows)
            store.write(name, compiled)
        program = load(compiled, traced.shared, dtype)
        with _lock:
            _programs[key, dtype] = program
    return program


def _compiled(
    traced: Trace, noise: NoiseModel, folds: int, measured: Callable[[IsaCircuit, NoisyCircuit], Rows], n_rows: int
) -> Program:
    isa = isa_circuit(traced, noise.device, folds)
    noisy = noisy_circuit(isa, noise)
    with one_core(0.0):
        program = build(noisy, measured(isa, noisy), n_rows, traced.n_slots)
    return replace(program, of_template=isa.of_template)
