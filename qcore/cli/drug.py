"""qlinical drug: the files that say what a drug is."""

from pathlib import Path
from typing import Annotated

import typer

from qcore.cli.console import out

app = typer.Typer(help="The files that say what a drug is.", no_args_is_help=True)


@app.command("check")
def check(file: Annotated[Path, typer.Argument(help="TOML file of a drug.", dir_okay=False)]) -> None:
    """Check FILE: it names the drug, its units, its route, how it is given, its caps and what a dose is to reach."""
    from qcore.tasks.dosing.drug.file import read_drug
    from qcore.tasks.dosing.wording import Wording

    drug = read_drug(file)
    ways = "; ".join(
        f"{regimen.name} in steps of {regimen.step:g}, never above {regimen.cap:g} {drug.units.dose}"
        for regimen in drug.regimens
    )
    out.print(f"{file.name} is a drug file: {drug.name}, {drug.route}, {ways}.", highlight=False)
    units = ", ".join(f"{what} in {unit}" for what, unit in drug.units.model_dump().items() if unit)
    out.print(
        f"A dose that does what it should {Wording().aim(drug.aim.target, drug)}. Units: {units}.", highlight=False
    )


@app.command("list")
def list_drugs() -> None:
    """List the drugs whose files come with Qlinical."""
    from qcore.tasks.dosing.drug.file import names, shipped

    for name in names():
        out.print(f"{name}: {shipped(name).name}", highlight=False)
