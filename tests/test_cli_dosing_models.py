"""What the commands for the learned models write, without training anything."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from qcore.cli import app, dosing_models
from qcore.training.dosing import challenge, differing, evaluation, release, size
from qcore.training.dosing.evaluation import Evaluation

RUNNER = CliRunner()
KEPT = evaluation.load()


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What would have been written, in order; every training is replaced by what is shipped."""
    found: list[object] = []
    validation = SimpleNamespace(
        known=SimpleNamespace(study=KEPT.study), run=lambda: KEPT.measured, on_progress=lambda *_: None
    )
    monkeypatch.setattr(dosing_models, "data", lambda: Path("nowhere"))
    monkeypatch.setattr(challenge, "validation", lambda _data, _progress: validation)
    monkeypatch.setattr(challenge, "write_card", lambda: found.append("card"))
    monkeypatch.setattr(evaluation, "save", found.append)
    monkeypatch.setattr(evaluation, "with_networks", lambda measured, _validation: measured)
    monkeypatch.setattr(release, "release", lambda *_, **__: release.load())
    monkeypatch.setattr(differing, "write_people", lambda _validation: found.append("people"))
    monkeypatch.setattr(size, "measured", lambda _validation, *shape: KEPT.sizes[shape[0] - 1])
    monkeypatch.setattr(size, "QUBITS", (1, 2))
    monkeypatch.setattr(size, "LAYERS", (1,))
    return found


def test_networks_are_trained_beside_the_population_model(written: list[object]) -> None:
    shown = RUNNER.invoke(app, ["train", "dosing", "--learned"], catch_exceptions=False)
    assert shown.exit_code == 0
    assert written[-1] == "card"
    for name in release.RELEASED:
        assert name.split()[-1] in shown.stdout


def test_errors_are_measured_again_and_sizes_stay(written: list[object]) -> None:
    assert RUNNER.invoke(app, ["evaluate", "dosing", "--write"], catch_exceptions=False).exit_code == 0
    assert written == [Evaluation(study=KEPT.study, measured=KEPT.measured, sizes=KEPT.sizes), "card"]


def test_every_size_is_written_when_it_is_done(written: list[object]) -> None:
    assert RUNNER.invoke(app, ["study", "dosing"], catch_exceptions=False).exit_code == 0
    assert written == [KEPT, "card", KEPT, "card"]
