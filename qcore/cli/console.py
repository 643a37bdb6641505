"""What all commands share: output, progress, common options, and the folder of the data."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from qcore.errors import MissingAsset

out = Console()
STOPPED = 130
"""Exit status of a command that Ctrl-C ended."""
err = Console(stderr=True)

BackendName = Annotated[
    str, typer.Option("--backend", help="Where the circuit runs: ideal, noisy:fez, noisy:fez:3:shots=4000, …")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


def progress() -> Progress:
    """Return a progress bar on the error stream."""
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    # Where nobody sees it move, rich would leave an empty line of it.
    return Progress(*columns, TimeElapsedColumn(), console=err, transient=True, disable=not err.is_interactive)


def complain(sentence: str, style: str | None = None) -> None:
    """Write a sentence to the error stream; not wrapped, so that a path in it can be copied."""
    err.print(sentence, style=style, markup=False, highlight=False, soft_wrap=True)


def check_writable(file: Path | None) -> None:
    """Check the folder of an output file.

    Raises:
        MissingAsset: it does not exist.
    """
    if file and not file.parent.is_dir():
        raise MissingAsset(f"The folder {file.parent} does not exist: make it, or write somewhere else.")


def data() -> Path:
    """Return the folder of the public data sets.

    Raises:
        MissingAsset: it is not there.
    """
    from qcore.settings import data_dir, settings

    folder = data_dir()
    if folder is None:
        raise MissingAsset(f"There is no data folder {settings().data}. Set QLINICAL_DATA to where the data is.")
    return folder
