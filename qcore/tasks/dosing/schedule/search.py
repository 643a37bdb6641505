"""Search for a dosing schedule by QAOA on any backend, beside the best one by brute force."""

from dataclasses import dataclass

import numpy as np

from qcore.backends.protocol import Backend, Expectations, Provenance
from qcore.optimisation.qaoa import Plan, QaoaResult, planned
from qcore.optimisation.qaoa import read as read_qaoa
from qcore.tasks.dosing.drug.cap import refuse_above
from qcore.tasks.dosing.schedule.problem import ScheduleProblem

N_LIKELIEST = 10


@dataclass(frozen=True)
class DosingSchedule:
    """One schedule among those a search knows of.

    Attributes:
        doses_mg: dose of every period, mg.
        cost: what the schedule costs, as defined in `ScheduleProblem`.
        probability: that one measurement shows it.
    """

    doses_mg: tuple[float, ...]
    cost: float
    probability: float


@dataclass(frozen=True, eq=False)
class ScheduleResult:
    """The schedules that the search found, beside the best of all.

    Attributes:
        best_sampled: the cheapest schedule among the samples.
        optimum: the cheapest of all, by brute force; one of them where several are equal.
        likeliest: the schedules that measurements show most often, most often first.
        search: how good the search was: gap, probability of the optimum, what guessing does, samples and seed.
    """

    best_sampled: DosingSchedule
    optimum: DosingSchedule
    likeliest: tuple[DosingSchedule, ...]
    search: QaoaResult

    @property
    def provenance(self) -> Provenance:
        """Where the circuits of the search ran."""
        return self.search.provenance

    @property
    def gap(self) -> float:
        """What the schedule found costs more than the optimum; 0 where it is optimal."""
        return self.search.gap

    @property
    def optimum_probability(self) -> float:
        """Probability that one measurement shows an optimal schedule."""
        return self.search.optimum_probability


def read(problem: ScheduleProblem, plan: Plan, measured: Expectations, samples: int, seed: int) -> ScheduleResult:
    """Say which schedules a plan found, wherever it ran; see `qcore.optimisation.qaoa.read`.

    Args:
        problem: what was to be solved.
        plan: made for its `qubo`.
        measured: what the plan's circuit measured.
        samples: how many schedules to draw from what was measured.
        seed: of the generator that draws the samples.

    Raises:
        InvalidValue: the number of samples or the seed is out of range.
        UnsafeDose: a dose above the cap came out.
    """
    search = read_qaoa(plan, measured, samples, seed)

    def schedule(string: int) -> DosingSchedule:
        doses_mg = problem.doses_mg(string)
        refuse_above(float(doses_mg.max()), problem.cap_mg, "in a period")
        return DosingSchedule(
            doses_mg=tuple(doses_mg.tolist()),
            cost=problem.cost(doses_mg),
            probability=float(search.probabilities[string]),
        )

    order = np.argsort(-search.probabilities, kind="stable")[:N_LIKELIEST]
    return ScheduleResult(
        best_sampled=schedule(search.best),
        optimum=schedule(search.minimum.strings[0]),
        likeliest=tuple(schedule(int(string)) for string in order),
        search=search,
    )


def solve(
    problem: ScheduleProblem, backend: Backend, n_layers: int = 2, samples: int = 100, seed: int = 0
) -> ScheduleResult:
    """Search for a schedule by QAOA on a backend, and by brute force.

    What runs on hardware asynchronously takes the same three steps: `planned`, the circuit, `read`.

    Args:
        problem: of at most 9 bits in all, such as 9 days of two doses or 4 weeks of four.
        backend: that runs the circuit.
        n_layers: layers of the QAOA circuit.
        samples: how many schedules to draw from what was measured; the best of them is the answer.
        seed: of the generator that draws the samples.

    Raises:
        InvalidValue: the problem is too large or the same for every schedule, or a setting is out of range.
    """
    plan = planned(problem.qubo, n_layers)
    return read(problem, plan, backend.expectations(plan.circuit, plan.inputs, plan.weights), samples, seed)
