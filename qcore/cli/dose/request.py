"""What is asked of `qlinical dose`, refused before the fit of minutes where it is impossible or the study lacks it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from qcore.errors import InvalidValue
from qcore.population.model import PopulationModel
from qcore.study import Study
from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.drug.file import ALIKE, MOST_DOSES, Aim, Drug, Regimen
from qcore.tasks.dosing.drug.match import check_units
from qcore.tasks.dosing.drug.without_file import regimen_of
from qcore.tasks.dosing.target import Measure
from qcore.tasks.dosing.trust.units import limit_unseen
from qcore.tasks.dosing.virtual_population import Population


@dataclass(frozen=True)
class DoseRequest:
    """What the user asks for; None leaves it to the drug's file, or to the study.

    Attributes:
        interval: hours from one dose to the next.
        measure: what a dose is to reach: response, trough, peak or average.
        above: the measure is to stay above this.
        below: the measure is to stay below this.
        share: of people who are to reach it.
        step: doses are whole multiples of it.
        cap: the highest dose that is considered.
        weight: body weights of the people, kg.
        fixed: covariates that are the same in everybody.
    """

    interval: float | None = None
    measure: str | None = None
    above: float | None = None
    below: float | None = None
    share: float | None = None
    step: float | None = None
    cap: float | None = None
    weight: tuple[float, float] | None = None
    fixed: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        """Check what needs neither file nor drug.

        Raises:
            InvalidValue: something is impossible.
        """
        for name in ("interval", "above", "below", "step", "cap"):
            value = getattr(self, name)
            if value is not None and not (isfinite(value) and value > 0):
                raise InvalidValue(f"--{name} is a number above 0, not {value:g}.")
        if self.measure is not None and self.measure not in list(Measure):
            raise InvalidValue(f"--measure is one of {', '.join(Measure)}.")
        if self.measure and self.above is None and self.below is None:
            raise InvalidValue("Say with --above or --below what the measure is to reach.")
        if self.above is not None and self.below is not None and self.above >= self.below:
            raise InvalidValue(f"Nothing is above {self.above:g} and below {self.below:g}: --above is the lower one.")
        if self.share is not None and not 0 < self.share < 1:
            meant = f": for {self.share:g} % say {self.share / 100:g}" if 1 < self.share < 100 else ""
            raise InvalidValue(f"--share lies between 0 and 1{meant or f', and is neither; it was {self.share:g}'}.")
        if self.step is not None and self.cap is not None and self.cap < self.step:
            raise InvalidValue(f"--cap {self.cap:g} is below --step {self.step:g}, so that no dose is left.")

    @property
    def given(self) -> list[str]:
        """Names of the options that were used."""
        return ["with" if name == "fixed" else name for name, value in vars(self).items() if value]

    @property
    def population(self) -> Population:
        """Whom the dose is for."""
        traits = [f"{self.weight[0]:g}-{self.weight[1]:g} kg"] if self.weight else []
        traits += [f"{name}={value:g}" for name, value in (self.fixed or {}).items()]
        return Population(", ".join(traits) or Population().name, self.weight, self.fixed or {})

    def aim(self, usual: Aim) -> Aim:
        """Return what a dose is to reach, where the drug's file or the study says something usual."""
        if self.above is None and self.below is None:
            return usual
        return Aim(measure=Measure(self.measure or usual.measure), low=self.above, high=self.below)

    def regimens(self, usual: Sequence[Regimen]) -> list[Regimen]:
        """Return how a dose is to be given.

        Raises:
            InvalidValue: no dose is left, too many are, or the cap is exceeded.
        """
        if self.interval is None:
            return [self._changed(each, each.name) for each in usual]
        nearest = _nearest(usual, self.interval)
        return [
            self._changed(each, f"every {self.interval:g} h" if len(nearest) == 1 else each.name) for each in nearest
        ]

    def _changed(self, usual: Regimen, name: str) -> Regimen:
        step, cap = self.step or usual.step, self.cap or usual.cap
        if cap > usual.cap:
            raise InvalidValue(f"--cap {cap:g} is above the drug's, {usual.cap:g}: it is never exceeded.")
        if cap < step:
            raise InvalidValue(
                f"The cap of {cap:g} is below the step of {step:g}, so that no dose is left: say a smaller --step."
            )
        if cap / step > MOST_DOSES:
            raise InvalidValue(f"More than {MOST_DOSES:,} doses up to the cap of {cap:g}: say a wider --step.")
        return Regimen(name=name, interval_h=self.interval or usual.interval_h, step=step, cap=cap)


