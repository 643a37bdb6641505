"""qlinical cohort: build a cohort from a clinical database."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from qcore.cli import hemoglobin
from qcore.cli.console import check_writable, err, out

if TYPE_CHECKING:
    from qcore.training.cohorts.transfusion import TransfusionCohort

app = typer.Typer(help="Build a cohort from a clinical database.", no_args_is_help=True)


@app.command("mimic-iv")
def cohort_mimic_iv(
    directory: Annotated[Path, typer.Argument(help="Folder that holds hosp/ and icu/.", file_okay=False)],
    output: Annotated[Path | None, typer.Option("--out", help="Write the episodes as CSV here.")] = None,
) -> None:
    """Find transfusion episodes in MIMIC-IV: units, haemoglobin and creatinine before and after, KDIGO label."""
    from qcore.training.cohorts.mimic_iv import transfusion_cohort

    _show_cohort(transfusion_cohort, directory, output)


@app.command("mimic-iii")
def cohort_mimic_iii(
    directory: Annotated[Path, typer.Argument(help="Folder of the MIMIC-III tables.", file_okay=False)],
    output: Annotated[Path | None, typer.Option("--out", help="Write the episodes as CSV here.")] = None,
) -> None:
    """Find transfusion episodes in MIMIC-III."""
    from qcore.training.cohorts.mimic_iii import transfusion_cohort

    _show_cohort(transfusion_cohort, directory, output)


def _show_cohort(build: "Callable[[Path], TransfusionCohort]", directory: Path, output: Path | None) -> None:
    from qcore.training.cohorts.transfusion import attrition

    check_writable(output)
    with err.status("reading the tables"):
        cohort = build(directory)
    steps = attrition(cohort)
    table = Table(*(str(column) for column in steps.columns))
    for row in steps.itertuples(index=False):
        table.add_row(*(str(cell) for cell in row))
    out.print(table)
    if output:
        cohort.episodes.to_csv(output, index=False)
        out.print(f"{len(cohort.episodes)} episodes written to {output}.")


app.command("mimic-iv-ecg")(hemoglobin.cohort)
