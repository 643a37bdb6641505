import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from population_models import population_model
from typer.testing import CliRunner

from qcore.backends.protocol import Backend
from qcore.cli import app
from qcore.cli.dose.command import options_of
from qcore.errors import InvalidValue, MissingAsset
from qcore.population.model import save
from qcore.population.structure import Response
from qcore.settings import Settings
from qcore.study import Units
from qcore.tasks.dosing import dose_finding, fitted_model, fitting
from qcore.tasks.dosing.challenge import challenge
from qcore.tasks.dosing.drug.file import shipped
from qcore.tasks.dosing.networks import released
from qcore.tasks.dosing.networks.dose_finding.backends import NO_NETWORK

FILE = """ID,TIME,AMT,DV,EVID,CMT,DVID,BW,COMED
1,0,100,.,1,1,0,70,0
1,0,0,9.8,0,3,2,70,0
1,1,0,1.5,0,2,1,70,0
1,8,0,1.1,0,2,1,70,0
2,0,50,.,1,1,0,80,1
2,1,0,0.7,0,2,1,80,1
2,8,0,0.5,0,2,1,80,1
2,8,0,7.1,0,3,2,80,1
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that was fitted before: what is kept of a fit is a model for tests."""
    monkeypatch.setattr(fitted_model, "settings", lambda: Settings(programs=tmp_path / "cache" / "programs"))
    monkeypatch.setattr(dose_finding, "N_PEOPLE", 256)
    monkeypatch.setattr(dose_finding, "N_PEOPLE_A_DRAW", 64)
    monkeypatch.setattr(dose_finding, "N_DRAWS", 10)
    path = tmp_path / "study.csv"
    path.write_text(FILE, encoding="utf-8")
    key = fitting.digest(path.read_bytes(), {}, None)
    save(population_model(Response(partial=True)), fitted_model.kept_at(key))
    return path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["dose", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_questions_of_the_challenge_as_json(file: Path) -> None:
    found = json.loads(run(str(file), "--questions", "challenge", "--json"))
    assert len(found["answers"]) == 12
    first = found["answers"][0]
    assert set(first) >= {"model", "population", "comed", "target", "interval_h", "dose_mg", "low", "high"}
    assert first["model"] == "mechanistic"
    assert {each["comed"] for each in found["answers"]} == {"as in the study", "no"}
    assert found["fit"]["numbers"]["CL"] == pytest.approx(0.05)


def test_any_other_question(file: Path) -> None:
    said = ["--drug", "challenge", "--interval", "12", "--measure", "average", "--above", "2", "--share", "0.8"]
    found = json.loads(run(str(file), *said, "--with", "COMED=0", "--weight", "60-90", "--json"))
    (only,) = found["answers"]
    assert (only["interval_h"], only["target"], only["comed"]) == (12, 0.8, "no")
    assert only["dose_mg"] > 0


def test_without_a_drug_file_the_study_says_what_it_can(file: Path) -> None:
    text = run(str(file))
    assert "No drug file was given" in text
    assert "CL" in text
    found = json.loads(run(str(file), "--json"))
    assert found["aim"] == {"measure": "response", "low": None, "high": 5.5}


def test_what_is_told_of_the_drug_contradicts_no_question(file: Path) -> None:
    plain, asked = [str(file)], [str(file), "--measure", "average", "--above", "2", "--interval", "12"]
    usual, instead = (" ".join(run(*each).split()) for each in (plain, asked))
    assert "The interval is then a day, since nobody had a second dose, the aim half of the largest effect" in usual
    assert "Asked for here" not in usual
    assert "Asked for here instead: every 12 h; the average concentration above 2 mg/L." in instead
    assert "Asked for here instead: every 12 h" in json.loads(run(*asked, "--json"))["origin"]


def test_other_programs_are_told_what_was_asked_and_how_sure_the_numbers_are(file: Path) -> None:
    found = json.loads(run(str(file), "--measure", "peak", "--below", "20", "--share", "0.8", "--json"))
    assert found["aim"] == {"measure": "peak", "low": None, "high": 20.0}
    assert found["dose_is"] == "highest"
    assert found["units"] == {"time": "h", "dose": "mg", "concentration": "mg/L", "response": ""}
    assert found["fit"]["standard_errors"]["CL"] == pytest.approx(0.05 * 0.05)
    assert found["fit"]["standard_errors"]["IMAX"] == pytest.approx(0.9 * 0.1 * 0.05)
    assert found["fit"]["standard_errors"]["COMED on R0"] == pytest.approx(0.05)
    (words,) = found["in_words"]
    assert words.startswith(
        f"{found['answers'][0]['dose_mg']:g} mg every 24 h keeps the highest concentration below 20"
    )
    assert not any("networks" in note for note in found["notes"])


def test_the_answer_comes_first_in_a_sentence(file: Path) -> None:
    text = " ".join(
        run(str(file), "--measure", "average", "--above", "2", "--share", "0.8", "--weight", "60-90").split()
    )
    assert re.match(
        r"[\d.]+ mg every 24 h keeps the average concentration above 2 mg/L in 80 % of people of 60-90 kg \(90 % "
        r"interval [\d.]+ to [\d.]+ mg\)\. It is the lowest dose, in steps of 0\.1 mg, that does so",
        text,
    )
    assert "CL 0.05 L/h 70 kg 5 %" in text
    assert "allometry, not fitted): CL to the power of 0.75" in text


def test_a_dose_beyond_the_study_is_said_to_be(file: Path) -> None:
    """As on the page: the study gave 50 and 100 mg once, to people of 70 and 80 kg."""
    asked = [str(file), "--measure", "average", "--above", "2", "--share", "0.8", "--weight", "60-130"]
    beyond = (
        "The study gave single doses only: what repeated doses do is the model's word; the people studied weighed 50 "
        "to 100 kg."
    )
    assert f"Beyond the study: {beyond}" in " ".join(run(*asked).split())
    (answer,) = json.loads(run(*asked, "--json"))["answers"]
    assert answer["beyond_study"] == beyond
    daily = json.loads(run(*asked[:-2], "--drug", "challenge", "--interval", "24", "--json"))["answers"]
    assert [each["beyond_study"] for each in daily] == [""]


def test_units_that_are_said_are_those_of_the_file() -> None:
    assert options_of(("min", None, "ng/mL")).units == Units("min", "", "ng/mL", "")
    assert options_of((None, None, None)).units is None


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (["--cap", "1000", "--drug", "challenge"], "never exceeded"),
        (["--measure", "mood", "--above", "1"], "--measure is one of"),
        (["--measure", "peak"], "--above or --below"),
        (["--weight", "heavy"], "two numbers of kg"),
        (["--with", "COMED"], "COVARIATE=NUMBER"),
        (["--with", "AGE=3"], "no covariate AGE"),
        (["--questions", "all"], "--questions is challenge"),
        (["--questions", "challenge", "--share", "0.8", "--with", "COMED=0"], "leave out --share, --with"),
        (["--step", "-1"], "above 0"),
        (["--route", "mouth"], "--route: .*'oral'"),
    ],
)
def test_what_cannot_be_asked_is_a_sentence(file: Path, said: list[str], sentence: str) -> None:
    with pytest.raises(InvalidValue, match=sentence):
        run(str(file), *said)


