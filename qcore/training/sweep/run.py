"""Train every cell of a sweep, keep what it says in Parquet as soon as it is there, and skip what is there already.

A cell is a file of its own in one folder, so a run that is stopped, or killed, loses only the cells it was training,
and ``pandas.read_parquet(folder)`` reads all cells as one table.
"""

import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import torch
from distributed import Client
from sklearn.metrics import roc_auc_score
from torch import nn

from qcore.backends.registry import backend
from qcore.backends.specification import parse
from qcore.batch.cluster import answers
from qcore.circuits import Circuit
from qcore.errors import InvalidValue
from qcore.models.encoded import n_parameters
from qcore.models.families import FAMILIES
from qcore.training.loop.fit_family import fit_family
from qcore.training.loop.network import outputs
from qcore.training.sweep.data import SweepData
from qcore.training.sweep.spec import CONTROL, HYBRID, Cell

Progress = Callable[[int, int], object]
SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("data", "family", "role", "device")),
        *((name, pa.int64()) for name in ("cases", "epochs", "qubits", "layers", "seed")),
        ("circuit", pa.string()),
        ("auroc", pa.float64()),
        ("parameters", pa.int64()),
        ("seconds", pa.float64()),
        ("error", pa.string()),
    ]
)


@dataclass(frozen=True)
class Outcome:
    """The result of a cell.

    Attributes:
        circuit: name of the circuit that ran; some families choose their own size. None for a control.
        auroc: on the held-out cases; None where the cell failed.
        parameters: trained numbers, the circuit's included.
        seconds: of training.
        error: why the cell failed; None where it did not.
    """

    circuit: str | None = None
    auroc: float | None = None
    parameters: int | None = None
    seconds: float | None = None
    error: str | None = None


def train_cell(cell: Cell, data: SweepData) -> Outcome:
    """Train one cell in this process and measure it on the held-out cases; whatever goes wrong becomes its error."""
    try:
        return _trained(cell, data)
    except Exception as error:  # One cell that cannot be built or trained must not end the others.
        return Outcome(error=_message(error))


def _trained(cell: Cell, data: SweepData) -> Outcome:
    family = FAMILIES[cell.family]
    torch.manual_seed(cell.seed)
    make = family.build if cell.role == HYBRID else family.control
    model = make(data.shape, cell.qubits, cell.layers).to(data.x.dtype)
    specification = parse("ideal" if cell.role == CONTROL else cell.device)
    trains_on = backend(str(specification))
    # Random errors, if it injects them, are for training alone.
    answers_on = backend(str(replace(specification, inject=False)))
    start = time.perf_counter()
    fit_family(family, model, data.x, data.y, cell.recipe, trains_on, cell.seed)
    seconds = time.perf_counter() - start
    logits = outputs(model, data.held_x, answers_on)[:, 0]
    return Outcome(
        circuit=_circuit(model),
        auroc=float(roc_auc_score(data.held_y.numpy(), logits.numpy())),
        parameters=n_parameters(model),
        seconds=round(seconds, 3),
    )


def unfinished(cells: list[Cell], folder: Path) -> list[Cell]:
    """Return the cells whose result is not in the folder yet, and those that failed: they are tried again."""
    return [cell for cell in cells if not _is_finished(_file(folder, cell))]


def run_sweep(
    cells: list[Cell], data: SweepData, folder: Path, client: Client, on_progress: Progress = lambda _done, _all: None
) -> None:
    """Train the cells that are `unfinished`.

    Args:
        cells: of a sweep.
        data: what they train on; sent to every worker, so that workers need no files.
        folder: of the results; made where it is not there.
        client: connection to the Dask workers.
        on_progress: is told how many cells of how many are done, those of earlier runs included.

    Raises:
        InvalidValue: the folder is a file.
    """
    if folder.is_file():
        raise InvalidValue(f"{folder} is a file: choose a folder for the results.")
    folder.mkdir(parents=True, exist_ok=True)
    missing = unfinished(cells, folder)
    done = len(cells) - len(missing)
    on_progress(done, len(cells))
    for cell, outcome in answers(client, train_cell, missing, data):
        _keep(
            _file(folder, cell), cell, Outcome(error=_message(outcome)) if isinstance(outcome, Exception) else outcome
        )
        done += 1
        on_progress(done, len(cells))


def read_results(folder: Path, cells: list[Cell]) -> pd.DataFrame:
    """Return the results of these cells that are there, one row a cell."""
    results = [_read(_file(folder, cell)) for cell in cells]
    tables = [SCHEMA.empty_table(), *(table for table in results if table is not None)]
    return pd.DataFrame(pa.concat_tables(tables).to_pandas())


def comparison(results: pd.DataFrame) -> pd.DataFrame:
    """Return mean AUROC over the seeds of each hybrid beside its control.

    Returns:
        One row a family, size and device: ``seeds``, ``hybrid``, ``control`` and ``difference``, means over the seeds
        for which both were trained.
    """
    size = ["family", "qubits", "layers"]
    trained = results[results["error"].isna()]
    hybrid = trained[trained["role"] == HYBRID][[*size, "device", "seed", "auroc"]]
    control = trained[trained["role"] == CONTROL][[*size, "seed", "auroc"]]
    both = hybrid.merge(control, on=[*size, "seed"], suffixes=("_hybrid", "_control"))
    grouped = both.groupby([*size, "device"])
    table = pd.DataFrame(
        {
            "seeds": grouped["seed"].count(),
            "hybrid": grouped["auroc_hybrid"].mean(),
            "control": grouped["auroc_control"].mean(),
        }
    )
    return table.assign(difference=table["hybrid"] - table["control"]).reset_index()


def _circuit(model: nn.Module) -> str | None:
    held = (value for module in model.modules() for value in vars(module).values())
    return next((value.name for value in held if isinstance(value, Circuit)), None)


def _message(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _file(folder: Path, cell: Cell) -> Path:
    return folder / f"{cell.key}.parquet"


def _read(file: Path) -> pa.Table | None:
    """Return the result of a cell, None where there is none that can be read."""
    try:
        return pq.read_table(file, schema=SCHEMA) if file.is_file() else None
    except (pa.ArrowInvalid, OSError):
        return None


def _is_finished(file: Path) -> bool:
    table = _read(file)
    return table is not None and table["error"].null_count == 1


def _keep(file: Path, cell: Cell, outcome: Outcome) -> None:
    # Under its final name only when whole; readers of the folder pass over what begins with a dot.
    partial = file.with_name(f".{file.name}.{os.getpid()}")
    pq.write_table(pa.Table.from_pylist([asdict(cell) | asdict(outcome)], schema=SCHEMA), partial)
    partial.replace(file)
