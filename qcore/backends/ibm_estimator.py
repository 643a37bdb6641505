"""The one primitive by which a circuit reaches a processor and its rehearsal alike: EstimatorV2."""

import math
import warnings

from qiskit.providers import BackendV2
from qiskit_ibm_runtime import EstimatorV2

from qcore.backends.ibm_job import Order


def estimator(mode: BackendV2, order: Order, **options: object) -> EstimatorV2:
    """Return the primitive; its ``run([order.pub])`` is one job with one PUB.

    The server-side EstimatorV2 is deprecated since 0.50, but its successor (`executor_estimator`) is no replacement in
    0.51: it twirls and measures every qubit of the device, so that a rehearsal would need 156 simulated qubits.

    Args:
        mode: processor, or fake backend for local testing mode.
        order: one circuit for a batch, with shots and resilience level.
        options: of the primitive, besides ``default_shots``.
    """
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The EstimatorV2 class is deprecated", DeprecationWarning)
        return EstimatorV2(mode=mode, options={"default_shots": order.shots, **options})


def precision(shots: int) -> float:
    """Return the target precision by which local testing mode takes exactly this many shots.

    It knows no shots, only a precision, and takes ``ceil(1 / precision**2)`` of them: with ``1 / sqrt(shots)``, as
    EstimatorV2 translates ``default_shots``, rounding brings one too many for 1,000 and for nearly a third of all
    numbers.
    """
    return (1 + 1e-9) / math.sqrt(shots)