def _nearest(usual: Sequence[Regimen], interval_h: float) -> list[Regimen]:
    """Return the regimens whose step and cap hold at an interval: those that have it, else that of the lowest cap."""
    same = [each for each in usual if abs(each.interval_h - interval_h) < ALIKE * interval_h]
    return same or [min(usual, key=lambda each: each.cap)]


def weights(text: str | None) -> tuple[float, float] | None:
    """Read the body weights of people: 70-140.

    Raises:
        InvalidValue: it is no range of weights.
    """
    if text is None:
        return None
    try:
        low, high = (float(part) for part in text.split("-"))
    except ValueError:
        raise InvalidValue(f"--weight takes two numbers of kg as 70-140, not {text}.") from None
    if not (0 < low < high and isfinite(high)):
        raise InvalidValue(f"--weight takes two numbers of kg above 0, the lower one first, as 70-140, not {text}.")
    return low, high


def covariates(texts: Sequence[str]) -> dict[str, float]:
    """Read covariates that are the same in everybody: COMED=0.

    Raises:
        InvalidValue: one is no number, or is there twice.
    """
    values: dict[str, float] = {}
    for text in texts:
        name, _, value = text.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = float("nan")
        if not name or not isfinite(number):
            raise InvalidValue(f"--with takes COVARIATE=NUMBER, not {text}.")
        if name in values:
            raise InvalidValue(f"--with says {name} twice.")
        values[name] = number
    return values


def check(request: DoseRequest, drug: Drug | None, study: Study) -> None:
    """Check what is asked against a study that was read and not fitted yet.

    Args:
        request: what the user asks for.
        drug: file of the drug; None where the study stands in for it.
        study: as it was read, not fitted yet.

    Raises:
        InvalidValue: the study cannot tell.
    """
    if drug:
        check_units(drug, study.units)
    request.regimens(drug.regimens if drug else [regimen_of(study)])
    usual = drug.aim.measure if drug and not request.measure else request.measure
    if usual == Measure.RESPONSE and not study.has_response:
        raise InvalidValue(
            "The file holds no response: ask for --measure trough, peak or average, or say with --response which DVID "
            "or CMT is the response."
        )
    # Where nothing is said, the aim is one of the response, if there is one.
    likely = Measure.RESPONSE if study.has_response else Measure.AVERAGE
    refuse_limits(request, Measure(usual) if usual else likely, study)
    fixed = request.fixed or {}
    if request.weight and study.weight is None:
        raise InvalidValue("The study has no body weight, so that doses cannot be asked for by weight.")
    if request.weight and study.weight in fixed:
        raise InvalidValue(f"--weight and --with {study.weight} both say what people weigh: leave one out.")
    for name, value in fixed.items():
        if name not in study.covariates:
            known = ", ".join(study.covariates) or "none"
            raise InvalidValue(f"The study has no covariate {name}: it has {known}.")
        if value <= 0 < study.covariate(name).min():
            raise InvalidValue(f"--with {name}={value:g} cannot be: {name} is above 0 in everybody studied.")


def refuse_limits(request: DoseRequest, measure: Measure, study: Study) -> None:
    """Refuse a limit in another unit than the study's: it is far from all that was measured.

    Raises:
        InvalidValue: says how far, and in which unit it was probably meant.
    """
    responds = measure is Measure.RESPONSE
    observed = [each.observations.value[each.observations.response == responds] for each in study.subjects]
    above = np.concatenate(observed)
    above = above[above > 0]
    unit = study.units.response if responds else study.units.concentration
    for limit in (request.above, request.below):
        objection = limit_unseen(limit, (float(above.min()), float(above.max())), unit) if len(above) else ""
        if objection:
            raise InvalidValue(
                f"{objection[0].upper()}{objection[1:]}. Say it{f' in {unit}' if unit else ' otherwise'}."
            )


def questions(request: DoseRequest, drug: Drug, model: PopulationModel) -> list[Question]:
    """Return what is asked of a model, for every regimen and share.

    Raises:
        InvalidValue: a response is asked for, and the model has none.
    """
    target = request.aim(drug.aim).target.of(model.structure.response)
    if target.measure is Measure.RESPONSE and model.structure.response is None:
        raise InvalidValue("No response was modelled: ask for --measure trough, peak or average.")
    shares = (request.share,) if request.share else drug.shares
    regimens = request.regimens(drug.regimens)
    return [Question(request.population, regimen, target, share) for share in shares for regimen in regimens]
