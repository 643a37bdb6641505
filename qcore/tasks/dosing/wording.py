"""The words of doses: what a dose does, between which doses the answer lies, and for whom the model was not made."""

from collections.abc import Callable
from dataclasses import dataclass

from qcore.population.model import PopulationModel
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.drug.file import Drug, Regimen
from qcore.tasks.dosing.target import Measure, Target
from qcore.tasks.dosing.virtual_population import Population

BEYOND = 0.05
"""Share of a limit by which people may lie outside of what was studied before they are said to."""

Range = tuple[float, float]


@dataclass(frozen=True)
class Wording:
    """The words as one front end sets them; the defaults are those of the command line.

    Attributes:
        number: function that writes a number.
        space: between a number and its unit.
        above_cap: writes a dose above ``{cap}``.
        to_above_cap: writes an interval from the dose ``{low}`` of a ``{unit}`` to above ``{cap}``.
        window: writes limits ``{low}`` and ``{high}``.
        over_interval: follows the highest and the average concentration, to say over which time.
    """

    number: Callable[[float], str] = "{:g}".format
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


def unlike_studied(model: PopulationModel, population: Population) -> dict[str, tuple[Range, Range]]:
    """Return by which covariates people are unlike everybody who was studied, so that a dose is extrapolated to them.

    Args:
        model: the population model of the study.
        population: whom a dose is for.

    Returns:
        Lowest and highest value of the people, and of those studied, by the covariate's name.
    """
    ranges = {name: (value, value) for name, value in population.fixed.items()}
    if model.weight and population.weight_kg:
        ranges[model.weight] = population.weight_kg
    studied = {name: (min(model.covariate(name)), max(model.covariate(name))) for name in ranges}
    return {
        name: ((low, high), studied[name])
        for name, (low, high) in ranges.items()
        if low < studied[name][0] - BEYOND * abs(studied[name][0])
        or high > studied[name][1] + BEYOND * abs(studied[name][1])
    }
