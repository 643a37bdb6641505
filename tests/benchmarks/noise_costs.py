"""What the noise engine costs by itself: compiling, training, the page's controls; how it grows with the circuit."""

import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pennylane as qml
import torch
from torch import Tensor

from qcore.backends.protocol import Backend
from qcore.backends.registry import backend
from qcore.circuits import Circuit, reuploading
from qcore.models.basis import Plain
from qcore.models.variational import VariationalClassifier
from qcore.noise.device.calibration import shipped
from qcore.tasks.classification.labels import yes_or_no
from qcore.training.classification.fitters import fit_sparse
from qcore.training.loop.recipe import RateSchedule, Recipe, Sparsity
from tests.benchmarks.noise_rivals.problem import DEVICE
from tests.benchmarks.noise_rows import in_turns

LAYERS = 3
REPEATS = 7
SCALING_TURNS = 3
"""Enough for bars in which ten cells are ten times."""
TRAINING_PATIENTS = 2048
EPOCH = Recipe(1, batch=256, learning_rate=0.045, weight_decay=0.0, schedule=RateSchedule.COSINE)
SPARSITY = Sparsity(feature_l1=0.0035, readout_l2=0.005, feature_noise_sd=0.05, n_parameters=47, restarts=1)
"""One epoch of the AKI model's recipe."""
SLIDER = (0.0, 0.3, 0.5, 1.3, 2.0, 3.0, 4.0, 5.0)


@dataclass(frozen=True)
class Cost:
    """One number; `limit` is the most we want, None where none was set."""

    name: str
    value: float
    unit: str
    limit: float | None


CELLS_A_DECADE = 10
SHORTEST_BAR_US = 0.1


@dataclass(frozen=True)
class Scale:
    """Time per patient of one shape, µs."""

    qubits: int
    layers: int
    batch: int
    mode: str
    ours_us: float


def costs() -> Iterator[Cost]:
    """Measure everything that has a limit."""
    noisy = backend(f"noisy:{DEVICE}")
    yield Cost("first answer of a new process, 4 x 3, imports included", _new_process_s(), "s", None)
    for qubits, limit in ((4, 1.0), (8, 5.0)):
        seconds = [_answer_s(noisy, _new_circuit(qubits, angle_rad)) for angle_rad in np.linspace(0.1, 1, REPEATS)]
        yield Cost(f"a new circuit compiled and answered, {qubits} x {LAYERS}", statistics.median(seconds), "s", limit)
    yield Cost(f"training epoch, noisy / noiseless, 4 x {LAYERS}", _epoch_ratio(), "times", 2.0)
    for name, limit, specifications in (
        ("another device chosen", 300.0, [f"noisy:{device}" for device in shipped() if device != DEVICE]),
        ("the noise slider moved", 200.0, [f"noisy:{DEVICE}:{scale:g}" for scale in SLIDER]),
    ):
        waits = [1000 * _answer_s(None, reuploading(4, LAYERS), text) for text in specifications]
        yield Cost(f"{name}, one patient answered: median of {len(waits)}", statistics.median(waits), "ms", limit)
        yield Cost(f"{name}, one patient answered: slowest", max(waits), "ms", limit)


def scaling() -> Iterator[Scale]:
    """Measure shapes along each axis: qubits, layers, batch."""
    noisy = backend(f"noisy:{DEVICE}")
    shapes = dict.fromkeys(
        [(qubits, LAYERS, 1024) for qubits in range(1, 10)]
        + [(4, layers, 1024) for layers in range(1, 10)]
        + [(8, layers, 64) for layers in range(1, 7)]
        + [(qubits, LAYERS, batch) for qubits in (4, 8) for batch in (1, 4, 16, 64, 256, 1024, 4096)]
    )
    for qubits, layers, batch in shapes:
        forward, gradient = _calls(noisy, reuploading(qubits, layers), batch)
        # The first calls compile.
        forward(), gradient()
        for mode, seconds in zip(
            ("forward", "forward_backward"), in_turns(forward, gradient, SCALING_TURNS), strict=True
        ):
            yield Scale(qubits, layers, batch, mode, seconds / batch * 1e6)


