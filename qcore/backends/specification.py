"""A backend with all its settings as one line of text: what commands accept, the selector builds and records keep.

``ideal``; ``noisy:fez``, ``noisy:fez:3:shots=4000:readout:zne=linear``; ``noisy:depolarizing_2q=0.01:readout``;
``ibm:fez:shots=4000:resilience=1``; ``rehearsal:fez:shots=4000``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from qcore.errors import InvalidValue

KINDS = ("ideal", "noisy", "ibm", "rehearsal")
DEFAULT_DEVICE = "fez"
MAX_SHOTS = 1_000_000
MAX_SEED = 2**32 - 1
RESILIENCE_LEVELS = range(3)


@dataclass(frozen=True)
class Specification:
    """Where and how a circuit runs.

    Attributes:
        kind: simulator, processor or rehearsal, one of `KINDS`.
        device: name of a calibrated processor; empty for ``ideal`` and for noise set by hand.
        scale: 0 to 5, multiplies the device's noise (``noisy`` only).
        by_hand: settings of `HandMadeNoise` (``noisy`` only).
        shots: measurements a circuit; None for exact expectations, or for the processor's default.
        readout: invert the read-out error (``noisy`` only).
        zne: extrapolation to zero noise: linear, quadratic, exponential, or None (``noisy`` only).
        inject: draw random errors from the noise at every call instead of averaging over them, for training (``noisy``
            only).
        resilience: level of IBM's own mitigation, 0 to 2 (``ibm`` and ``rehearsal``).
        seed: of the simulated shots.
    """

    kind: str
    device: str = ""
    scale: float = 1.0
    by_hand: Mapping[str, float] = field(default_factory=dict)
    shots: int | None = None
    readout: bool = False
    zne: str | None = None
    inject: bool = False
    resilience: int = 1
    seed: int = 0

    def __str__(self) -> str:
        """Return the line of text; `parse` reads it back."""
        default = {item.name: item.default for item in fields(self)}
        parts = [self.kind, *([self.device] if self.device else [])]
        if self.scale != default["scale"]:
            parts.append(_text(self.scale))
        parts += [f"{name}={_text(value)}" for name, value in self.by_hand.items()]
        parts += [
            f"{name}={value}"
            for name in ("shots", "zne", "resilience", "seed")
            if (value := getattr(self, name)) != default[name]
        ]
        parts += [name for name in ("readout", "inject") if getattr(self, name)]
        return ":".join(parts)


def parse(text: str) -> Specification:
    """Read a specification.

    Raises:
        InvalidValue: the text is none; the message says which part and what is possible.
    """
    kind, *parts = text.split(":")
    if kind not in KINDS:
        raise InvalidValue(f"There is no backend '{kind}'. Choose one of: {', '.join(KINDS)}.")
    settings: dict[str, object] = {}
    by_hand: dict[str, float] = {}
    names = [part.partition("=")[0] for part in parts]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InvalidValue(f"'{text}' says '{twice[0]}' twice.")
    for index, part in enumerate(parts):
        name, equals, value = part.partition("=")
        if equals and name in {"shots", "resilience", "seed"}:
            settings[name] = _whole_number(name, value)
        elif equals and name == "zne":
            settings[name] = value
        elif equals:
            by_hand[name] = _number(name, value)
        elif part in {"readout", "inject"}:
            settings[part] = True
        elif index == 0:
            settings["device"] = part
        elif index == 1:
            settings["scale"] = _number("noise scale", part)
        else:
            raise InvalidValue(f"'{part}' in '{text}' is not a setting of a backend.")
    if by_hand:
        settings["by_hand"] = by_hand
    elif kind != "ideal":
        settings.setdefault("device", DEFAULT_DEVICE)
    specification = Specification(kind, **settings)  # type: ignore[arg-type]
    _check(specification, text)
    return specification


def _check(specification: Specification, text: str) -> None:
    allowed = {
        "ideal": set(),
        "noisy": {"device", "scale", "by_hand", "shots", "readout", "zne", "inject", "seed"},
        "ibm": {"device", "shots", "resilience"},
        "rehearsal": {"device", "shots", "resilience", "seed"},
    }[specification.kind]
    for item in fields(Specification)[1:]:
        value = getattr(specification, item.name)
        unset = {} if item.name == "by_hand" else item.default
        if item.name not in allowed and value != unset:
            raise InvalidValue(f"'{text}': the backend '{specification.kind}' has no setting '{item.name}'.")
    if specification.by_hand and (specification.device or specification.scale != 1.0):
        raise InvalidValue(f"'{text}': noise set by hand has neither a device nor a scale.")
    if specification.resilience not in RESILIENCE_LEVELS:
        raise InvalidValue(f"'{text}': the resilience level is 0, 1 or 2.")
    if specification.seed > MAX_SEED:
        raise InvalidValue(f"'{text}': the seed must not be larger than {MAX_SEED:,}.")
    if specification.shots is not None and not 1 <= specification.shots <= MAX_SHOTS:
        raise InvalidValue(f"'{text}': shots must be a whole number from 1 to {MAX_SHOTS:,}.")


def _text(value: float) -> str:
    # The shortest text that is read back as the same number.
    return repr(float(value)).removesuffix(".0")


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise InvalidValue(f"{name} must be a number, not '{text}'.") from error


def _whole_number(name: str, text: str) -> int:
    if not text.isdecimal():
        raise InvalidValue(f"{name} must be a whole number, not '{text}'.")
    return int(text)
