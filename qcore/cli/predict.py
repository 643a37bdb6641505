"""qlinical predict: answer for the patients in a file."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from qcore.cli.console import BackendName, check_writable, complain, progress
from qcore.errors import MissingAsset

app = typer.Typer(help="Answer for the patients in a file.", no_args_is_help=True)


@app.command("aki")
def predict_aki(
    file: Annotated[Path, typer.Argument(help="CSV, one patient a row, or a series in long layout.", dir_okay=False)],
    output: Annotated[Path | None, typer.Option("--out", help="Write here instead of to the screen.")] = None,
    backend: BackendName = "ideal",
) -> None:
    """Write the AKI risk of every patient in FILE as CSV.

    A row with a missing or impossible value is not scored; the reason goes to the error stream and the exit status
    is 1. Columns and units: `qlinical predict aki-template`.
    """
    if not file.is_file():
        raise MissingAsset(f"There is no file {file}.")
    check_writable(output)
    from qcore.backends.registry import backend as make_backend
    from qcore.records import audit
    from qcore.tasks.aki import store
    from qcore.tasks.aki.reading.table import read_patients
    from qcore.tasks.aki.results import results_table

    patients = read_patients(file.name, file.read_bytes())
    for refusal in patients.refused:
        complain(f"line {refusal.line}, {refusal.column}: {refusal.message}")
    if patients.more_refused:
        complain(f"and {patients.more_refused:,} more values that are not accepted")
    for refusal in patients.left_out:
        complain(f"line {refusal.line}: left out as an artefact: {refusal.message}")
    if patients.more_left_out:
        complain(f"and {patients.more_left_out:,} more artefacts")
    model = store.load()
    with progress() as bar:
        step = bar.add_task("patients", total=len(patients.inputs))
        table = results_table(
            model, patients.inputs, make_backend(backend), lambda done, _: bar.update(step, completed=done)
        )
    audit.append(audit.Action.PREDICTION, "aki", model_card="aki", backend=backend, patients=len(table))
    text = table.to_csv(lineterminator="\n")
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    if len(patients.refused):
        raise typer.Exit(1)


@app.command("aki-template")
def predict_aki_template() -> None:
    """Print a CSV with the columns `predict aki` reads and two synthetic patients."""
    from qcore.tasks.aki.reading.table import template_csv

    sys.stdout.write(template_csv())
