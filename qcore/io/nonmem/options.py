"""What a PK/PD data file cannot say and its user can: the route, units, a dose that is not in it, what was measured."""

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite
from numbers import Real

from qcore.arguments import check_kind, member_of
from qcore.errors import InvalidValue
from qcore.io.nonmem.units.headers import hours_in
from qcore.study import Units


class Route(StrEnum):
    """How doses are given: into the blood, or to where they have to be absorbed first."""

    ORAL = "oral"
    SUBCUTANEOUS = "subcutaneous"
    INTRAVENOUS = "intravenous"

    @property
    def absorbed(self) -> bool:
        """Whether a dose has to be absorbed before it is in the blood."""
        return self is not Route.INTRAVENOUS


class Occasions(StrEnum):
    """What becomes of a subject who began anew, free of drug: time starts again, or EVID is 3 or 4."""

    FIRST = "first"
    """Only the first occasion is read: nobody counts twice."""
    SEPARATE = "separate"
    """Every occasion is a subject of its own; the same person may then stand on both sides of a split."""


@dataclass(frozen=True)
class Options:
    """What the user says about a file; whatever is None is taken from the file.

    Attributes:
        route: of all doses that are no infusions; a text such as ``oral`` is taken too.
        units: of all numbers in the file; None, and "" for one of them, takes what names of columns hold, and the
            usual one where they do not tell. Times are converted to hours.
        dose: what every subject was given once, at time 0, where the file holds no dose.
        dose_per_kg: doses in the file, or ``dose``, are per kg of body weight.
        concentration: the DVID (or CMT) of the concentration; "" where there is none.
        response: the DVID (or CMT) of the response; "" where it is not to be read.
        covariates: columns to read as covariates; None for all that are left.
        occasions: what becomes of later occasions.
        leave_out_negative: leave concentrations below 0 (noise of the assay) out instead of refusing the file.
        logarithm: concentrations in the file are natural logarithms.
    """

    route: Route | None = None
    units: Units | None = None
    dose: float | None = None
    dose_per_kg: bool | None = None
    concentration: str | None = None
    response: str | None = None
    covariates: tuple[str, ...] | None = None
    occasions: Occasions = Occasions.FIRST
    leave_out_negative: bool = False
    logarithm: bool = False

    def __post_init__(self) -> None:
        """Check everything that is said.

        Raises:
            InvalidValue: there is no such route or occasion, the dose is not a number above 0, the unit of time is not
                known, or something is of another type.
        """
        if self.route is not None:
            object.__setattr__(self, "route", member_of("route", self.route, Route))
        object.__setattr__(self, "occasions", member_of("choice of occasions", self.occasions, Occasions))
        if self.dose is not None:
            check_kind("dose", self.dose, Real, "a number above 0")
        if self.dose is not None and not (isfinite(self.dose) and self.dose > 0):
            raise InvalidValue(f"The dose {self.dose} cannot be given: write a number above 0.")
        if self.units is not None:
            check_kind("units", self.units, Units, "qcore.Units, such as qcore.Units(dose='ug')")
        for name in ("concentration", "response"):
            if getattr(self, name) is not None:
                check_kind(name, getattr(self, name), str, "text, as in the column of the file")
        if self.covariates is not None:
            check_kind("covariates", self.covariates, tuple, "a tuple of names of columns")
        if self.units is not None and self.units.time and not hours_in(self.units.time):
            raise InvalidValue(f"The unit of time {self.units.time} is not known: write s, min, h, days or weeks.")
