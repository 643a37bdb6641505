"""What the commands for the learned models write, without training anything."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from qcore.cli import app, dosing_models
from qcore.tasks.dosing.networks.evaluation import stored
from qcore.tasks.dosing.networks.evaluation.sizes import SizeErrors
from qcore.tasks.dosing.networks.evaluation.stored import NetworkEvaluation
from qcore.tasks.dosing.networks.released import LEARNED
from qcore.training.dosing import challenge, coverage, differing, floor, release, size

RUNNER = CliRunner()
KEPT = stored.load()


def _size_like_the_first(_validation: object, n_qubits: int, n_layers: int) -> SizeErrors:
    return KEPT.sizes[0].model_copy(update={"n_qubits": n_qubits, "n_layers": n_layers})


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What would have been written, in order; every training is replaced by what is shipped."""
    found: list[object] = []
    validation = SimpleNamespace(
        known=SimpleNamespace(study=KEPT.study),
        study=None,
        run=lambda: KEPT.measured,
        on_progress=lambda *_: None,
    )
    monkeypatch.setattr(dosing_models, "data", lambda: Path("nowhere"))
    monkeypatch.setattr(challenge, "validation", lambda _data, _progress: validation)
    monkeypatch.setattr(challenge, "write_card", lambda: found.append("card"))
    monkeypatch.setattr(stored, "save", found.append)
    monkeypatch.setattr(coverage, "with_networks", lambda measured, _validation: measured)
    monkeypatch.setattr(floor, "floors", lambda _known, _study: KEPT.floors)
    monkeypatch.setattr(release, "release", lambda *_, **__: release.load())
    monkeypatch.setattr(differing, "write_people", lambda _validation: found.append("people"))
    monkeypatch.setattr(size, "train_size", _size_like_the_first)
    monkeypatch.setattr(size, "QUBITS", (1, 2))
    monkeypatch.setattr(size, "LAYERS", (1,))
    return found


def test_networks_are_trained_beside_the_population_model(written: list[object]) -> None:
    shown = RUNNER.invoke(app, ["train", "dosing", "--learned"], catch_exceptions=False)
    assert shown.exit_code == 0
    assert written[-1] == "card"
    for name in LEARNED:
        assert name.split()[-1] in shown.stdout


def test_errors_are_measured_again_and_sizes_stay(written: list[object]) -> None:
    assert RUNNER.invoke(app, ["evaluate", "dosing", "--write"], catch_exceptions=False).exit_code == 0
    assert written == [
        NetworkEvaluation(study=KEPT.study, measured=KEPT.measured, sizes=KEPT.sizes, floors=KEPT.floors),
        "card",
    ]


def test_every_size_is_written_when_it_is_done(written: list[object]) -> None:
    assert RUNNER.invoke(app, ["study", "dosing"], catch_exceptions=False).exit_code == 0
    first = KEPT.with_size(KEPT.sizes[0].model_copy(update={"n_qubits": 1}))
    assert written == [first, "card"], "two qubits and one layer are known"


def test_sizes_are_trained_again_when_that_is_wanted(written: list[object]) -> None:
    assert RUNNER.invoke(app, ["study", "dosing", "--again"], catch_exceptions=False).exit_code == 0
    assert written[1::2] == ["card", "card"]
    assert len(written) == 4


def test_nothing_is_trained_where_all_is_known(written: list[object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "QUBITS", (2,))
    shown = RUNNER.invoke(app, ["study", "dosing"], catch_exceptions=False)
    assert "--again" in shown.stdout
    assert not written
