"""Checks of a model against its own study, kept with the model: how well it fits, and what was given and measured."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from qcore.study import Quantity


@dataclass(frozen=True)
class QuantityCheck:
    """How well one quantity is described.

    Attributes:
        inside: share of its measured quantiles that lie where nine in ten studies made up by the model have them.
        by_chance: so many lie there in 99 of 100 studies made up by the model.
        error: standard deviation of what is left of a measurement, as a share of the median of all.
        lowest: the lowest value measured above 0, in the unit of the quantity.
        highest: the highest value measured, in the unit of the quantity.
    """

    inside: float
    by_chance: float
    error: float
    lowest: float
    highest: float


@dataclass(frozen=True)
class Checked:
    """Results of the checks that were made when the model was fitted.

    Attributes:
        described: by quantity that was measured.
        highest_dose: that anybody was given at once, in the study's unit of dose.
        saturation: share by which clearance is less where twice the dose is given; 0 where that is not certain.
        unwatched: half-life of the drug over the longest time anybody was watched after a dose; 0 where that tells
            nothing.
        steady_lag: doses are absorbed after a delay, and some were given at steady state.
        apart: subjects whose concentrations for the same dose are far from those of others, as a clause; "" for none.
    """

    described: Mapping[Quantity, QuantityCheck] = field(default_factory=dict)
    highest_dose: float = 0.0
    saturation: float = 0.0
    unwatched: float = 0.0
    steady_lag: bool = False
    apart: str = ""
