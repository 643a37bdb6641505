"""The backends that exist, by name: what the selector lists and the commands accept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qcore.arguments import check_kind
from qcore.backends.specification import Specification, parse
from qcore.errors import InvalidValue

if TYPE_CHECKING:
    from qcore.backends.ibm import IbmBackend
    from qcore.backends.protocol import Backend
    from qcore.noise.model import NoiseModel


@dataclass(frozen=True)
class BackendChoice:
    """One entry of the backend selector.

    Attributes:
        label: what the selector shows.
        description: one sentence for the person who chooses.
        make: builds the backend; imports its libraries only then.
    """

    label: str
    description: str
    make: "Callable[[Specification], Backend]"


def _ideal(_: Specification) -> "Backend":
    from qcore.backends.ideal import IdealBackend

    return IdealBackend()


def _noisy(specification: Specification) -> "Backend":
    from qcore.backends.noisy import NoisyBackend
    from qcore.noise.injection import InjectedErrors
    from qcore.noise.mitigation import Mitigation

    noise = noise_model(specification)
    return NoisyBackend(
        noise=InjectedErrors(noise, specification.seed) if specification.inject else noise,
        shots=specification.shots,
        mitigation=Mitigation(specification.readout, specification.zne),
        seed=specification.seed,
        name=str(specification),
    )


def noise_model(specification: Specification) -> "NoiseModel":
    """Return the noise of a ``noisy`` specification.

    Raises:
        InvalidValue: the scale or a setting of noise by hand is out of range.
        MissingAsset: there is no calibration of this device.
    """
    from qcore.noise.device.calibration import load
    from qcore.noise.device.processor import MAX_SCALE
    from qcore.noise.model import CalibratedNoise, HandMadeNoise

    if not specification.by_hand:
        if not 0 <= specification.scale <= MAX_SCALE:
            raise InvalidValue(f"The noise scale must lie between 0 and {MAX_SCALE:g}.")
        return CalibratedNoise(load(specification.device), specification.scale)
    return HandMadeNoise(**specification.by_hand)


def _ibm(specification: Specification) -> "Backend":
    from qcore.backends.ibm import connect
    from qcore.backends.ibm_account import from_environment

    return _with_settings(connect(specification.device, from_environment()), specification)


def _rehearsal(specification: Specification) -> "Backend":
    from qcore.backends.ibm import rehearsal

    return _with_settings(rehearsal(specification.device, specification.seed), specification)


def _with_settings(backend: "IbmBackend", specification: Specification) -> "IbmBackend":
    return replace(
        backend,
        shots=specification.shots or backend.shots,
        resilience_level=specification.resilience,
        name=str(specification),
    )


BACKENDS: Mapping[str, BackendChoice] = {
    "ideal": BackendChoice(
        label="Noiseless simulator",
        description="Exact: no device noise, no sampling error.",
        make=_ideal,
    ),
    "noisy": BackendChoice(
        label="Simulated processor",
        description="The circuit under the noise of a real IBM processor, or under noise set by hand, simulated here.",
        make=_noisy,
    ),
    "ibm": BackendChoice(
        label="IBM processor",
        description="The circuit on a real IBM processor: one job, sent only when you say so.",
        make=_ibm,
    ),
    "rehearsal": BackendChoice(
        label="Rehearsal of an IBM job",
        description="The same job, sent to a simulation of the processor on this machine instead of to IBM.",
        make=_rehearsal,
    ),
}


def backend(text: str) -> "Backend":
    """Build a backend from its specification, e.g. ``ideal`` or ``noisy:fez:3``.

    Raises:
        InvalidValue: the text specifies none; nothing else is run instead.
        MissingAsset: there is no calibration of this device.
        HardwareUnavailable: the processor cannot be reached; without credentials the message says how to connect.
    """
    specification = parse(text)
    return BACKENDS[specification.kind].make(specification)


def built(where: "Backend | str") -> "Backend":
    """Return a backend as it is, and build one that is said as text; every public function takes either.

    Raises:
        InvalidArgument: it is neither.
        InvalidValue, MissingAsset, HardwareUnavailable: as `backend` does.
    """
    if isinstance(where, str):
        return backend(where)
    if not hasattr(where, "expectations"):
        check_kind("The backend", where, str, "a text such as 'noisy:fez:3', or what qcore.backend makes of it")
    return where
