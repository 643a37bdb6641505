"""The mechanistic model as a base: the mean over people, or the person whom the early samples show."""

import numpy as np
import torch
from made_up_study import changed, study

from qcore.population.structure import Effect, ResidualError, Response, ResponseKind, Structure
from qcore.study import Quantity, Study
from qcore.tasks.dosing.networks.base import TINY
from qcore.tasks.dosing.networks.mechanistic import Mechanistic
from qcore.tasks.dosing.networks.samples import Moments, measured_moments, moments_at

STRUCTURE = Structure(
    response=Response(ResponseKind.DIRECT),
    iiv=("CL", "V", "R0"),
    effects=(Effect("CL", "WT", 70.0, 1.0), Effect("V", "WT", 70.0, 1.0), Effect("R0", "FLAG")),
    residual={quantity: ResidualError(additive=False) for quantity in Quantity},
)
END = 30.0


def numbers() -> torch.Tensor:
    """Those of the made-up study: CL, V, KA, R0, EC50, FLAG on R0, three omegas, two errors."""
    found = [np.log(0.05 * 7), np.log(7.0), 0.0, np.log(8.0), 0.0, np.log(0.7), *np.log([0.2, 0.2, 0.2, 0.05, 0.05])]
    return torch.tensor(np.array(found), dtype=torch.float64)


def error(whole: Study, base: Mechanistic, moments: Moments) -> float:
    ratio = torch.log(moments.measured) - base.log_predicted(whole, moments)
    return float(ratio.square().nanmean().sqrt())


def test_early_samples_bring_the_prediction_close_to_what_follows() -> None:
    whole = study(12)
    moments = measured_moments(whole, END)
    unseen, known = (error(whole, Mechanistic(STRUCTURE, numbers(), end), moments) for end in (None, END))
    assert unseen > 0.15
    assert known < 0.12


def test_rows_are_where_they_belong() -> None:
    whole = study(6, noise=0.0)
    base = Mechanistic(STRUCTURE, numbers(), None)
    moments = moments_at([np.array([50.0, 0.0, 5.0])] * 6)
    said = base.log_predicted(whole, moments)
    for place in range(6):
        alone = base.log_predicted(whole, moments_at([np.array([5.0])] * 6))
        torch.testing.assert_close(said[3 * place + 2], alone[place], rtol=1e-6, atol=1e-9)
    assert bool((said[1::3, 0] == np.log(TINY)).all())
    assert bool((said[[0, 1, 2], 0] == np.log(TINY)).all())


def test_the_mean_over_people_lies_above_the_typical_course() -> None:
    whole = study(3)
    moments = moments_at([np.array([0.0])] * 3)
    said = Mechanistic(STRUCTURE, numbers(), None).log_predicted(whole, moments)[0, 1]
    # Of a log-normal parameter: half its variance.
    assert abs(float(said) - np.log(8.0) - 0.2**2 / 2) < 0.002


def test_a_forecast_does_not_know_what_comes_later() -> None:
    whole = study(6)
    base, moments = Mechanistic(STRUCTURE, numbers(), END), measured_moments(whole, END)
    before = base.log_predicted(whole, moments)
    torch.testing.assert_close(base.log_predicted(changed(whole, 4, 3.0, END), moments), before, rtol=0, atol=0)
    assert not torch.equal(base.log_predicted(changed(whole, 4, 1.5), moments), before)
