import numpy as np
import pytest
import torch
from scipy.integrate import solve_ivp
from trials import doses, subject

from qcore.population.design import design
from qcore.population.predict import exposure, prediction
from qcore.population.scan import scan
from qcore.population.structure import Response, ResponseKind, Structure
from qcore.population.turnover import nodes, panel_weights
from qcore.study import Study

CLEARANCE, VOLUME, ABSORPTION, BASELINE = 0.3, 8.0, 1.1, 20.0
TIMES = (-3.0, 0.0, 1, 3, 5, 24, 30, 47, 100, 120, 130, 160, 400)
GIVEN = np.arange(6) * 24.0


def concentration(time: float) -> float:
    rate = CLEARANCE / VOLUME
    since = np.maximum(time - GIVEN, 0)
    each = np.exp(-rate * since) - np.exp(-ABSORPTION * since)
    return float((10 / VOLUME * ABSORPTION / (ABSORPTION - rate) * each).sum())


def solved(response: Response, loss: float) -> np.ndarray:
    def effect(time: float) -> float:
        there = concentration(time) ** (2 if response.hill else 1)
        return (-0.9 if response.inhibits else 3.0) * there / (0.5 ** (2 if response.hill else 1) + there)

    def slope(time: float, state: np.ndarray) -> np.ndarray:
        if response.kind is ResponseKind.PRODUCTION:
            return loss * BASELINE * (1 + effect(time)) - loss * state
        return loss * BASELINE - loss * (1 + effect(time)) * state

    if response.kind is ResponseKind.DIRECT:
        return np.array([BASELINE * (1 + effect(time)) for time in TIMES])
    found, state, start = [], np.array([BASELINE]), TIMES[0]
    for time in sorted({*TIMES, *GIVEN}):
        if time > start:
            state = solve_ivp(slope, (start, time), state, rtol=1e-9, atol=1e-11, method="LSODA").y[:, -1]
        start = time
        found += [state[0]] if time in TIMES else []
    return np.array(found)


@pytest.mark.parametrize("hill", [False, True])
@pytest.mark.parametrize("lowers", [False, True])
@pytest.mark.parametrize("kind", ResponseKind)
@pytest.mark.parametrize(("loss", "tolerance"), [(0.01, 1e-5), (0.3, 1e-4), (20.0, 0.05)])
def test_a_response_follows_its_differential_equation(
    kind: ResponseKind, lowers: bool, hill: bool, loss: float, tolerance: float
) -> None:
    """A loss of 20 an hour is far faster than panels, and is only roughly followed."""
    response = Response(kind, lowers, partial=True, hill=hill)
    study = Study((subject("one", doses(GIVEN, 10.0), responses=TIMES),), ())
    numbers = {"CL": CLEARANCE, "V": VOLUME, "KA": ABSORPTION, "R0": BASELINE, "KOUT": loss}
    numbers |= {"IMAX": 0.9, "SMAX": 3.0, "EC50": 0.5, "HILL": 2.0}
    patients = {name: torch.tensor([value], dtype=torch.float64) for name, value in numbers.items()}
    structure, laid = Structure(response=response, iiv=("CL",)), design(study, ratio=2.0)
    got = prediction(structure, patients, exposure(structure, patients, laid), laid)[0]
    np.testing.assert_allclose(got, solved(response, loss), atol=tolerance * BASELINE)


@pytest.mark.parametrize("product", [0.0, 1e-3, 1.0, 3.99, 4.01, 50.0])
def test_weights_integrate_polynomials_exactly(product: float) -> None:
    weights, x = panel_weights(torch.tensor(product, dtype=torch.float64)), nodes()
    fine, fine_weights = np.polynomial.legendre.leggauss(200)
    at = (fine + 1) / 2
    for power in range(5):
        wanted = (fine_weights / 2 * product * np.exp(-product * (1 - at)) * at**power).sum()
        assert float((weights * x**power).sum()) == pytest.approx(wanted, abs=1e-11)


def test_a_scan_is_the_recurrence() -> None:
    generator = torch.Generator().manual_seed(0)
    kept, gained = torch.rand(2, 3, 13, 2, generator=generator, dtype=torch.float64)
    state, wanted = torch.zeros(3, 2, dtype=torch.float64), []
    for step in range(13):
        state = kept[:, step] * state + gained[:, step]
        wanted.append(state)
    torch.testing.assert_close(scan(kept, gained, 1), torch.stack(wanted, 1))
