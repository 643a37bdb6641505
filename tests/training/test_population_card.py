from pathlib import Path
from types import SimpleNamespace

import pytest
from population_models import population_model

from qcore.population.fitting.search import Tried
from qcore.population.model import load
from qcore.population.structure import Response
from qcore.settings import REPOSITORY
from qcore.tasks.dosing import dose_finding as answers
from qcore.tasks.dosing.challenge import challenge
from qcore.tasks.dosing.dose_finding import answer
from qcore.tasks.dosing.drug.file import shipped
from qcore.tasks.dosing.fitting import SHIPPED
from qcore.training.population import train as training


def test_a_fit_is_written_with_its_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = population_model(Response(partial=True))

    def fitted(name: str, data: bytes, on_step: object, again: bool) -> SimpleNamespace:
        assert (name, data, again) == ("EstData.csv", b"study", True)
        on_step(Tried("a step that was kept", 10.0, 12.0, True))  # type: ignore[operator]
        on_step(Tried("a step that was not", 11.0, 15.0, False))  # type: ignore[operator]
        return SimpleNamespace(model=model)

    monkeypatch.setattr(training, "fitted", fitted)
    for name, few in (("N_PEOPLE", 256), ("N_PEOPLE_A_DRAW", 64), ("N_DRAWS", 5)):
        monkeypatch.setattr(answers, name, few)
    file = tmp_path.joinpath("data", *training.TRIAL)
    file.parent.mkdir(parents=True)
    file.write_bytes(b"study")
    steps: list[Tried] = []
    training.train(tmp_path / "data", steps.append, tmp_path)
    assert load(tmp_path / "challenge.json") == model
    text = (tmp_path / "card.md").read_text(encoding="utf-8")
    assert "| a step that was kept | 10.0 | 12.0 | kept |" in text
    assert "| a step that was not | 11.0 | 15.0 |  |" in text
    assert "| CL | clearance | 0.05 | 5 % |" in text
    assert "COMED multiplies R0" in text
    assert "40 subjects, 800 measurements" in text
    assert len(steps) == 2


@pytest.mark.slow
def test_the_shipped_card_and_the_readme_say_what_the_shipped_model_answers() -> None:
    model = load(SHIPPED / "challenge.json")
    card = (SHIPPED / "card.md").read_text(encoding="utf-8")
    for name, (value, error) in model.with_errors.items():
        row = next(line for line in card.splitlines() if line.startswith(f"| {name} |"))
        assert f"| {value:.4g} | {error} |" in row
    assert model.study in card
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    for each in answer(model, challenge(shipped("challenge"), model)):
        said = f"{each.dose:g} mg", f"{each.low:g} to {each.high:g}"
        question = each.question
        start = f"| {question.population.name} | {question.regimen.name} | {question.share:.0%} |"
        assert f"{start} {said[0]} | {said[1]} |" in card
        assert question.share != 0.9 or f"{said[0]} ({said[1]})" in readme
