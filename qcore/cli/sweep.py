"""qlinical sweep: train a grid of models and their controls."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.box import SIMPLE
from rich.table import Table

from qcore.cli.console import STOPPED, check_writable, complain, out, progress

if TYPE_CHECKING:
    import pandas as pd

Scheduler = Annotated[
    str | None,
    typer.Option(help="Address of a Dask scheduler, such as tcp://10.0.0.1:8786; default: processes on this machine."),
]
Workers = Annotated[int | None, typer.Option(help="Processes on this machine; default: one a core.", min=1)]


def sweep(
    spec: Annotated[Path, typer.Argument(help="TOML file, see assets/sweeps/size.toml.", dir_okay=False)],
    output: Annotated[
        Path | None, typer.Option("--out", help="Folder of the results; default NAME-results beside you.")
    ] = None,
    scheduler: Scheduler = None,
    workers: Workers = None,
) -> None:
    """Train families x qubits x layers x devices x seeds, each beside its classical twin.

    Every finished model is kept at once in Parquet; stopped by Ctrl-C or otherwise, the same command goes on where it
    was. AUROC is that of held-out cases, never of a test split. Exit status 1 if a model failed.
    """
    from qcore.batch import cluster
    from qcore.settings import data_dir
    from qcore.training.sweep import data as sweep_data
    from qcore.training.sweep.run import comparison, read_results, run_sweep, unfinished
    from qcore.training.sweep.spec import read_sweep

    settings = read_sweep(spec)
    folder = output or Path(f"{spec.stem}-results")
    check_writable(folder)
    cells = settings.cells()
    try:
        if unfinished(cells, folder):
            data = sweep_data.load(settings.data, settings.cases, data_dir())
            with progress() as bar, cluster.workers(scheduler, workers) as client:
                step = bar.add_task("models", total=len(cells))
                run_sweep(cells, data, folder, client, lambda done, _: bar.update(step, completed=done))
    except KeyboardInterrupt:
        finished = len(read_results(folder, cells))
        complain(f"Stopped. {finished} of {len(cells)} models are in {folder}; the same command goes on from there.")
        raise typer.Exit(STOPPED) from None
    results = read_results(folder, cells)
    _show(comparison(results))
    n_files = len(list(folder.glob("*.parquet")))
    beside = f", beside {n_files - len(results)} of other sweeps" if n_files > len(results) else ""
    summary = f"{len(results)} models in {folder}{beside}: pandas.read_parquet reads all that is there as one table."
    out.print(summary, soft_wrap=True)
    failed = results[results["error"].notna()]
    for error, count in failed["error"].value_counts().items():
        complain(f"{count} models failed: {error}")
    if len(failed):
        raise typer.Exit(1)


def _show(means: "pd.DataFrame") -> None:
    columns = ("family", "qubits", "layers", "device", "seeds", "hybrid", "twin", "difference")
    table = Table(*columns, title="AUROC on held-out cases, means over seeds", box=SIMPLE, padding=0)
    for row in means.to_dict("records"):
        words = [str(row[name]) for name in ("family", "qubits", "layers", "device", "seeds")]
        table.add_row(*words, f"{row['hybrid']:.3f}", f"{row['control']:.3f}", f"{row['difference']:+.3f}")
    out.print(table)
