"""qlinical study: what a circuit contributes, who needs fewer cases, what training under noise brings."""

from typing import Annotated

import typer

from qcore.cli import classification, dosing_models, tumor

app = typer.Typer(help="Ablations, learning curves and training with and without noise.", no_args_is_help=True)
classification.add_studies(app)


@app.command("dosing")
def study_dosing(
    again: Annotated[bool, typer.Option("--again", help="Train the sizes that are measured already, too.")] = False,
) -> None:
    """Train circuits of 2 to 12 qubits and 1 to 4 layers beside their classical twins; renews the card after each.

    What is trained is kept: stopped by Ctrl-C or otherwise, the same command goes on where it was.
    """
    dosing_models.study_sizes(again)


app.command("tumor-sources")(tumor.study_sources)
