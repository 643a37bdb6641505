"""Estimate observables of a noisy circuit: exactly or from shots, with or without mitigation."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from qcore.errors import InvalidValue
from qcore.noise.compile import expectation_program, isa_circuit, outcome_program
from qcore.noise.execute import execute
from qcore.noise.measurement import PauliSum, z_readout
from qcore.noise.mitigation import Mitigation, extrapolated
from qcore.noise.model import NoiseModel
from qcore.noise.shots import probabilities, sample
from qcore.noise.transpile.trace import Trace

Array = NDArray[np.float64]
Word = tuple[tuple[int, str], ...]

MAX_INVERTIBLE_ERROR = 0.95
"""P(1 given 0) + P(0 given 1) from which on a read-out carries too little to be inverted."""


@dataclass(frozen=True)
class Estimate:
    """Estimated expectation values of a batch.

    Attributes:
        values: ``(batch, n_observables)`` expectation of every observable.
        covariance: ``(batch, n, n)`` from shots; None where exact.
        of_template: True where the values are a continuous function of the weights; see `noise.transpile.template`.
    """

    values: Tensor
    covariance: Tensor | None
    of_template: bool


def exact(
    traced: Trace, noise: NoiseModel, observables: Sequence[PauliSum], slots: Tensor, mitigation: Mitigation
) -> Estimate:
    """Return expectations without sampling error, differentiable in the slots ``(batch, n_slots)`` rad."""
    if mitigation.readout:
        _check_invertible(traced, noise)
    programs = [
        expectation_program(traced, noise, observables, slots.dtype, folds, readout=not mitigation.readout)
        for folds in mitigation.folds
    ]
    runs = [execute(program, slots) for program in programs]
    of_template = all(program.of_template for program in programs)
    if mitigation.extrapolation is None:
        return Estimate(runs[0], None, of_template)
    return Estimate(extrapolated(torch.stack(runs), mitigation.extrapolation)[0], None, of_template)


def from_shots(
    traced: Trace,
    noise: NoiseModel,
    observables: Sequence[PauliSum],
    slots: Tensor,
    mitigation: Mitigation,
    shots: int,
    seed: int,
) -> Estimate:
    """Return expectations as estimated from `shots` measurements a circuit; gradients are those of `exact`.

    Every fold of the extrapolation, and every group of words that can be read together, is a circuit of its own.
    """
    expected = exact(traced, noise, observables, slots, mitigation)
    ideal = expected.values
    with torch.no_grad():
        runs, covariances = [], []
        for folds in mitigation.folds:
            mean, covariance = _sampled(traced, noise, observables, slots, mitigation.readout, folds, shots, seed)
            runs.append(torch.from_numpy(mean).to(slots.dtype))
            covariances.append(torch.from_numpy(covariance).to(slots.dtype))
        if mitigation.extrapolation is None:
            values, total = runs[0], covariances[0]
        else:
            values, slopes = extrapolated(torch.stack(runs), mitigation.extrapolation)
            total = torch.einsum("fbi,fbij,fbj->bij", slopes, torch.stack(covariances), slopes)
    return Estimate(ideal + (values - ideal).detach(), total, expected.of_template)


def _sampled(
    traced: Trace,
    noise: NoiseModel,
    observables: Sequence[PauliSum],
    slots: Tensor,
    invert: bool,
    folds: int,
    shots: int,
    seed: int,
) -> tuple[Array, Array]:
    """Return mean ``(batch, n_observables)`` and covariance ``(batch, n, n)`` of one fold."""
    isa = isa_circuit(traced, noise.device, folds)
    errors = [noise.readout(isa.line[isa.measured[qubit]]) for qubit in range(traced.circuit.n_qubits)]
    angles = slots.double().numpy()
    mean = np.zeros((len(slots), len(observables)))
    covariance = np.zeros((len(slots), len(observables), len(observables)))
    for number, (basis, words) in enumerate(_groups(observables)):
        program = outcome_program(traced, noise, basis, torch.float64, folds)
        distribution = probabilities(execute(program, slots.double()).numpy())
        table = np.stack([_outcome_values(word, errors, invert) for word in words], axis=1)
        share = np.array(
            [[dict(zip(o.words, o.coefficients, strict=True)).get(word, 0.0) for o in observables] for word in words]
        )
        drawn = sample(distribution, table @ share, shots, angles, (seed, folds, number))
        mean += drawn.mean
        covariance += drawn.covariance
    for column, observable in enumerate(observables):
        mean[:, column] += dict(zip(observable.words, observable.coefficients, strict=True)).get((), 0.0)
    return mean, covariance


def _groups(observables: Sequence[PauliSum]) -> list[tuple[dict[int, str], list[Word]]]:
    """Sort words into groups that one circuit measures: no two want the same qubit along different letters."""
    groups: list[tuple[dict[int, str], list[Word]]] = []
    for word in dict.fromkeys(word for observable in observables for word in observable.words if word):
        for basis, words in groups:
            if all(basis.get(qubit, letter) == letter for qubit, letter in word):
                basis.update(word)
                words.append(word)
                break
        else:
            groups.append((dict(word), [word]))
    return groups


def _outcome_values(word: Word, errors: Sequence[tuple[float, float]], invert: bool) -> Array:
    """Return what every string of bits counts for in the estimate of a word, ``(2^n,)``."""
    strings = np.arange(2 ** len(errors))
    values = np.ones(len(strings))
    for qubit, _ in word:
        outcome = 1.0 - 2.0 * (strings >> qubit & 1)
        if invert:
            offset, slope = z_readout(errors[qubit])[:2]
            outcome = (outcome - offset) / slope
        values *= outcome
    return values


def _check_invertible(traced: Trace, noise: NoiseModel) -> None:
    isa = isa_circuit(traced, noise.device)
    for qubit in isa.line:
        if sum(noise.readout(qubit)) > MAX_INVERTIBLE_ERROR:
            raise InvalidValue(
                f"The read-out of qubit {qubit} is wrong so often that it cannot be inverted. "
                "Choose a smaller noise scale, or no read-out inversion."
            )
