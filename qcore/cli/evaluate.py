"""qlinical evaluate: recompute the published numbers of a task on its test set."""

from typing import Annotated

import typer

from qcore.cli import classification, dosing_models, hemoglobin
from qcore.cli.console import AsJson, BackendName

app = typer.Typer(help="Recompute the published numbers of a task on its test set.", no_args_is_help=True)


@app.callback()
def evaluate_() -> None:
    """Recompute the published numbers of a task on its test set."""


@app.command("aki")
def evaluate_aki(
    as_json: AsJson = False,
    write: Annotated[bool, typer.Option("--write", help="Also write evaluation.json and card.md.")] = False,
    backend: BackendName = "ideal",
    family: classification.Family = "",
) -> None:
    """Measure the AKI models on set-b, which took no part in training, with 95 % bootstrap intervals."""
    classification.evaluate_family("aki", family, as_json, write, backend)


@app.command("dosing")
def evaluate_dosing(
    as_json: AsJson = False,
    write: Annotated[
        bool, typer.Option("--write", help="Measure again (about an hour) and write evaluation.json and card.md.")
    ] = False,
) -> None:
    """Show the errors of every model of concentration and response, on subjects held out by cross-validation."""
    dosing_models.evaluate_learned(as_json, write)


classification.add_evaluation(app)
app.command("hemoglobin")(hemoglobin.evaluate)
