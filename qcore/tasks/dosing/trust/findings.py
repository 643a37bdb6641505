"""Findings that make a dose doubtful or worthless: their kind, words, remedy, and whether they refuse a dose."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Ground(StrEnum):
    """What a finding about a model or a question rests on."""

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
    """One thing that makes a dose doubtful or worthless.

    Attributes:
        ground: of which kind the finding is.
        clause: what is wrong, as a clause that begins in lower case and ends without a stop.
        to_do: what to do about it, a sentence.
        refuses: no dose is named because of it.
    """

    ground: Ground
    clause: str
    to_do: str
    refuses: bool


@dataclass(frozen=True)
class Trust:
    """All findings on one question: shown above the dose, or instead of it.

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
        clauses = "; ".join(each.clause for each in self.findings)
        return f"{clauses[0].upper()}{clauses[1:]}." if clauses else ""

    @property
    def to_do(self) -> tuple[str, ...]:
        """What to do about what refuses a dose, a sentence each."""
        return tuple(dict.fromkeys(each.to_do for each in self.findings if each.refuses))


_SAID_ABOVE = {
    Ground.FEW: ("The data are of ",),
    Ground.LONG: ("By this model half of the drug is gone after",),
    Ground.UNKNOWN: (
        "The clearance (CL) is hardly known",
        "The concentration of half the largest effect (EC50) is hardly known",
        "The clearance (CL) cannot be told",
    ),
    Ground.SATURATION: ("People who were given more clear the drug more slowly",),
}


def doubts_left(every: Sequence[str], trust: Trust) -> tuple[str, ...]:
    """Return the sentences that speak against a model (`doubts`) and are not said above its dose already."""
    above = tuple(start for each in trust.findings for start in _SAID_ABOVE.get(each.ground, ()))
    # How much people differ is said of each number, with its name before the comma.
    echoed = [each.clause.partition(", which")[0] for each in trust.findings if each.ground is Ground.SPREAD]
    above += tuple(f"{each[0].upper()}{each[1:]}" for each in echoed)
    return tuple(each for each in every if not (above and each.startswith(above)))


def worst(trusts: Sequence[Trust]) -> Trust:
    """Return the findings of several answers of one model, each once."""
    every = dict.fromkeys(each for trust in trusts for each in trust.findings)
    return Trust(tuple(sorted(every, key=lambda each: not each.refuses)))
