"""qlinical predict: answer for the patients in a file."""

import math
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qcore.cli.console import STOPPED, BackendName, check_writable, complain, progress
from qcore.cli.ecg_answer import predict_ecg
from qcore.cli.sweep import Scheduler, Workers
from qcore.cli.tumor import predict_tumor
from qcore.errors import InvalidValue, MissingAsset

if TYPE_CHECKING:
    from qcore.tasks.aki.reading.patient_table import PatientTable

MOST_NAMES = 20
MOST_REMARKS = 200
"""More are only in the table."""
app = typer.Typer(
    help="Answer for the patients in a file, for images, or for electrocardiograms.", no_args_is_help=True
)
app.command("tumor")(predict_tumor)
app.command("ecg")(predict_ecg)


@app.command("aki")
def predict_aki(
    file: Annotated[
        Path,
        typer.Argument(help="CSV, one patient a row, or a series in long layout; or Parquet.", dir_okay=False),
    ],
    output: Annotated[
        Path | None,
        typer.Option("--out", help="Write here instead of to the screen; for Parquet a new folder, which it needs."),
    ] = None,
    last_urine_hours: Annotated[
        float | None,
        typer.Option(
            min=0.1, help="Hours in which the last amounts of urine were collected, where FILE has no column for it."
        ),
    ] = None,
    backend: BackendName = "ideal",
    scheduler: Scheduler = None,
    workers: Workers = None,
) -> None:
    """Write the AKI risk of every patient in FILE as CSV.

    A patient with a missing, impossible or contradictory value is not scored: the reason goes to the error stream and
    into the column note. What else is to be known of a patient, such as dialysis, goes to both, too. Columns and units:
    `qlinical predict aki-template`.

    Exit status: 0 if every patient has an answer, 1 if one has none, 2 if the file cannot be read.

    A FILE.parquet, of any size, is scored in partitions by several processes, with the hybrid model alone; the reason
    stands in the column note.
    """
    if not file.is_file():
        raise MissingAsset(f"There is no file {file}.")
    check_writable(output)
    if file.suffix == ".parquet":
        if last_urine_hours is not None:
            raise InvalidValue(
                "--last-urine-hours is for amounts of urine; a FILE.parquet holds rates, in mL/kg/h: leave it out."
            )
        _predict_cohort(file, output, backend, scheduler, workers)
        return
    if scheduler or workers:
        raise InvalidValue("--scheduler and --workers are for a FILE.parquet; any other file is scored here at once.")
    from qcore.backends.registry import backend as make_backend
    from qcore.records import audit
    from qcore.tasks.aki.model import load
    from qcore.tasks.aki.reading.export import with_every_patient
    from qcore.tasks.aki.reading.table import read_patients
    from qcore.tasks.aki.results import results_table

    hours = math.nan if last_urine_hours is None else last_urine_hours
    patients = read_patients(file.name, file.read_bytes(), hours)
    _tell(patients)
    if patients.lacks_urine_hours and last_urine_hours is None:
        complain("Say with --last-urine-hours in how many hours the last amounts of urine were collected.")
    model = load()
    with progress() as bar:
        step = bar.add_task("patients", total=len(patients.inputs))
        table = results_table(
            model, patients.inputs, make_backend(backend), lambda done, _: bar.update(step, completed=done)
        )
    audit.append(audit.Action.PREDICTION, "aki", model_card="aki", backend=backend, patients=len(table))
    text = with_every_patient(table, patients).to_csv(lineterminator="\n")
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)
    if patients.not_scored:
        raise typer.Exit(1)


def _tell(patients: "PatientTable") -> None:
    """Say on the error stream what was not accepted, what was left out, and how the file was understood."""
    from qcore.io.delimited import shortened

    for refusal in patients.refused:
        complain(f"patient {refusal.patient_id}, line {refusal.line}, {refusal.column}: {refusal.message}")
    if patients.more_refused:
        complain(f"and {patients.more_refused:,} more values that are not accepted")
    for refusal in patients.left_out:
        complain(f"patient {refusal.patient_id}, line {refusal.line}: left out, it decides nothing: {refusal.message}")
    if patients.more_left_out:
        complain(f"and {patients.more_left_out:,} more that were left out")
    for patient, sentences in list(patients.remarks.items())[:MOST_REMARKS]:
        complain(f"patient {patient}: {' '.join(sentences)}")
    if len(patients.remarks) > MOST_REMARKS:
        complain(f"and remarks about {len(patients.remarks) - MOST_REMARKS:,} more patients, in the column remarks")
    for note in patients.notes:
        complain(note)
    if patients.ignored:
        more = len(patients.ignored) - MOST_NAMES
        names = ", ".join(shortened(name) for name in patients.ignored[:MOST_NAMES])
        complain(f"not used by the model: {names}" + (f" and {more:,} more" if more > 0 else ""))
    if patients.not_scored:
        verb = "is" if len(patients.not_scored) == 1 else "are"
        complain(f"{len(patients.not_scored):,} of {patients.n_patients:,} patients {verb} not scored.")


def _predict_cohort(file: Path, output: Path | None, backend: str, scheduler: str | None, workers: int | None) -> None:
    from qcore.batch import cluster
    from qcore.batch.scoring import score_cohort
    from qcore.records import audit

    if output is None:
        raise InvalidValue("Say with --out where the scored cohort shall go: a folder that does not exist yet.")
    try:
        with progress() as bar, cluster.workers(scheduler, workers) as client:
            step = bar.add_task("patients", total=None)
            scored = score_cohort(
                file, output, backend, client, lambda done, total: bar.update(step, completed=done, total=total)
            )
    except KeyboardInterrupt:
        complain("Stopped. Nothing was written.")
        raise typer.Exit(STOPPED) from None
    audit.append(
        audit.Action.PREDICTION, "aki", model_card="aki", backend=backend, patients=scored.patients, format="parquet"
    )
    if scored.refused:
        complain(f"{scored.refused:,} of {scored.patients:,} patients are not scored; the column note says why.")
    complain(f"{scored.patients - scored.refused:,} patients scored, in {output}: pandas.read_parquet reads it.")
    if scored.refused:
        raise typer.Exit(1)


@app.command("aki-template")
def predict_aki_template() -> None:
    """Print a CSV with the columns `predict aki` reads and two synthetic patients."""
    from qcore.tasks.aki.reading.table import template_csv

    sys.stdout.write(template_csv())
