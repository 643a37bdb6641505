"""The qlinical command: train, evaluate, predict, build cohorts, check the installation and the audit trail."""

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from qcore.errors import InvalidValue, MissingAsset, QlinicalError

if TYPE_CHECKING:
    from qcore.training.cohorts.transfusion import TransfusionCohort

DEFAULT_PORT = 8501

app = typer.Typer(
    help="Hybrid quantum-classical clinical decision support. Research only, not for clinical use.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
train_app = typer.Typer(help="Train the models of a task from public data.", no_args_is_help=True)
evaluate_app = typer.Typer(help="Recompute the published numbers of a task on its test set.", no_args_is_help=True)
predict_app = typer.Typer(help="Answer for the patients in a file.", no_args_is_help=True)
cohort_app = typer.Typer(help="Build a cohort from a clinical database.", no_args_is_help=True)
audit_app = typer.Typer(help="The audit trail.", no_args_is_help=True)
for name, group in (
    ("train", train_app),
    ("evaluate", evaluate_app),
    ("predict", predict_app),
    ("cohort", cohort_app),
    ("audit", audit_app),
):
    app.add_typer(group, name=name)

out = Console()
err = Console(stderr=True)

BackendName = Annotated[str, typer.Option("--backend", help="Where the circuit runs; one now: ideal.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")]


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
    return Progress(*columns, TimeElapsedColumn(), console=err, transient=True)


def _complain(sentence: str, style: str | None = None) -> None:
    # Not wrapped, so that a path in it can be copied.
    err.print(sentence, style=style, markup=False, highlight=False, soft_wrap=True)


def _check_writable(file: Path | None) -> None:
    if file and not file.parent.is_dir():
        raise MissingAsset(f"The folder {file.parent} does not exist: make it, or write somewhere else.")


def _data() -> Path:
    from qcore.settings import data_dir, settings

    folder = data_dir()
    if folder is None:
        raise MissingAsset(f"The data folder {settings().data} does not exist. Set QLINICAL_DATA to where the data is.")
    return folder


@train_app.command("aki")
def train_aki(
    mimic_iv: Annotated[
        Path | None,
        typer.Option(help="Train the transfusion model on this copy of MIMIC-IV instead of PhysioNet 2012."),
    ] = None,
    directory: Annotated[Path | None, typer.Option(help="Where to write; default assets/models/aki.")] = None,
) -> None:
    """Train the hybrid AKI model and its three classical controls (about six minutes on two cores).

    Uses set-a of the PhysioNet 2012 data only; set-b stays unseen for `qlinical evaluate aki`. Writes weights
    (safetensors) and model.json, and afterwards needs `qlinical evaluate aki --write` for a fresh card.

    Example for the transfusion model: qlinical train aki --mimic-iv /data/mimiciv --directory models/transfusion
    """
    from qcore.tasks.aki.store import DIRECTORY, save
    from qcore.training import aki

    if mimic_iv and directory is None:
        raise InvalidValue("Give --directory too, so that the transfusion model does not replace the shipped one.")
    from qcore.training.sources import physionet_training_set, transfusion_training_set

    source = transfusion_training_set(mimic_iv) if mimic_iv else physionet_training_set(_data())
    with _progress() as bar:
        step = bar.add_task("reading the cohort", total=None)
        model = aki.train(
            source.cohort,
            source.population,
            lambda what, done, total: bar.update(step, description=what, completed=done, total=total),
        )
    save(model, directory or DIRECTORY)
    table = Table("model", "parameters", "AUROC, cross-validated", "fit, s")
    for key, auroc in model.facts.validation_auroc.items():
        seconds = model.facts.training_seconds[key]
        table.add_row(key, str(model.facts.n_parameters[key]), f"{auroc:.3f}", f"{seconds:.1f}")
    out.print(table)
    out.print(f"Written to {directory or DIRECTORY}. Next: qlinical evaluate aki --write")


@evaluate_app.command("aki")
def evaluate_aki(
    as_json: AsJson = False,
    write: Annotated[bool, typer.Option("--write", help="Also write evaluation.json and card.md.")] = False,
    backend: BackendName = "ideal",
) -> None:
    """Measure the AKI models on set-b, which took no part in training, with 95 % bootstrap intervals."""
    from qcore.backends.registry import backend as make_backend
    from qcore.tasks.aki import store
    from qcore.training.card import card
    from qcore.training.evaluation import evaluate
    from qcore.training.sources import external_checks, physionet_test_set

    model, runs_on, data = store.load(), make_backend(backend), _data()
    with err.status("resampling 3,600 patients a thousand times"):
        result = evaluate(model, physionet_test_set(data), runs_on)
        result = result.model_copy(update={"external": external_checks(model, data, runs_on)})
    if write:
        store.save_evaluation(result)
        (store.DIRECTORY / "card.md").write_text(card(model, result), encoding="utf-8")
    if as_json:
        print(result.model_dump_json(indent=2))  # noqa: T201 - for other programs, so without rich's line breaks
        return
    table = Table("model", *result.metrics, title=f"{result.split}, {result.n} patients, {result.backend} backend")
    for key, metrics in {result.model: result.metrics, **result.controls}.items():
        table.add_row(key, *(f"{m.value:.3f} ({m.low:.3f} to {m.high:.3f})" for m in metrics.values()))
    out.print(table)


@predict_app.command("aki")
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
    _check_writable(output)
    from qcore.backends.registry import backend as make_backend
    from qcore.records import audit
    from qcore.tasks.aki import store
    from qcore.tasks.aki.reading.table import read_patients
    from qcore.tasks.aki.results import results_table

    patients = read_patients(file.name, file.read_bytes())
    for refusal in patients.refused:
        _complain(f"line {refusal.line}, {refusal.column}: {refusal.message}")
    if patients.more_refused:
        _complain(f"and {patients.more_refused:,} more values that are not accepted")
    for refusal in patients.left_out:
        _complain(f"line {refusal.line}: left out as an artefact: {refusal.message}")
    if patients.more_left_out:
        _complain(f"and {patients.more_left_out:,} more artefacts")
    model = store.load()
    with _progress() as bar:
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


@predict_app.command("aki-template")
def predict_aki_template() -> None:
    """Print a CSV with the columns `predict aki` reads and two synthetic patients."""
    from qcore.tasks.aki.reading.table import template_csv

    sys.stdout.write(template_csv())


@cohort_app.command("mimic-iv")
def cohort_mimic_iv(
    directory: Annotated[Path, typer.Argument(help="Folder that holds hosp/ and icu/.", file_okay=False)],
    output: Annotated[Path | None, typer.Option("--out", help="Write the episodes as CSV here.")] = None,
) -> None:
    """Find transfusion episodes in MIMIC-IV: units, haemoglobin and creatinine before and after, KDIGO label."""
    from qcore.training.cohorts.mimic_iv import transfusion_cohort

    _show_cohort(transfusion_cohort, directory, output)


@cohort_app.command("mimic-iii")
def cohort_mimic_iii(
    directory: Annotated[Path, typer.Argument(help="Folder of the MIMIC-III tables.", file_okay=False)],
    output: Annotated[Path | None, typer.Option("--out", help="Write the episodes as CSV here.")] = None,
) -> None:
    """Find transfusion episodes in MIMIC-III."""
    from qcore.training.cohorts.mimic_iii import transfusion_cohort

    _show_cohort(transfusion_cohort, directory, output)


def _show_cohort(build: "Callable[[Path], TransfusionCohort]", directory: Path, output: Path | None) -> None:
    from qcore.training.cohorts.transfusion import attrition

    _check_writable(output)
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


@audit_app.command("verify")
def audit_verify(
    receipt: Annotated[
        str | None,
        typer.Option(help="ID:HASH printed by an earlier verify; proves that nothing before it was rewritten."),
    ] = None,
) -> None:
    """Check that no row of the audit trail was changed, added or removed, and print a receipt to keep elsewhere.

    Whoever may write the database can rewrite all of it; only a receipt kept elsewhere shows that.
    """
    from qcore.records import audit

    kept = None
    if receipt is not None:
        number, _, digest = receipt.partition(":")
        if not number.isdecimal() or not digest:
            raise InvalidValue("A receipt looks like 40:3fa9…: the number of rows, a colon, the hash.")
        kept = audit.Receipt(int(number), digest)
    verification = audit.verify(kept)
    out.print(verification.message, soft_wrap=True)
    if verification.broken is None and verification.count:
        out.print(f"Receipt: {verification.count}:{verification.hash}", soft_wrap=True, highlight=False)
    if verification.broken is not None:
        raise typer.Exit(1)


@app.command()
def doctor(
    port: Annotated[int, typer.Option(help="Port the dashboard will use.", envvar="PORT")] = DEFAULT_PORT,
    as_json: AsJson = False,
) -> None:
    """Check versions, weights, data, database and port; say what to do about what is wrong."""
    from qcore.doctor import checks

    found = checks(port)
    if as_json:
        rows = [{"name": c.name, "ok": c.ok, "required": c.required, "message": c.message} for c in found]
        print(json.dumps({"checks": rows}, indent=2))  # noqa: T201 - for other programs
    else:
        for check in found:
            mark = "[green]ok[/]" if check.ok else "[red]no[/]" if check.required else "[yellow]--[/]"
            out.print(f"{mark}  [bold]{check.name}[/]: ", end="")
            out.print(check.message, markup=False, highlight=False)
    if any(check.required and not check.ok for check in found):
        raise typer.Exit(1)


def main() -> None:
    """Run the command; an expected error becomes one sentence on the error stream and exit status 2."""
    # Two cores are shared with whatever else runs; torch's thread pool makes small circuits slower, not faster.
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    try:
        app()
    except QlinicalError as error:
        _complain(str(error), style="red")
        sys.exit(2)


if __name__ == "__main__":
    main()
