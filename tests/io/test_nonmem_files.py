"""Public PK/PD data sets are read as they are published, with nothing lost that the file holds."""

import math
from pathlib import Path

import numpy as np
import pytest

from qcore.errors import UnreadableInput
from qcore.io.nonmem.columns.roles import Role
from qcore.io.nonmem.options import Occasions, Options, Route
from qcore.io.nonmem.reader import ReadStudy, read_study
from qcore.study import Study, Units


def read(data: Path, path: str, options: Options | None = None) -> ReadStudy:
    return read_study(path, (data / path).read_bytes(), options=options)


def sizes(study: Study) -> tuple[int, int, int, int]:
    """Subjects, doses, concentrations, responses."""
    response = np.concatenate([subject.observations.response for subject in study.subjects])
    doses = sum(len(subject.doses.time) for subject in study.subjects)
    return len(study.subjects), doses, int((~response).sum()), int(response.sum())


@pytest.mark.parametrize(
    ("path", "options", "expected", "route_known"),
    [
        ("lsqi/EstData.csv", Options(), (48, 756, 864, 1200), True),
        ("pkpd/R_Theoph.csv", Options(), (12, 12, 132, 0), False),
        ("pkpd/R_Indometh.csv", Options(dose=25, route=Route.INTRAVENOUS), (6, 6, 66, 0), True),
        ("pkpd/nlmixr2data_pheno_sd.csv", Options(), (59, 589, 155, 0), False),
        ("pkpd/nlmixr2data_nimoData.csv", Options(leave_out_negative=True), (12, 120, 320, 0), True),
        ("pkpd/nlmixr2data_mavoglurant.csv", Options(), (120, 120, 1494, 0), True),
        ("pkpd/nlmixr2data_mavoglurant.csv", Options(occasions=Occasions.SEPARATE), (198, 198, 2427, 0), True),
        ("pkpd/nlme_Quinidine.csv", Options(), (136, 1028 + 2049, 361, 0), False),
    ],
)
def test_sizes(data: Path, path: str, options: Options, expected: tuple[int, int, int, int], route_known: bool) -> None:
    found = read(data, path, options)
    assert sizes(found.study) == expected
    assert found.route_known is route_known


def test_the_trial_with_placebo(data: Path) -> None:
    study = read(data, "lsqi/EstData.csv").study
    placebo = [subject for subject in study.subjects if not len(subject.doses.time)]
    assert len(placebo) == 12
    assert all(subject.observations.response.all() for subject in placebo)
    assert (study.covariates, study.weight) == (("BW", "COMED"), "BW")
    treated = next(subject for subject in study.subjects if subject.name == "20")
    assert treated.doses.absorbed.all()
    np.testing.assert_array_equal(np.diff(treated.doses.time), 24.0)
    assert treated.observations.time[:3].tolist() == [0, 1, 1]
    assert treated.observations.value[:3].tolist() == [8.82367, 0.391192, 9.68535]
    assert treated.observations.response[:3].tolist() == [True, False, True]


def test_a_dose_per_kg(data: Path) -> None:
    plain = read(data, "pkpd/R_Theoph.csv")
    assert any("267.8 to 320.6" in doubt and "per kg" in doubt for doubt in map(str, plain.doubts))
    found = read(data, "pkpd/R_Theoph.csv", Options(dose_per_kg=True, route=Route.ORAL))
    first = found.study.subjects[0].doses
    assert (first.time.tolist(), first.amount.tolist()) == ([0.0], [pytest.approx(4.02 * 79.6)])
    assert found.route_known


def test_a_file_without_doses_says_what_to_do(data: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"holds no dose.*say how much and by which route"):
        read(data, "pkpd/R_Indometh.csv")


def test_a_negative_concentration_is_named(data: Path) -> None:
    with pytest.raises(UnreadableInput, match=r"^Line 432, column 'DV': The concentration -0.2319 is below 0"):
        read(data, "pkpd/nlmixr2data_nimoData.csv", Options())


def test_logarithms_are_raised(data: Path) -> None:
    found = read(data, "pkpd/nlmixr2data_nimoData.csv", Options(logarithm=True))
    assert sizes(found.study) == (12, 120, 321, 0)
    assert found.study.subjects[0].observations.value[0] == pytest.approx(math.exp(4.1288))
    assert any("logarithms" in note for note in map(str, found.notes))


def test_infusions_and_occasions(data: Path) -> None:
    units = Units(concentration="ng/mL")
    found = read(data, "pkpd/nlmixr2data_mavoglurant.csv", Options(units=units, occasions=Occasions.SEPARATE))
    assert found.study.units is units
    assert found.columns.roles[Role.OCCASION] == "OCC"
    by_name = {subject.name: subject for subject in found.study.subjects}
    first, second = by_name["829"], by_name["829 (occasion 2)"]
    assert not first.doses.absorbed.any()
    assert first.doses.duration.tolist() == [pytest.approx(1 / 6)]
    assert second.doses.time.tolist() == [0.0]
    assert any(
        "78 occasions of 78 subjects" in note and "both sides of a split" in note for note in map(str, found.notes)
    )


def test_an_interval_speaks_of_the_past(data: Path) -> None:
    found = read(data, "pkpd/nlme_Quinidine.csv")
    by_name = {subject.name: subject for subject in found.study.subjects}
    assert sum(bool((subject.doses.steady_interval > 0).any()) for subject in by_name.values()) == 75
    # On lines 2 to 8 doses without interval, then a sample at 49.25 h and a dose every 6 h up to the one at 138 h.
    doses = by_name["1"].doses
    assert doses.time[:9].tolist() == [0, 3, 6, 16, 24, 32, 40, 54, 60]
    assert 138.0 in doses.time
    assert doses.amount[doses.time == 54].tolist() == [201.0]
    assert {"Smoke: yes", "Race: Black", "Ethanol: none", "Weight"} <= set(found.study.covariates)
    assert by_name["9"].doses.steady_interval[0] == 6.0
