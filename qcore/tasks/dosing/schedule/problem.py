"""A dosing schedule, one level of dose for every period, as a quadratic problem of bits; solved in `search`."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from qcore.errors import InvalidValue
from qcore.optimisation.qubo import MAX_BITS, Qubo, bits, from_form

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ScheduleProblem:
    """Which doses bring the exposure closest to a target, with little change between periods and little drug.

    ``cost = deviation_weight x mean over times of (exposure - target)^2
    + switching_weight x sum over periods of (change of dose)^2 + total_weight x sum of doses``

    Exposure is linear in the doses (kinetics that are not are linear near a reference schedule at best), so the cost is
    quadratic in the bits that choose the levels, and exactly so: no auxiliary bits and no penalty for forbidden
    schedules. The drug's cap holds by construction: there is no string of bits for a dose above it.

    Attributes:
        exposure_per_mg: ``(n_times, n_periods)`` exposure at each time from 1 mg given in each period, in the unit of
            the target per mg; never negative.
        target: ``(n_times,)`` exposure wanted; less what doses before the first period still contribute.
        cap_mg: hard limit of the drug's file for the dose of one period.
        highest_mg: top level; at most the cap.
        lowest_mg: the lowest level that can be chosen.
        bits_per_period: k, for 2^k levels at equal distances; period p has the bits ``p k`` to ``p k + k - 1``, the
            least significant first.
        deviation_weight: cost per squared unit of exposure.
        switching_weight: cost per mg^2 of squared change from one period to the next.
        total_weight: cost per mg given.
        previous_mg: dose before the first period, from which that one is a change; None where there was none to keep.
    """

    exposure_per_mg: Array
    target: Array
    cap_mg: float
    highest_mg: float
    lowest_mg: float = 0.0
    bits_per_period: int = 1
    deviation_weight: float = 1.0
    switching_weight: float = 0.0
    total_weight: float = 0.0
    previous_mg: float | None = None

    def __post_init__(self) -> None:
        """Refuse arrays that do not fit each other, and numbers that cannot be.

        Raises:
            ValueError: the shapes do not fit.
            InvalidValue: a dose is not possible or above the cap, or a number is negative or not finite.
        """
        if self.exposure_per_mg.ndim != 2 or self.target.shape != self.exposure_per_mg.shape[:1]:
            raise ValueError("exposure is (n_times, n_periods) and the target (n_times,)")
        if not self.exposure_per_mg.size:
            raise InvalidValue("A schedule needs at least one period and one time at which its exposure counts.")
        if not 1 <= self.bits_per_period <= MAX_BITS // self.n_periods:
            raise InvalidValue(
                f"{self.n_periods} periods with {self.bits_per_period} bits each are not possible: a period needs at "
                f"least one bit for its dose, and all of them together have at most {MAX_BITS}."
            )
        numbers: dict[str, Array | float] = {
            "The exposure per mg": self.exposure_per_mg,
            "The lowest dose": self.lowest_mg,
            "The highest dose": self.highest_mg,
            "The drug's cap": self.cap_mg,
            "The weight of the deviation": self.deviation_weight,
            "The weight of switching": self.switching_weight,
            "The weight of the total dose": self.total_weight,
            "The previous dose": 0.0 if self.previous_mg is None else self.previous_mg,
        }
        for name, number in numbers.items():
            if not (np.isfinite(number).all() and np.greater_equal(number, 0).all()):
                raise InvalidValue(f"{name} must be a finite number from 0 on.")
        if not np.isfinite(self.target).all():
            raise InvalidValue("The target exposure must be a finite number at every time.")
        if self.lowest_mg >= self.highest_mg:
            raise InvalidValue(
                f"The highest dose, {self.highest_mg:g} mg, must be above the lowest, {self.lowest_mg:g} mg."
            )
        if self.highest_mg > self.cap_mg:
            raise InvalidValue(
                f"The highest dose, {self.highest_mg:g} mg, is above the drug's cap of {self.cap_mg:g} mg a period."
            )

    @property
    def n_periods(self) -> int:
        """Number of doses to choose."""
        return int(self.exposure_per_mg.shape[1])

    @cached_property
    def levels_mg(self) -> Array:
        """Every dose that can be chosen, ``(2^bits_per_period,)`` mg, rising."""
        return np.linspace(self.lowest_mg, self.highest_mg, 2**self.bits_per_period)

    def doses_mg(self, string: int) -> Array:
        """Return the schedule of a string of bits, ``(n_periods,)`` mg."""
        chosen = bits(string, self.n_periods * self.bits_per_period).reshape(self.n_periods, self.bits_per_period)
        return np.asarray(self.levels_mg[chosen @ 2 ** np.arange(self.bits_per_period)])

    def cost(self, doses_mg: Array) -> float:
        """Return what a schedule ``(n_periods,)`` mg costs; see the class."""
        deviation = self.exposure_per_mg @ doses_mg - self.target
        changes = np.diff(doses_mg) if self.previous_mg is None else np.diff(doses_mg, prepend=self.previous_mg)
        return float(
            self.deviation_weight * np.mean(deviation**2)
            + self.switching_weight * np.sum(changes**2)
            + self.total_weight * np.sum(doses_mg)
        )

    @cached_property
    def qubo(self) -> Qubo:
        """The same cost of the bits, as a QUBO."""
        n = self.n_periods
        # Deviations and changes as residuals A d - b of the doses d, whose squares are summed.
        to_changes = np.eye(n) - np.eye(n, k=-1)
        before = np.zeros(n)
        if self.previous_mg is None:
            to_changes[0] = 0.0
        else:
            before[0] = self.previous_mg
        scales = np.sqrt([self.deviation_weight / len(self.target), self.switching_weight])
        residuals = np.concatenate([scales[0] * self.exposure_per_mg, scales[1] * to_changes])
        wanted = np.concatenate([scales[0] * self.target, scales[1] * before])
        # d = lowest + steps x for bits x.
        step_mg = (self.highest_mg - self.lowest_mg) / (2**self.bits_per_period - 1)
        steps = step_mg * np.kron(np.eye(n), 2.0 ** np.arange(self.bits_per_period))
        of_bits = residuals @ steps
        rest = wanted - residuals.sum(axis=1) * self.lowest_mg
        return from_form(
            matrix=of_bits.T @ of_bits,
            linear=self.total_weight * steps.sum(axis=0) - 2 * of_bits.T @ rest,
            offset=float(rest @ rest + self.total_weight * n * self.lowest_mg),
        )
