"""Which noise a backend simulates, and on which qubits of which processor."""

from dataclasses import dataclass

from qcore.backends.protocol import Backend
from qcore.backends.registry import noise_model
from qcore.backends.specification import Specification, parse
from qcore.noise.device.calibration import load
from qcore.noise.device.line import best_line
from qcore.noise.device.processor import Device

NOISELESS = "ideal"


@dataclass(frozen=True)
class Placement:
    """Where on a calibrated processor a circuit is simulated.

    Attributes:
        device: as calibrated, at scale 1.
        line: physical qubits, neighbours in order.
        scale: what the calibrated noise was multiplied by.
    """

    device: Device
    line: tuple[int, ...]
    scale: float


def is_noiseless(backend: Backend) -> bool:
    """Tell whether this is the noiseless simulator."""
    return backend.name == NOISELESS


def is_set_by_hand(backend: Backend) -> bool:
    """Tell whether the noise was set by hand."""
    return bool(parse(backend.name).by_hand)


def simulated_placement(backend: Backend, n_qubits: int) -> Placement | None:
    """Return the place on a processor, None where no calibrated processor is simulated."""
    specification = parse(backend.name)
    if specification.kind != "noisy" or specification.by_hand:
        return None
    device = noise_model(specification).device
    return Placement(device, best_line(device, n_qubits), specification.scale)


def job_placement(job: Specification, n_qubits: int) -> Placement:
    """Return the place of a job by the calibration that is kept here; today's may choose another."""
    device = load(job.device)
    return Placement(device, best_line(device, n_qubits), 1.0)
