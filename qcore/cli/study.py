"""qlinical study: what a circuit contributes, who needs fewer cases, what training under noise brings."""

import typer

from qcore.cli import questions

app = typer.Typer(help="Ablations, learning curves and training with and without noise.", no_args_is_help=True)
questions.add_studies(app)
