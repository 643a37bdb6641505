"""What is said of a dose: which one, what it does, and what is to be known before going by it."""

from dataclasses import replace

import pytest
from population_models import population_model

from qcore.cli.dose.models import comparison
from qcore.cli.dose.report import Report
from qcore.cli.dose.wording import notes, sentence
from qcore.io.nonmem.options import Options, Route
from qcore.io.nonmem.reader import ReadStudy, read_study
from qcore.population.model import PopulationModel
from qcore.tasks.dosing.dose_finding import Answer, Question
from qcore.tasks.dosing.drug.file import Drug, UnitsOf, shipped
from qcore.tasks.dosing.fitted_model import Fitted
from qcore.tasks.dosing.target import Measure, Target
from qcore.tasks.dosing.virtual_population import Population

DRUG = shipped("challenge")
DAILY = DRUG.regimens[0]
STUDIED = Population()
INTRAVENOUS = DRUG.model_copy(update={"route": "intravenous"})


def answered(
    target: Target,
    dose: float | None,
    low: float | None,
    high: float | None,
    attained: float = 0.9,
    population: Population = STUDIED,
) -> Answer:
    return Answer(Question(population, DAILY, target, 0.9), dose, low, high, attained)


RESPONSE = Target(Measure.RESPONSE, high=3.3, lowered=True)
PEAK, WINDOW = Target(Measure.PEAK, high=20.0), Target(Measure.TROUGH, low=1.0, high=2.0)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (
            answered(RESPONSE, 5.5, 4.5, 6.5, 0.9012),
            "5.5 mg once daily keeps the biomarker below 3.3 ng/mL in 90 % of people like those studied (90 % interval "
            "4.5 to 6.5 mg). It is the lowest dose, in steps of 0.5 mg, that does so; it reaches 90.1 %.",
        ),
        (
            answered(RESPONSE, None, None, None, 0.5),
            "No dose up to 100 mg once daily keeps the biomarker below 3.3 ng/mL in 90 % of people like those studied: "
            "100 mg does so in 50 %.",
        ),
        (
            answered(PEAK, 7.0, 5.0, 9.0, population=Population("x", (70.0, 140.0), {"COMED": 0.0})),
            "7 mg once daily keeps the highest concentration below 20 mg/L in 90 % of people of 70-140 kg with COMED=0 "
            "(90 % interval 5 to 9 mg). It is the highest dose, in steps of 0.5 mg, that does so; it reaches 90 %.",
        ),
        (
            answered(PEAK, 100.0, 100.0, 100.0, 1.0),
            "100 mg once daily keeps the highest concentration below 20 mg/L in 90 % of people like those studied "
            "(90 % interval 100 mg alone). It is the highest dose considered; it reaches 100 %.",
        ),
        (
            answered(PEAK, None, 0.0, 1.0, 0.2),
            "No dose up to 100 mg once daily keeps the highest concentration below 20 mg/L in 90 % of people like "
            "those studied: even 0.5 mg, the lowest, does so in 20 %.",
        ),
        (
            answered(WINDOW, 3.0, 2.5, None),
            "3 mg once daily keeps the concentration before the next dose above 1 and below 2 mg/L in 90 % of people "
            "like those studied (90 % interval 2.5 to over 100 mg). It is the lowest dose, in steps of 0.5 mg, that "
            "does so; it reaches 90 %.",
        ),
    ],
)
def test_an_answer_is_a_sentence(found: Answer, said: str) -> None:
    assert sentence(found, DRUG) == said


def read(infused: bool = False, known: bool = True) -> ReadStudy:
    rate = 50 if infused else "."
    text = f"ID,TIME,AMT,RATE,DV\n1,0,100,{rate},.\n1,3,.,.,1.5\n2,0,100,{rate},.\n2,3,.,.,1.7\n"
    route = Route.ORAL if known and not infused else None
    return read_study("study.csv", text.encode(), None, Options(route=route))


def into_blood() -> PopulationModel:
    model = population_model()
    return replace(model, structure=replace(model.structure, absorbed=False))


@pytest.mark.parametrize(
    ("study", "model", "drug", "found", "said"),
    [
        (read(), population_model(), DRUG, answered(PEAK, 1.0, 1.0, 1.0), []),
        (read(known=False), population_model(), DRUG, answered(PEAK, 1.0, 1.0, 1.0), ["--route intravenous"]),
        (read(known=False), into_blood(), INTRAVENOUS, answered(PEAK, 1.0, 1.0, 1.0), ["--route oral or subc"]),
        (read(), into_blood(), DRUG, answered(PEAK, 1.0, 1.0, 1.0), ["file says oral; in the study"]),
        (read(True), into_blood(), INTRAVENOUS, answered(PEAK, 1.0, 1.0, 1.0), ["usually took 2 h; the dose"]),
        (read(True), into_blood(), INTRAVENOUS, answered(Target(Measure.AVERAGE, low=1.0), 1.0, 1.0, 1.0), []),
    ],
)
def test_what_is_to_be_known_of_doses(
    study: ReadStudy, model: PopulationModel, drug: Drug, found: Answer, said: list[str]
) -> None:
    told = notes(study, model, drug, [found])
    assert len(told) == len(said)
    assert all(part in note for part, note in zip(said, told, strict=True))


@pytest.mark.parametrize(
    ("population", "said"),
    [
        (STUDIED, []),
        (Population("x", (50.0, 100.0)), []),
        (Population("x", None, {"COMED": 0.0}), ["COMED was not found to change anything"]),
    ],
)
def test_covariates_that_change_nothing_are_said_to(population: Population, said: list[str]) -> None:
    found = answered(PEAK, 1.0, 1.0, 1.0, population=population)
    told = notes(read(), population_model(), DRUG, [found, found])
    assert len(told) == len(said)
    assert all(part in note for part, note in zip(said, told, strict=True))


def test_what_speaks_against_a_model_stands_below_the_answer() -> None:
    found = Fitted(read(), population_model(), False)
    said = Report([answered(PEAK, 1.0, 1.0, 1.0)], [], DRUG, found, ["Last."], False, ("It is of one subject.",))
    first, second, blank, *rest = said.parts()
    assert isinstance(first, str)
    assert first.startswith("1 mg once daily")
    assert (second, blank) == ("Doubtful: It is of one subject.", "")
    assert "- Last." in rest
    assert said.json()["doubts"] == ["It is of one subject."]


def test_doses_in_other_units_are_not_called_mg() -> None:
    drug = DRUG.model_copy(update={"units": UnitsOf(dose="ug", concentration="ug/L")})
    model = replace(population_model(), covariates=())
    said = Report([answered(PEAK, 1.0, 1.0, 1.0)], [], drug, Fitted(read(), model, False), [], False)
    (row,) = said.json()["answers"]
    assert row["dose"] == 1.0
    assert not {"dose_mg", "comed"} & set(row)
    assert said.json()["units"]["dose"] == "ug"


@pytest.mark.parametrize(
    ("found", "written"),
    [
        (answered(RESPONSE, None, None, None), "over 100"),
        (answered(RESPONSE, 6.0, 5.0, 7.5), "6 (5-7.5)"),
        (answered(RESPONSE, 6.0, 5.0, None), "6 (5-over 100)"),
        (answered(RESPONSE, 6.0, 6.0, 6.0), "6"),
        (answered(PEAK, None, 0.0, 1.0), "under 0.5 (0-1)"),
    ],
)
def test_a_cell_says_nothing_twice(found: Answer, written: str) -> None:
    (table,) = comparison([found], [], "mg")
    assert list(table.columns[1].cells) == [written]
