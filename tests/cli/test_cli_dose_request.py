"""What is asked of a dose is refused before a fit of minutes, in a sentence, where it cannot be answered."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from population_models import population_model
from typer.testing import CliRunner

from qcore.cli import app
from qcore.cli.dose.request import DoseRequest, check, covariates, questions, weights
from qcore.errors import InvalidValue, QlinicalError
from qcore.population.structure import Response
from qcore.study import Doses, Observations, Study, Subject, Units
from qcore.tasks.dosing import fitted_model
from qcore.tasks.dosing.drug.file import Aim, Drug, Regimen, shipped
from qcore.tasks.dosing.drug.without_file import drug_of
from qcore.tasks.dosing.target import Measure

FILE = """ID,TIME,AMT,DV,EVID,BW,COMED
1,0,100,.,1,70,0
1,1,0,1.5,0,70,0
1,8,0,1.1,0,70,0
2,0,50,.,1,80,1
2,1,0,0.7,0,80,1
2,8,0,0.5,0,80,1
"""
NONE = np.zeros(1)
GIVEN = Doses(NONE, np.array([100.0]), NONE, NONE == 0, NONE)
SEEN = Observations(np.array([1.0]), np.array([1.5]), np.zeros(1, dtype=np.bool_))
STUDY = Study(
    tuple(
        Subject(str(weight), {"BW": weight, "COMED": taken}, GIVEN, SEEN)
        for weight, taken in ((70.0, 0.0), (80.0, 1.0))
    ),
    ("BW", "COMED"),
    weight="BW",
)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"above": -1.0}, "--above is a number above 0, not -1"),
        ({"below": 0.0}, "--below is a number above 0, not 0"),
        ({"above": float("nan")}, "--above is a number above 0"),
        ({"interval": float("inf")}, "--interval is a number above 0"),
        ({"interval": -24.0}, "--interval is a number above 0"),
        ({"step": 0.0}, "--step is a number above 0"),
        ({"cap": 0.0}, "--cap is a number above 0"),
        ({"cap": 1.0, "step": 2.0}, "--cap 1 is below --step 2"),
        ({"above": 5.0, "below": 5.0}, "above 5 and below 5"),
        ({"measure": "mood", "above": 1.0}, "--measure is one of"),
        ({"measure": "trough"}, "--above or --below"),
        ({"share": 90.0}, "for 90 % say 0.9"),
        ({"share": 0.0}, "between 0 and 1"),
        ({"share": 1.0}, "between 0 and 1"),
        ({"share": -0.5}, "between 0 and 1"),
        ({"share": float("nan")}, "between 0 and 1"),
    ],
)
def test_what_no_study_could_answer_is_refused_at_once(options: dict[str, float], sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        DoseRequest(**options)


@pytest.mark.parametrize("text", ["heavy", "70", "100-50", "0-3", "50-50", "-5-10", "nan-80", "60-inf", "1-2-3"])
def test_weights_are_two_numbers_that_rise(text: str) -> None:
    with pytest.raises(InvalidValue, match="two numbers of kg"):
        weights(text)


def test_what_weights_and_covariates_say() -> None:
    assert weights(None) is None
    assert weights("50-100.5") == (50, 100.5)
    assert covariates(["COMED=0", "BW=70"]) == {"COMED": 0, "BW": 70}


@pytest.mark.parametrize(
    "texts", [["COMED"], ["=1"], ["COMED=yes"], ["COMED=nan"], ["COMED=inf"], ["COMED=0", "COMED=1"]]
)
def test_covariates_are_numbers(texts: list[str]) -> None:
    with pytest.raises(InvalidValue, match="--with"):
        covariates(texts)


@pytest.mark.parametrize(
    ("wanted", "sentence"),
    [
        (DoseRequest(measure="response", above=1.0), "holds no response"),
        (DoseRequest(fixed={"AGE": 3.0}), "no covariate AGE: it has BW, COMED"),
        (DoseRequest(fixed={"BW": -5.0}), "BW=-5 cannot be"),
        (DoseRequest(fixed={"BW": 0.0}), "BW=0 cannot be"),
        (DoseRequest(fixed={"BW": 60.0}, weight=(50.0, 70.0)), "leave one out"),
        (DoseRequest(cap=2000.0), "never exceeded"),
        (DoseRequest(cap=1.0), "smaller --step"),
        (DoseRequest(step=2000.0), "no dose is left"),
        (DoseRequest(step=1e-6), "wider --step"),
    ],
)
def test_what_this_study_cannot_answer_is_refused_before_it_is_fitted(wanted: DoseRequest, sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        check(wanted, None, STUDY)


def test_what_can_be_answered_is_not_refused() -> None:
    check(DoseRequest(fixed={"COMED": 0.0}, weight=(50.0, 70.0), share=0.9, above=1.0, below=2.0), None, STUDY)
    with pytest.raises(InvalidValue, match="no body weight"):
        check(DoseRequest(weight=(50.0, 70.0)), None, replace(STUDY, weight=None))


def test_a_drugs_file_in_other_units_is_refused() -> None:
    regimen = Regimen(name="daily", interval_h=24, step=1, cap=10)
    drug = Drug(
        name="x", about="", route="oral", regimens=(regimen,), aim=Aim(measure=Measure.PEAK, low=1.0), shares=(0.9,)
    )
    check(DoseRequest(), drug, STUDY)
    with pytest.raises(InvalidValue, match="the dose in mg, the study in ug"):
        check(DoseRequest(), drug, replace(STUDY, units=Units(dose="ug")))
    with pytest.raises(InvalidValue, match="holds no response"):
        check(DoseRequest(above=1.0), shipped("challenge"), STUDY)


def test_what_is_said_takes_the_place_of_what_is_usual() -> None:
    model = population_model(Response())
    drug = drug_of("study", STUDY, model)
    (usual, fewer) = questions(DoseRequest(), drug, model)
    assert (usual.share, fewer.share) == drug.shares
    assert usual.target.measure is Measure.RESPONSE
    assert not usual.target.highest
    wanted = DoseRequest(interval=12.0, measure="peak", below=20.0, share=0.8, step=1.0, cap=50.0, fixed={"COMED": 0.0})
    (only,) = questions(wanted, drug, model)
    assert only.regimen == Regimen(name="every 12 h", interval_h=12, step=1, cap=50)
    assert (only.population.name, only.share) == ("COMED=0", 0.8)
    assert only.target.highest


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--above", "-1"], "above 0"),
        (["--share", "90"], "say 0.9"),
        (["--weight", "100-50"], "lower one first"),
        (["--with", "BW=-5"], "cannot be"),
        (["--with", "APGR=3"], "no covariate APGR"),
        (["--measure", "response", "--below", "3"], "no response"),
        (["--questions", "challenge"], "no response"),
        (["--cap", "5000"], "never exceeded"),
        (["--drug", "nothing"], "There is no drug file"),
        (["--questions", "all"], "--questions is challenge"),
    ],
)
def test_nothing_is_fitted_for_what_cannot_be_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str], sentence: str
) -> None:
    def fit(*_: object) -> None:
        pytest.fail("fitted for nothing")

    monkeypatch.setattr(fitted_model, "fitted_now", fit)
    file = tmp_path / "study.csv"
    file.write_text(FILE, encoding="utf-8")
    with pytest.raises(QlinicalError, match=sentence):
        CliRunner().invoke(app, ["dose", str(file), *options], catch_exceptions=False)
