"""Sweeps: what a specification means, that each cell is what it says, resuming, failing, stopping, the command."""

import json
from pathlib import Path

import pandas as pd
import pytest
import torch
from distributed import Client
from sklearn.metrics import roc_auc_score
from sweep_grids import GRID, grid
from toys import Command

from qcore.backends.registry import backend
from qcore.errors import InvalidValue
from qcore.models.encoded import n_parameters
from qcore.models.families import FAMILIES, Kind
from qcore.tasks.classification import store
from qcore.training.loop.network import fit_network, outputs, smoothed_cross_entropy
from qcore.training.loop.recipe import Recipe
from qcore.training.sweep import data as sweep_data
from qcore.training.sweep.run import comparison, read_results, run_sweep, train_cell, unfinished
from qcore.training.sweep.spec import CONTROL, HYBRID, NO_DEVICE, Sweep, read_sweep


@pytest.fixture
def asked(tmp_path: Path) -> Sweep:
    return read_sweep(grid(tmp_path))


def test_a_result_that_was_cut_off_is_trained_again(asked: Sweep, tmp_path: Path) -> None:
    cell = asked.cells()[0]
    (tmp_path / f"{cell.key}.parquet").write_bytes(b"PAR1")
    assert unfinished([cell], tmp_path) == [cell]
    assert read_results(tmp_path, [cell]).empty


def test_results_need_a_folder(asked: Sweep, tmp_path: Path) -> None:
    file = tmp_path / "results"
    file.touch()
    with pytest.raises(InvalidValue, match="is a file: choose a folder"):
        run_sweep(asked.cells(), sweep_data.load("toy", None, None), file, None)


@pytest.mark.parametrize("role", [HYBRID, CONTROL])
def test_a_cell_is_the_training_loop_on_that_device_with_that_seed(asked: Sweep, role: str) -> None:
    data = sweep_data.load("toy", 120, None)
    cell = next(c for c in asked.cells() if c.role == role and c.seed == 1 and c.device in {"noisy:fez:3", NO_DEVICE})
    found = train_cell(cell, data)
    torch.manual_seed(1)
    family = FAMILIES["variational"]
    model = (family.build if role == HYBRID else family.control)(data.shape, 2, 1)
    place = backend("noisy:fez:3")
    fit_network(model, data.x, data.y, smoothed_cross_entropy(0.0), Recipe(2), place, 1)
    said = outputs(model, data.held_x, place)[:, 0]
    assert found.error is None
    assert found.auroc == pytest.approx(roc_auc_score(data.held_y, said), abs=1e-12)
    assert found.parameters == n_parameters(model)
    assert (found.circuit is None) == (role == CONTROL)


@pytest.mark.parametrize("family", [name for name, family in FAMILIES.items() if Kind.TABLE in family.kinds])
def test_every_family_of_tables_can_be_swept(family: str, tmp_path: Path) -> None:
    text = GRID.replace("variational", family).replace("seeds = [0, 1]", "seeds = [0]").replace("120", "60")
    data = sweep_data.load("toy", 60, None)
    for cell in read_sweep(grid(tmp_path, text.replace('["ideal", "noisy:fez:3"]', '["noisy:fez"]'))).cells():
        found = train_cell(cell, data)
        assert found.error is None
        assert 0 <= (found.auroc or -1) <= 1
        assert (found.circuit is None) == (cell.role == CONTROL)


def test_random_errors_are_for_training_alone(tmp_path: Path) -> None:
    injected = read_sweep(grid(tmp_path, GRID.replace("noisy:fez:3", "noisy:fez:5:inject")))
    cell = next(cell for cell in injected.cells() if cell.device == "noisy:fez:5:inject")
    data = sweep_data.load("toy", 120, None)
    first, second = train_cell(cell, data), train_cell(cell, data)
    assert first.error is None
    assert first.auroc == second.auroc


def test_results_are_one_table_and_what_is_finished_is_not_trained_again(
    asked: Sweep, client: Client, tmp_path: Path
) -> None:
    cells, folder, told = asked.cells(), tmp_path / "out", []
    data = sweep_data.load("toy", 120, None)
    run_sweep(cells, data, folder, client, lambda done, total: told.append((done, total)))
    assert told == [(done, 6) for done in range(7)]
    table = pd.read_parquet(folder)
    assert len(table) == 6
    key = ["device", "seed"]
    pd.testing.assert_frame_equal(
        table.sort_values(key, ignore_index=True), read_results(folder, cells).sort_values(key, ignore_index=True)
    )
    assert table["error"].isna().all()
    assert table["auroc"].between(0, 1).all()
    assert set(table["device"]) == {"ideal", "noisy:fez:3", NO_DEVICE}
    written = {file: file.stat().st_mtime_ns for file in folder.iterdir()}
    told.clear()
    run_sweep(cells, data, folder, client, lambda done, total: told.append((done, total)))
    assert told == [(6, 6)]
    assert {file: file.stat().st_mtime_ns for file in folder.iterdir()} == written
    more = asked.model_copy(update={"seeds": [0, 1, 2]}).cells()
    assert {cell.seed for cell in unfinished(more, folder)} == {2}


