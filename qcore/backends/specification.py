"""A backend with all its settings as one line of text: what commands accept, the selector builds and records keep.

``ideal``; ``noisy:fez``, ``noisy:fez:3:shots=4000:readout:zne=linear``; ``noisy:depolarizing_2q=0.01:readout``;
``ibm:fez:shots=4000:resilience=1``; ``rehearsal:fez:shots=4000``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from qcore.arguments import check_kind
from qcore.errors import InvalidValue

KINDS = ("ideal", "noisy", "ibm", "rehearsal")
DEFAULT_DEVICE = "fez"
MAX_SHOTS = 1_000_000
MAX_SEED = 2**32 - 1
RESILIENCE_LEVELS = range(3)
BY_HAND = (
    "depolarizing_1q",
    "depolarizing_2q",
    "amplitude_damping",
    "phase_damping",
    "t1_s",
    "t2_s",
    "p1_given_0",
    "p0_given_1",
)
"""Settings of `qcore.noise.model.HandMadeNoise`, whose module loads numpy."""
TAKES: Mapping[str, Mapping[str, str]] = {
    "ideal": {},
    "noisy": {
        "device": "a device",
        "scale": "a noise scale",
        "shots": "shots=NUMBER",
        "readout": "readout",
        "zne": "zne=linear, quadratic or exponential",
        "inject": "inject",
        "seed": "seed=NUMBER",
        "by_hand": f"in place of device and scale, noise set by hand ({'=, '.join(BY_HAND)}=)",
    },
    "ibm": {"device": "a device", "shots": "shots=NUMBER", "resilience": "resilience=0, 1 or 2"},
    "rehearsal": {
        "device": "a device",
        "shots": "shots=NUMBER",
        "resilience": "resilience=0, 1 or 2",
        "seed": "seed=NUMBER",
    },
}
"""What may follow each kind, by attribute of `Specification`, as a message lists it."""


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
    """Read a backend with all its settings from one line of text, such as ``noisy:fez:3:shots=4000``.

    Raises:
        InvalidValue: the text is none, or no text; the message says which part and what is possible.
    """
    check_kind("A backend", text, str, "said as text, such as 'ideal' or 'noisy:fez:3'")
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
        elif equals and name in BY_HAND:
            by_hand[name] = _number(name, value)
        elif part in {"readout", "inject"}:
            settings[part] = True
        elif index == 0 and not equals:
            settings["device"] = part
        elif index == 1 and _is_number(part):
            settings["scale"] = float(part)
        else:
            raise InvalidValue(f"'{part}' in '{text}' is not a setting of a backend. {_expected(kind)}")
    if by_hand:
        settings["by_hand"] = by_hand
    elif kind != "ideal":
        settings.setdefault("device", DEFAULT_DEVICE)
    specification = Specification(kind, **settings)  # type: ignore[arg-type]
    _check(specification, text)
    return specification


def _expected(kind: str) -> str:
    """Return the sentence that says what may follow a kind of backend."""
    takes = list(TAKES[kind].values())
    return f"After '{kind}:' may stand {'; '.join(takes)}." if takes else f"Nothing stands after '{kind}'."


def _check(specification: Specification, text: str) -> None:
    kind = specification.kind
    for item in fields(Specification)[1:]:
        value = getattr(specification, item.name)
        unset = {} if item.name == "by_hand" else item.default
        if item.name not in TAKES[kind] and value != unset:
            setting = "noise set by hand" if item.name == "by_hand" else item.name
            raise InvalidValue(f"'{text}': the backend '{kind}' has no setting '{setting}'. {_expected(kind)}")
    if specification.by_hand and (specification.device or specification.scale != 1.0):
        raise InvalidValue(
            f"'{text}': noise set by hand has neither a device nor a scale. Leave out either these or the settings "
            f"{', '.join(specification.by_hand)}."
        )
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
    if not _is_number(text):
        raise InvalidValue(f"{name} must be a number, not '{text}'.")
    return float(text)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _whole_number(name: str, text: str) -> int:
    if not text.isdecimal():
        raise InvalidValue(f"{name} must be a whole number, not '{text}'.")
    return int(text)
