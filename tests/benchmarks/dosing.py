"""How long doses take: ``python -m tests.benchmarks.dosing``. One run, so that ratios can be compared.

The goals: 10,000 virtual patients x 30 doses at steady state within 5 s, and what-if for one patient within 200 ms.
"""

import time
from collections.abc import Callable

import numpy as np
import torch

from qcore.population.forecast import forecast, learned
from qcore.population.model import load
from qcore.population.steady_state import Interval, SteadyState
from qcore.study import Doses, Observations, Quantity, Subject
from qcore.tasks.dosing.challenge import challenge
from qcore.tasks.dosing.dose_finding import answer
from qcore.tasks.dosing.drug.file import shipped
from qcore.tasks.dosing.fitting import SHIPPED
from qcore.tasks.dosing.virtual_population import Population, people

N_PEOPLE = 2**14
"""More than 10,000; Sobol numbers come in powers of two."""
N_DOSES = 30
REPEATS = 3


def main() -> None:
    """Print a line a measurement, the best of three."""
    model = load(SHIPPED / "challenge.json")
    crowd = people(model, Population("50-100 kg", (50.0, 100.0)), N_PEOPLE, 0)
    doses = torch.linspace(0.5, 15, N_DOSES, dtype=torch.float64)

    def population() -> None:
        state = SteadyState(model.structure, crowd.patients(model), Interval.of(24.0))
        for dose in doses:
            state.responses(dose).amax(-1)

    given = Doses(np.arange(21) * 24.0, np.full(21, 6.0), np.zeros(21), np.ones(21, bool), np.zeros(21))
    seen = Observations(np.array([1.0, 24.0, 24.0]), np.array([1.5, 0.8, 9.0]), np.array([False, False, True]))
    one = Subject("one", {"BW": 70.0, "COMED": 0.0}, given, seen)
    times = np.linspace(0, 600, 200)

    def what_if() -> None:
        patient = learned(model, one)
        forecast(patient, times, Quantity.RESPONSE)

    def questions() -> None:
        answer(model, challenge(shipped("challenge"), model))

    print(f"{N_PEOPLE:,} people x {N_DOSES} doses at steady state: {_best(population):.2f} s (goal 5)")
    print(f"one patient, three measurements, forecast at 200 times with uncertainty: {_best(what_if):.3f} s")
    print(f"the challenge's twelve answers with intervals: {_best(questions, 1):.1f} s")


def _best(call: Callable[[], None], repeats: int = REPEATS) -> float:
    found = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        found.append(time.perf_counter() - start)
    return min(found)


if __name__ == "__main__":
    main()