def _calls(noisy: Backend, circuit: Circuit, batch: int) -> tuple[Callable[[], object], Callable[[], object]]:
    generator = torch.Generator().manual_seed(0)
    inputs = torch.rand(batch, circuit.n_inputs, generator=generator) * 4 - 2
    weights = torch.rand(circuit.n_weights, generator=generator) * 4 - 2
    free = inputs.clone().requires_grad_(), weights.clone().requires_grad_()

    def gradient() -> object:
        return torch.autograd.grad(noisy.expectations(circuit, *free).values.sum(), free)

    return lambda: noisy.expectations(circuit, inputs, weights), gradient


def _new_circuit(qubits: int, angle_rad: float) -> Circuit:
    """Return the usual circuit behind one fixed rotation, which makes it one that was never compiled."""
    usual = reuploading(qubits, LAYERS)

    def queue(inputs: Tensor, weights: Tensor) -> None:
        qml.RX(float(angle_rad), wires=0)
        usual.queue(inputs, weights)

    return replace(usual, name=f"{usual.name}-behind-{angle_rad:g}", queue=queue)


def _answer_s(noisy: Backend | None, circuit: Circuit, specification: str = "") -> float:
    """Return the time until one patient is answered, s; with a specification, the backend is built within it."""
    generator = torch.Generator().manual_seed(1)
    inputs = torch.rand(1, circuit.n_inputs, generator=generator)
    weights = torch.rand(circuit.n_weights, generator=generator)
    start = time.perf_counter()
    (noisy or backend(specification)).expectations(circuit, inputs, weights)
    return time.perf_counter() - start


def _new_process_s() -> float:
    program = (
        "import torch; from qcore.backends.registry import backend; from qcore.circuits import reuploading;"
        f"c = reuploading(4, {LAYERS}); backend('noisy:{DEVICE}').expectations(c, torch.rand(1, 12), torch.rand(12))"
    )
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", program], check=True)
    return time.perf_counter() - start


def _epoch_ratio() -> float:
    generator = np.random.default_rng(0)
    features = torch.from_numpy(generator.normal(size=(TRAINING_PATIENTS, 12)))
    outcome = torch.from_numpy(generator.integers(0, 2, (TRAINING_PATIENTS, 1)).astype(np.float64))

    def epoch(where: Backend) -> Callable[[], object]:
        model = VariationalClassifier(reuploading(4, LAYERS), Plain(12)).double()

        def run() -> float:
            return fit_sparse(model, features, outcome, yes_or_no("yes", "no"), EPOCH, SPARSITY, where, seed=0)

        run()
        return run

    ideal_s, noisy_s = in_turns(epoch(backend("ideal")), epoch(backend(f"noisy:{DEVICE}")))
    return noisy_s / ideal_s


def plotted(scales: Iterable[Scale]) -> str:
    """Return the scaling as bars of the forward time on a logarithmic scale, one shape a line."""
    by_shape: dict[tuple[int, int, int], dict[str, float]] = {}
    for scale in scales:
        by_shape.setdefault((scale.qubits, scale.layers, scale.batch), {})[scale.mode] = scale.ours_us
    lines = ["qubits x layers  batch  forward   + backward  (µs a patient; ten cells: ten times)"]
    for (qubits, layers, batch), found in by_shape.items():
        bar = "█" * max(1, round(CELLS_A_DECADE * math.log10(found["forward"] / SHORTEST_BAR_US)))
        size, backward = f"{qubits} x {layers}", found["forward_backward"]
        lines.append(f"{size:>15} {batch:6d} {found['forward']:8.2f} {backward:12.2f}  {bar}")
    return "\n".join(lines)
