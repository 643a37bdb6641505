"""The engine without its caches: every call builds the program anew."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
import torch
from torch import Tensor

from qcore.circuits import Circuit
from qcore.noise import program
from qcore.noise.execute import execute, load
from qcore.noise.measurement import observable_rows, pauli_sum
from qcore.noise.model import NoiseModel
from qcore.noise.noisy_circuit import noisy_circuit
from qcore.noise.program import Program
from qcore.noise.transpile.isa import IsaCircuit
from qcore.noise.transpile.to_device import transpile_trace
from qcore.noise.transpile.trace import bound_trace, symbolic_trace

Run = Callable[[Tensor, Tensor], Tensor]

PATHS = {
    "matrices": {"ROTATION_FLOPS": 10**9, "MAX_MATRIX": 10**9, "MAX_WIDTH": 10**9, "MAX_TERMS": 10**9},
    "register": {"MAX_TERMS": -1},
    "register, last stretch pulled back": {"MAX_MATRIX": 0, "MAX_WIDTH": 0},
    "register, then matrices": {"ROTATION_FLOPS": 0},
}
"""Limits that make the compiler choose."""


@contextmanager
def path(name: str) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for limit, value in PATHS[name].items():
            patch.setattr(program, limit, value)
        yield


def transpiled(circuit: Circuit, noise: NoiseModel, weights: Tensor | None = None, folds: int = 1) -> IsaCircuit:
    traced = symbolic_trace(circuit) if weights is None else bound_trace(circuit, weights)
    return transpile_trace(traced, noise.device, folds)


def built(isa: IsaCircuit, noise: NoiseModel, read_with_error: bool = True) -> Program:
    plan = noisy_circuit(isa, noise)
    observables = [pauli_sum(observable).placed(isa.measured) for observable in isa.trace.circuit.observables]
    errors = plan.readout if read_with_error else [(0.0, 0.0)] * len(isa.line)
    rows = observable_rows(observables, noise, isa.line, errors)
    return program.build(plan, rows, len(observables), isa.trace.n_slots)


def runner(isa: IsaCircuit, compiled: Program, dtype: torch.dtype = torch.float64) -> Run:
    """Function of inputs and weights."""
    loaded = load(compiled, isa.trace.shared, dtype)
    return lambda inputs, weights: execute(loaded, isa.slots(inputs, weights))