def test_the_challenge_asks_for_what_the_study_tells_apart() -> None:
    plain = replace(population_model(Response(partial=True)), covariates=(), weight=None)
    (only,) = {question.population.name for question in challenge(shipped("challenge"), plain)}
    assert only == "as in the study"
    with pytest.raises(InvalidValue, match="the file holds none"):
        challenge(shipped("challenge"), population_model())


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(MissingAsset, match="There is no file"):
        run(str(tmp_path / "none.csv"))


def test_a_drug_file_is_checked() -> None:
    found = CliRunner().invoke(app, ["drug", "check", "assets/drugs/challenge.toml"], catch_exceptions=False)
    assert "is a drug file" in found.stdout
    listed = CliRunner().invoke(app, ["drug", "list"], catch_exceptions=False)
    assert "challenge" in listed.stdout


def test_another_study_is_answered_by_the_mechanistic_model_alone(file: Path) -> None:
    found = json.loads(run(str(file), "--questions", "challenge", "--json", "--backend", "noisy:fez"))
    assert {(each["model"], each["backend"]) for each in found["answers"]} == {("mechanistic", None)}
    assert "no circuit ran" in found["notes"][-1]


def test_a_backend_that_changes_nothing_is_said_to(file: Path) -> None:
    asked = [str(file), "--measure", "average", "--above", "2", "--share", "0.8", "--json"]
    assert not any("no circuit ran" in note for note in json.loads(run(*asked))["notes"])
    found = json.loads(run(*asked, "--backend", "noisy:fez"))
    assert found["notes"][-1] == NO_NETWORK


def test_every_model_answers_the_study_it_was_trained_on(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Said:
        """A model that always says the same."""

        def __init__(self, name: str, runs_on: str | None) -> None:
            self.name, self.runs_on = name, runs_on

        def curves(self, question: dose_finding.Question, *_: object) -> dose_finding.Curves:
            doses = dose_finding.grid(question.regimen)
            best = (doses >= question.regimen.step * 4).double()
            return dose_finding.Curves(doses, best, best.repeat(3, 1), self.name, self.runs_on)

    class Trained:
        """Models of this very study."""

        def dose_models(self, _known: object, place: Backend) -> list[Said]:
            return [Said("quantum", place.name), Said("classical", None)]

    monkeypatch.setattr(released, "load_released", Trained)
    said = [str(file), "--questions", "challenge", "--backend", "noisy:fez:3"]
    found = json.loads(run(*said, "--json"))
    of_quantum = [each for each in found["answers"] if each["model"] == "quantum"]
    assert len(of_quantum) == len(found["answers"]) / 3 == 12
    assert {each["backend"] for each in of_quantum} == {"noisy:fez:3"}
    assert of_quantum[0]["dose_mg"] == of_quantum[0]["low"] == of_quantum[0]["high"] == 2.0
    assert {each["backend"] for each in found["answers"] if each["model"] == "classical"} == {None}
    assert "quantum" in run(*said)


def test_a_processor_is_refused_in_a_sentence(file: Path) -> None:
    for line in ("ibm:fez", "rehearsal:fez"):
        with pytest.raises(InvalidValue, match="forty thousand circuits"):
            run(str(file), "--questions", "challenge", "--backend", line)
