"""The words of doses: what a dose does, and between which doses the answer lies."""

from collections.abc import Callable
from dataclasses import dataclass

from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.drug.file import Drug, Regimen
from qcore.tasks.dosing.target import Measure, Target


@dataclass(frozen=True)
class Wording:
    """The words as one front end sets them; the defaults are those of the command line.

    Attributes:
        number: function that writes a number.
        covariate: function that names a covariate in a sentence.
        space: between a number and its unit.
        above_cap: writes a dose above ``{cap}``.
        to_above_cap: writes an interval from the dose ``{low}`` of a ``{unit}`` to above ``{cap}``.
        window: writes limits ``{low}`` and ``{high}``.
        over_interval: follows the highest and the average concentration, to say over which time.
    """

    number: Callable[[float], str] = "{:g}".format
    covariate: Callable[[str], str] = str
    space: str = " "
    above_cap: str = "over {cap}"
    to_above_cap: str = "{low} to over {cap}"
    window: str = "above {low} and below {high}"
    over_interval: str = ""

    def amount(self, dose: float, drug: Drug) -> str:
        """Write a dose with its unit: 6.5 mg."""
        return f"{self.number(dose)}{self.space}{drug.units.dose}"

    def dose_interval(self, low: float | None, high: float | None, regimen: Regimen, drug: Drug) -> str:
        """Write an interval of doses: 5 to 6.5 mg; an end that is None lies above the cap."""
        cap = self.amount(regimen.cap, drug)
        if low is None:
            return self.above_cap.format(cap=cap)
        if high is None:
            return self.to_above_cap.format(low=self.number(low), unit=drug.units.dose, cap=cap)
        return f"{self.amount(low, drug)} alone" if low == high else f"{self.number(low)} to {self.amount(high, drug)}"

    def measured(self, measure: Measure, drug: Drug) -> str:
        """Name what a target is about: the concentration before the next dose."""
        return {
            Measure.RESPONSE: f"the {drug.effect}",
            Measure.TROUGH: "the concentration before the next dose",
            Measure.PEAK: f"the highest concentration{self.over_interval}",
            Measure.AVERAGE: f"the average concentration{self.over_interval}",
        }[measure]

    def limits(self, target: Target, drug: Drug) -> str:
        """Write the window of a target: below 3.3 ng/mL."""
        low, high = ("" if each is None else self.number(each) for each in (target.low, target.high))
        unit = unit_of(target.measure, drug)
        within = self.window.format(low=low, high=high) if low and high else f"above {low}" if low else f"below {high}"
        return f"{within}{self.space}{unit}" if unit else within

    def aim(self, target: Target, drug: Drug) -> str:
        """Write what a dose is to do: keeps the average concentration above 5.6 mg/L."""
        return f"keeps {self.measured(target.measure, drug)} {self.limits(target, drug)}"


def unit_of(measure: Measure, drug: Drug) -> str:
    """Return the unit of what a target is about."""
    return drug.units.response if measure is Measure.RESPONSE else drug.units.concentration


def which_dose(question: Question) -> str:
    """Say which of the doses that reach the target is asked for: "highest" where more only leads away from it."""
    return "highest" if question.target.highest else "lowest"
