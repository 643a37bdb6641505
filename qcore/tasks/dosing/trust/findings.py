"""What is broken where a dose is asked for: of what kind, in words, what to do, and whether it refuses a dose."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Ground(StrEnum):
    """What is broken."""

    CHECK = "predictive check"
    ERROR = "residual error"
    LONG = "half-life"
    UNKNOWN = "uncertainty"
    FEW = "subjects"
    SPREAD = "spread between people"
    NUMBER = "absurd number"
    SATURATION = "saturation"
    STEADY = "steady state with a delay"
    LIMIT = "limit"
    DOSE = "dose"


@dataclass(frozen=True)
class Finding:
    """Something that is broken.

    Attributes:
        ground: of what kind.
        said: what is wrong, as a clause that begins in lower case and ends without a stop.
        to_do: what to do about it, a sentence.
        refuses: no dose is named because of it.
    """

    ground: Ground
    said: str
    to_do: str
    refuses: bool


@dataclass(frozen=True)
class Trust:
    """What is to be said above a dose, or instead of it.

    Attributes:
        findings: those that refuse a dose first.
    """

    findings: tuple[Finding, ...] = ()

    @property
    def refuses(self) -> bool:
        """Whether no dose is named."""
        return any(each.refuses for each in self.findings)

    @property
    def sentence(self) -> str:
        """What is wrong, in one sentence; "" where nothing is."""
        said = "; ".join(each.said for each in self.findings)
        return f"{said[0].upper()}{said[1:]}." if said else ""

    @property
    def reasons(self) -> str:
        """What refuses a dose, in one sentence; "" where nothing does."""
        return Trust(tuple(each for each in self.findings if each.refuses)).sentence

    @property
    def to_do(self) -> tuple[str, ...]:
        """What to do about what refuses a dose, a sentence each."""
        return tuple(dict.fromkeys(each.to_do for each in self.findings if each.refuses))


_SAID_ABOVE = {
    Ground.FEW: ("The data are of ",),
    Ground.LONG: ("By this model half of the drug is gone after",),
    Ground.UNKNOWN: (
        "The clearance (CL) is hardly known",
        "The concentration of half the largest effect (C50) is hardly known",
        "The clearance (CL) cannot be told",
    ),
    Ground.SATURATION: ("People who were given more clear the drug more slowly",),
}


def doubts_left(every: Sequence[str], found: Trust) -> tuple[str, ...]:
    """Return the sentences that speak against a model (`doubts`) and are not said above its dose already."""
    above = tuple(start for each in found.findings for start in _SAID_ABOVE.get(each.ground, ()))
    # How much people differ is said of each number, with its name before the comma.
    echoed = [each.said.partition(", which")[0] for each in found.findings if each.ground is Ground.SPREAD]
    above += tuple(f"{each[0].upper()}{each[1:]}" for each in echoed)
    return tuple(each for each in every if not (above and each.startswith(above)))


def worst(found: Sequence[Trust]) -> Trust:
    """Return what is said of several answers of one model, each thing once."""
    every = dict.fromkeys(each for one in found for each in one.findings)
    return Trust(tuple(sorted(every, key=lambda each: not each.refuses)))
