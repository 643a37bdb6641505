"""The noisy backend: the circuit as a processor would run it, simulated with the noise of its calibration."""

import hashlib
import time
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import count

import torch
from torch import Tensor

from qcore.arguments import check_kind, check_whole
from qcore.backends.protocol import Expectations, Provenance, check_shapes
from qcore.backends.specification import MAX_SEED, MAX_SHOTS
from qcore.circuits import Circuit
from qcore.noise.compile import ENGINE
from qcore.noise.estimate import Estimate, exact, from_shots
from qcore.noise.measurement import PauliSum, pauli_sum
from qcore.noise.mitigation import Mitigation
from qcore.noise.model import NoiseModel
from qcore.noise.transpile.trace import Call, calls

_draws = count()
TRANSPILED_ANEW = "; transpiled anew for these weights, others near them may differ by 0.01"
"""Said where no template holds: finite differences by weights mean nothing there: `noise.transpile.template`."""


@dataclass(frozen=True)
class NoisyBackend:
    """Simulation under calibrated or hand-made noise, exact or with shots.

    Weights that need a gradient stay symbolic; all others are bound: a shorter circuit, and one for all weights, so
    that answers are a continuous function of them wherever provenance does not say otherwise
    (`qcore.noise.transpile.template`).
    Gradients by weights are those of the symbolic circuit, which is a little longer: finite differences of bound
    weights differ from them by what the noise of those pulses makes.

    Attributes:
        noise: of which device, at which scale.
        shots: measurements a circuit, or None for exact expectations.
        mitigation: what is done against the noise.
        seed: of the simulated shots.
        name: as the registry spells this choice.
    """

    noise: NoiseModel
    shots: int | None = None
    mitigation: Mitigation = field(default_factory=Mitigation)
    seed: int = 0
    name: str = "noisy"

    def __post_init__(self) -> None:
        """Refuse what is no noise, and shots and seeds that cannot be.

        Raises:
            InvalidArgument: the message names the attribute and what is expected.
        """
        if not all(hasattr(self.noise, part) for part in ("gate", "idle", "readout")):
            check_kind("noise", self.noise, (), "noise, such as qcore.CalibratedNoise(qcore.device('fez'))")
        check_kind("mitigation", self.mitigation, Mitigation, "a qcore.noise.mitigation.Mitigation")
        check_whole("seed", self.seed, 0, MAX_SEED)
        if self.shots is not None:
            check_whole("shots", self.shots, 1, MAX_SHOTS)

    @cached_property
    def fingerprint(self) -> str:
        """Hash of noise, shots, seed, mitigation and the engine's version; see `Backend.fingerprint`."""
        # Errors that are drawn anew at every call give answers that must not be cached.
        noise = self.noise.fingerprint or f"drawn {next(_draws)}"
        sampling = (self.shots, self.seed) if self.shots else None
        return hashlib.sha256(repr((ENGINE, noise, sampling, self.mitigation)).encode()).hexdigest()

    def expectations(self, circuit: Circuit, inputs: Tensor, weights: Tensor) -> Expectations:
        """Run one circuit for a batch; see `Backend.expectations`."""
        check_shapes(circuit, inputs, weights)
        start = time.perf_counter()
        training = weights.requires_grad and torch.is_grad_enabled()
        alike = calls(circuit, inputs, weights, bind=not training)
        estimates = [self._estimate(circuit, call) for call in alike]
        values, covariance = estimates[0].values, estimates[0].covariance
        of_template = all(estimate.of_template for estimate in estimates)
        if len(alike) > 1:
            order = torch.tensor([row for call in alike for row in call.rows]).argsort()
            values = torch.cat([estimate.values for estimate in estimates])[order]
            spread = [estimate.covariance for estimate in estimates if estimate.covariance is not None]
            covariance = torch.cat(spread)[order] if spread else None
        return Expectations(
            values=values,
            standard_error=torch.zeros_like(values) if covariance is None else covariance.diagonal(0, 1, 2).sqrt(),
            covariance=covariance,
            provenance=Provenance(
                backend=self.name,
                device=f"{self.noise.label}, simulated{'' if of_template else TRANSPILED_ANEW}",
                calibration_time=self.noise.device.calibration_time or None,
                shots=self.shots,
                seed=None if self.shots is None else self.seed,
                mitigation=self.mitigation.label,
                job_id=None,
                seconds=time.perf_counter() - start,
            ),
        )

    def _estimate(self, circuit: Circuit, call: Call) -> Estimate:
        observables = _observables(circuit)
        if self.shots is None:
            return exact(call.trace, self.noise, observables, call.slots, self.mitigation)
        return from_shots(call.trace, self.noise, observables, call.slots, self.mitigation, self.shots, self.seed)


@lru_cache(maxsize=64)
def _observables(circuit: Circuit) -> tuple[PauliSum, ...]:
    return tuple(pauli_sum(observable) for observable in circuit.observables)