def test_a_sweep_that_is_stopped_keeps_what_it_has_and_goes_on(asked: Sweep, client: Client, tmp_path: Path) -> None:
    cells, data, folder = asked.cells(), sweep_data.load("toy", 120, None), tmp_path / "out"

    def stop(done: int, _: int) -> None:
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_sweep(cells, data, folder, client, stop)
    kept = {file: file.stat().st_mtime_ns for file in folder.glob("*.parquet")}
    assert len(kept) == 2
    assert len(unfinished(cells, folder)) == 4
    # As a run that is killed while it writes leaves it.
    (folder / ".0123.parquet.77").write_bytes(b"PAR1")
    run_sweep(cells, data, folder, client)
    assert len(pd.read_parquet(folder)) == 6
    assert {file: file.stat().st_mtime_ns for file in kept} == kept


def test_a_cell_that_fails_says_why_and_the_others_go_on(client: Client, tmp_path: Path) -> None:
    text = GRID.replace('["variational"]', '["qcnn", "variational"]').replace("qubits = [2]", "qubits = [2, 3]")
    cells = read_sweep(grid(tmp_path, text.replace('["ideal", "noisy:fez:3"]', '["ideal"]'))).cells()
    folder = tmp_path / "out"
    run_sweep(cells, sweep_data.load("toy", 120, None), folder, client)
    results = read_results(folder, cells)
    failed = results[results["error"].notna()]
    assert len(results) == len(cells) == 16
    assert set(zip(failed["family"], failed["qubits"], strict=True)) == {("qcnn", 3)}, failed["error"].tolist()
    assert failed["error"].str.contains("InvalidArgument: A quantum convolutional network needs 2, 4 or 8 qubits").all()
    assert failed["auroc"].isna().all()
    assert {(cell.family, cell.qubits) for cell in unfinished(cells, folder)} == {("qcnn", 3)}
    means = comparison(results)
    assert set(zip(means["family"], means["qubits"], strict=True)) == {
        ("qcnn", 2),
        ("variational", 2),
        ("variational", 3),
    }


def test_a_hybrid_is_compared_with_the_control_of_its_seeds() -> None:
    same = {"family": "iqp", "qubits": 2, "layers": 1, "error": None}
    rows = [
        {**same, "role": role, "device": device, "seed": seed, "auroc": auroc}
        for role, device, seed, auroc in (
            (HYBRID, "ideal", 0, 0.7),
            (HYBRID, "ideal", 1, 0.8),
            (HYBRID, "noisy:fez", 0, 0.6),
            (CONTROL, NO_DEVICE, 0, 0.65),
            (CONTROL, NO_DEVICE, 1, 0.71),
            (CONTROL, NO_DEVICE, 2, 0.1),
        )
    ]
    means = comparison(pd.DataFrame(rows)).set_index("device")
    assert means["seeds"].to_dict() == {"ideal": 2, "noisy:fez": 1}
    assert means["hybrid"].to_dict() == pytest.approx({"ideal": 0.75, "noisy:fez": 0.6})
    assert means["control"].to_dict() == pytest.approx({"ideal": 0.68, "noisy:fez": 0.65})
    assert means["difference"].to_dict() == pytest.approx({"ideal": 0.07, "noisy:fez": -0.05})


def test_the_command_trains_shows_and_goes_on(qlinical: Command, scheduler: str, tmp_path: Path) -> None:
    file, folder = grid(tmp_path), tmp_path / "out"
    done = qlinical("sweep", file, "--out", folder, "--scheduler", scheduler)
    assert (done.code, done.sentence) == (0, "")
    assert f"6 models in {folder}" in done.out
    assert "variational" in done.out
    # Nothing is left to train: no scheduler is needed.
    again = qlinical("sweep", file, "--out", folder, "--scheduler", "tcp://127.0.0.1:1")
    assert (again.code, again.out) == (0, done.out)


def test_the_command_says_which_models_failed(qlinical: Command, scheduler: str, tmp_path: Path) -> None:
    file = grid(tmp_path, GRID.replace("variational", "qcnn").replace("qubits = [2]", "qubits = [3]"))
    done = qlinical("sweep", file, "--out", tmp_path / "out", "--scheduler", scheduler)
    assert done.code == 1
    assert "6 models failed: InvalidArgument: A quantum convolutional network needs 2, 4 or 8 qubits" in done.sentence


def test_the_command_that_is_stopped_says_how_far_it_came(
    qlinical: Command, scheduler: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from qcore.training.sweep import run

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "run_sweep", stopped)
    done = qlinical("sweep", grid(tmp_path), "--out", tmp_path / "out", "--scheduler", scheduler)
    assert done.code == 130
    assert done.sentence.startswith("Stopped. 0 of 6 models are in ")


def test_the_families_are_listed_with_the_weights_that_exist(
    qlinical: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "DIRECTORY", tmp_path)
    for name in ("aki", "breast", "aki-gru"):
        (tmp_path / name).mkdir()
        (tmp_path / name / store.FACTS).touch()
    rows = json.loads(qlinical("families", "--json").out)["families"]
    assert {(row["family"], row["kind"]) for row in rows} == {
        (name, kind.value) for name, family in FAMILIES.items() for kind in family.kinds if not family.variant_of
    }
    trained = {(row["family"], row["kind"]): row["weights"] for row in rows if row["weights"]}
    assert trained == {
        ("sparse", "table"): ["aki"],
        ("resistant", "image"): ["breast"],
        ("gru", "series"): ["aki-gru"],
    }
    shown = qlinical("families").out
    assert all(name in shown for name, family in FAMILIES.items() if not family.variant_of)
