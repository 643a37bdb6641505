"""`qlinical dose` says what is broken before the dose, and names none past the limits: in words and to programs."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from population_models import population_model
from typer.testing import CliRunner

from qcore.cli import app
from qcore.errors import InvalidValue
from qcore.population.checked import Checked, QuantityCheck
from qcore.population.model import PopulationModel, save
from qcore.settings import Settings
from qcore.study import Quantity
from qcore.tasks.dosing import dose_finding, fitted_model, fitting

FILE = """ID,TIME,AMT,DV,EVID,BW,COMED
1,0,100,.,1,70,0
1,1,0,1.5,0,70,0
1,8,0,1.1,0,70,0
2,0,50,.,1,80,1
2,1,0,0.7,0,80,1
2,8,0,0.5,0,80,1
"""
GOOD = QuantityCheck(inside=0.9, by_chance=0.6, error=0.1, lowest=0.5, highest=1.5)
ASKED = ["--measure", "average", "--above", "2", "--share", "0.8"]


@pytest.fixture
def known(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(fitted_model, "settings", lambda: Settings(programs=tmp_path / "cache" / "programs"))
    for name, few in (("N_PEOPLE", 256), ("N_PEOPLE_A_DRAW", 64), ("N_DRAWS", 10)):
        monkeypatch.setattr(dose_finding, name, few)
    path = tmp_path / "study.csv"
    path.write_text(FILE, encoding="utf-8")
    return path


def fit(path: Path, model: PopulationModel) -> None:
    save(model, fitted_model.kept_at(fitting.digest(path.read_bytes(), {}, None)))


def with_check(**changed: float) -> PopulationModel:
    checked = Checked({Quantity.CONCENTRATION: replace(GOOD, **changed)}, highest_dose=100.0)
    return replace(population_model(), checked=checked)


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["dose", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return " ".join(result.stdout.split())


def test_a_failed_check_stands_before_the_dose(known: Path) -> None:
    fit(known, with_check(inside=0.58))
    text = run(str(known), *ASKED)
    assert text.startswith(
        "Doubtful: 58 % of the points of the concentrations lie in the band predicted for them, about 90 % are"
    )
    assert text.index("expected.") < text.index("mg every 24 h keeps")
    found = json.loads(run(str(known), *ASKED, "--json"))
    (check,) = found["failed_checks"]
    assert (check["check"], check["refuses"], found["refused"]) == ("predictive check", False, False)
    assert found["answers"][0]["dose_mg"] > 0


def test_past_the_limit_no_dose_is_named_anywhere(known: Path) -> None:
    fit(known, with_check(error=1.03, inside=0.4))
    text = run(str(known), *ASKED)
    assert text.startswith("No dose is named. 40 % of the points")
    assert "the residual error of the concentrations is 103 % of a measurement." in text
    assert "What to do: Look at the charts of the check" in text
    assert "keeps the average" not in text.replace("A dose that keeps the average", "")
    assert "none is named" in text
    found = json.loads(run(str(known), *ASKED, "--json"))
    assert found["refused"]
    assert [each["check"] for each in found["failed_checks"]] == ["predictive check", "residual error"]
    assert all(found["what_to_do"])
    for row in found["answers"]:
        assert (row["dose_mg"], row["low"], row["high"], row["attained"], row["refused"]) == (
            None,
            None,
            None,
            None,
            True,
        )
    assert all(words.startswith("No dose is named.") for words in found["in_words"])


def test_a_sound_model_says_its_dose_first(known: Path) -> None:
    fit(known, with_check())
    assert run(str(known), *ASKED)[0].isdigit()
    found = json.loads(run(str(known), *ASKED, "--json"))
    assert (found["failed_checks"], found["refused"], found["what_to_do"]) == ([], False, [])


def test_a_limit_in_another_unit_is_refused_before_the_fit(known: Path) -> None:
    with pytest.raises(
        InvalidValue, match=r"The limit of 1100 mg/L is 733 times above .*meant in ng/mL, which is 1.1 mg/L"
    ):
        run(str(known), "--measure", "average", "--above", "1100")
    with pytest.raises(InvalidValue, match="times below the lowest measured"):
        run(str(known), "--measure", "trough", "--below", "0.0011")


def test_a_dose_a_thousand_times_the_highest_given_is_a_mistake_of_units(known: Path, tmp_path: Path) -> None:
    fit(known, with_check())
    drug = tmp_path / "drug.toml"
    text = Path("assets/drugs/challenge.toml").read_text(encoding="utf-8")
    text = (
        text.replace("cap = 100", "cap = 1000000")
        .replace("step = 0.5", "step = 500")
        .replace("cap = 700", "cap = 5000")
    )
    drug.write_text(text.replace('response = "ng/mL"', 'response = ""'), encoding="utf-8")
    slow = with_check()
    place = slow.structure.names.index("CL")
    fit(known, replace(slow, numbers=(*slow.numbers[:place], slow.numbers[place] + 7.0, *slow.numbers[place + 1 :])))
    found = json.loads(run(str(known), "--drug", str(drug), *ASKED, "--interval", "24", "--json"))
    (row,) = found["answers"]
    assert row["dose_mg"] is None
    assert row["refused"]
    (check,) = found["failed_checks"]
    assert "times the highest that was ever given, 100 mg" in check["said"]
