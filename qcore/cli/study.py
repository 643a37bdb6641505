"""qlinical study: what a circuit contributes, and which family loses least from noise."""

from typing import Annotated

import typer

from qcore.cli import questions
from qcore.cli.console import data, err, out

app = typer.Typer(help="Ablations, learning curves, and what noise does to every family.", no_args_is_help=True)
questions.add_studies(app)


@app.command("noise")
def study_noise(
    seeds: Annotated[int, typer.Option(min=1, help="How often every family is trained.")] = 3,
) -> None:
    """Train every family for tables on the AKI training set and measure it under growing noise.

    A quarter of set-a is held out; set-b is not touched. Writes noise.json and noise.md to assets/evidence.
    """
    from qcore.models.families import FAMILIES
    from qcore.settings import ASSETS
    from qcore.training.noise_study import study
    from qcore.training.noise_study_card import card
    from qcore.training.sweep_data import load

    with err.status("training") as status:
        found = study("aki", load("aki", None, data()), FAMILIES, range(seeds), status.update)
    folder = ASSETS / "evidence"
    folder.mkdir(exist_ok=True)
    (folder / "noise.json").write_text(found.model_dump_json(indent=1) + "\n", encoding="utf-8")
    (folder / "noise.md").write_text(card(found), encoding="utf-8")
    out.print(f"Written to {folder}.")
