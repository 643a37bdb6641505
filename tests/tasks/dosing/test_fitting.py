"""A model for a study: that which comes with Qlinical where there is one, else a fit that can be stopped."""

from pathlib import Path

import pytest

from qcore.io.nonmem.reader import read_study
from qcore.settings import settings
from qcore.tasks.dosing.drug.file import shipped
from qcore.tasks.dosing.fitting import TRIAL, FitStopped, fitted_to, model_of

SINGLE = "ID,TIME,AMT,DV\n" + "".join(
    f"{person},0,100,\n" + "".join(f"{person},{time},,{value * (1 + person / 10):g}\n" for time, value in CURVE)
    for person in range(1, 7)
    for CURVE in [((0.5, 4.1), (1, 6.2), (2, 6.0), (4, 4.4), (8, 2.1), (12, 1.1))]
)


def test_the_trial_of_the_challenge_needs_no_fit(data: Path) -> None:
    file = data.joinpath(*TRIAL).read_bytes()
    read = read_study(TRIAL[-1], file)
    found = fitted_to(read, file, on_step=lambda _: pytest.fail("it was fitted"))
    assert found == model_of(shipped("challenge"))


def test_a_fit_ends_when_it_is_not_wanted_any_more() -> None:
    file = SINGLE.encode()
    read = read_study("single.csv", file)

    def stop(_: object) -> None:
        raise FitStopped

    with pytest.raises(FitStopped):
        fitted_to(read, file, on_step=stop)
    assert not (settings().programs.parent / "population").exists()
