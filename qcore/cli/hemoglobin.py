"""qlinical train, evaluate and cohort for haemoglobin."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from qcore.cli.classification import as_interval, kept_if_stopped
from qcore.cli.console import AsJson, check_writable, data, err, out, progress
from qcore.errors import InvalidValue

if TYPE_CHECKING:
    from qcore.tasks.hemoglobin.evaluation import HemoglobinEvaluation


def train(
    mimic_iv_ecg: Annotated[
        Path | None,
        typer.Option(help="Train the waveform model on this cohort, as qlinical cohort mimic-iv-ecg writes it."),
    ] = None,
    directory: Annotated[
        Path | None, typer.Option(help="Where to write; default assets/models/hemoglobin. The waveform model needs it.")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="Of the waveform model.")] = 20,
) -> None:
    """Train the haemoglobin models on findings of the ECG (about two minutes on one core), or on waveforms.

    Without a cohort: hybrid, classical twin, gradient boosting and ridge regression on the 303 patients of the
    Z-Alizadeh Sani data. Afterwards needs `qlinical evaluate hemoglobin --write` for a fresh card.

    Example for waveforms: qlinical train hemoglobin --mimic-iv-ecg cohort.csv --directory models/waveform
    """
    if mimic_iv_ecg:
        if directory is None:
            raise InvalidValue("Give --directory too: the folder for the waveform model, its card and what it keeps.")
        _train_waveform(mimic_iv_ecg, directory, epochs)
        return
    from qcore.tasks.hemoglobin import store
    from qcore.tasks.hemoglobin.model import TITLES
    from qcore.training.hemoglobin.train import train as fit

    with progress() as bar:
        step = bar.add_task("reading", total=None)
        model = fit(data(), lambda text, done, total: bar.update(step, description=text, completed=done, total=total))
    store.save(model, directory or store.DIRECTORY)
    table = Table("model", "parameters of a member")
    for name, size in model.facts.n_parameters.items():
        table.add_row(TITLES[name], str(size))
    out.print(table)
    out.print(f"Written to {directory or store.DIRECTORY}. Next: qlinical evaluate hemoglobin --write")


def evaluate(
    as_json: AsJson = False,
    write: Annotated[
        bool, typer.Option("--write", help="Measure again (minutes) and write evaluation.json and card.md.")
    ] = False,
) -> None:
    """Show what nested cross-validation says of the haemoglobin models, beside age and sex alone."""
    from qcore.tasks.hemoglobin import store

    if write:
        from qcore.training.hemoglobin.card import card
        from qcore.training.hemoglobin.evaluate import evaluate as measure

        model = store.load()
        with progress() as bar:
            step = bar.add_task("reading", total=None)
            measured = measure(
                model, data(), lambda text, done, total: bar.update(step, description=text, completed=done, total=total)
            )
        text = measured.model_dump_json(indent=2) + "\n"
        (store.DIRECTORY / store.EVALUATION).write_text(text, encoding="utf-8")
        (store.DIRECTORY / store.CARD_FILE).write_text(card(model, measured), encoding="utf-8")
    kept = store.load_evaluation()
    if as_json:
        print(json.dumps(as_report(kept), indent=2))  # noqa: T201 - for other programs, without rich's line breaks
        return
    _show(kept)
    out.print("These figures are kept; 'qlinical evaluate hemoglobin --write' measures again.")


def as_report(evaluation: "HemoglobinEvaluation") -> dict[str, object]:
    """Return an evaluation for other programs: the hybrid's metrics at the top, all else beneath."""
    from qcore.tasks.hemoglobin.network import HYBRID

    content = evaluation.model_dump(mode="json")
    return {**content["models"][HYBRID], **content}


def _show(evaluation: "HemoglobinEvaluation") -> None:
    from qcore.tasks.hemoglobin.model import TITLES

    title = f"{evaluation.n} patients held out, {evaluation.n_repeats} times {evaluation.n_folds} parts"
    table = Table("model", "MAE, g/dL", "RMSE, g/dL", "AUC for anaemia", title=title)
    for name, metrics in evaluation.models.items():
        table.add_row(TITLES[name], *map(as_interval, metrics.values()))
    minus = Table("hybrid minus", "MAE, g/dL", "RMSE, g/dL", "AUC for anaemia")
    for name, metrics in evaluation.differences.items():
        minus.add_row(TITLES[name], *map(as_interval, metrics.values()))
    out.print(table, minus)


def cohort(
    ecg: Annotated[Path, typer.Argument(metavar="ECG_DIR", help="Folder of record_list.csv.", file_okay=False)],
    hosp: Annotated[
        Path, typer.Argument(metavar="HOSP_DIR", help="Folder hosp/ of MIMIC-IV, or the one above it.", file_okay=False)
    ],
    window: Annotated[str, typer.Option(help="Longest time between ECG and blood sample, such as 4h or 90min.")] = "4h",
    before_only: Annotated[
        bool, typer.Option("--before-only", help="Only samples drawn before the ECG, or in its very minute.")
    ] = False,
    item: Annotated[
        list[int] | None,
        typer.Option(help="Lab item: 51222 (default), 50811 (blood gas) or 51640; may be given more than once."),
    ] = None,
    output: Annotated[Path | None, typer.Option("--out", help="Write the cohort as CSV here.")] = None,
) -> None:
    """Pair MIMIC-IV-ECG records with the haemoglobin that was measured nearest in time; split by patient."""
    from qcore.training.cohorts.mimic_iv_ecg import hemoglobin_cohort

    check_writable(output)
    with err.status("reading the tables"):
        found = hemoglobin_cohort(ecg, hosp, window, before_only=before_only, items=item)
    table = Table("step", "records", "patients")
    for step in found.attrition:
        table.add_row(step.what, f"{step.records:,}", f"{step.patients:,}")
    splits = Table("split", "records", "patients", "anaemic")
    for name, part in found.pairs.groupby("split", sort=False):
        splits.add_row(str(name), f"{len(part):,}", f"{part['subject_id'].nunique():,}", f"{part['anemic'].mean():.0%}")
    out.print(table, splits)
    if output:
        found.pairs.to_csv(output, index=False)
        out.print(f"{len(found.pairs):,} pairs written to {output}. Next: qlinical train hemoglobin --mimic-iv-ecg")


def _train_waveform(cohort_file: Path, directory: Path, epochs: int) -> None:
    from qcore.training.hemoglobin.waveform.train import train_waveform

    with kept_if_stopped(str(directory)), progress() as bar:
        step = bar.add_task("reading", total=None)
        evaluation = train_waveform(
            cohort_file,
            directory,
            epochs,
            lambda text, done, total: bar.update(step, description=text, completed=done, total=total),
        )
    table = Table("model", "MAE, g/dL", "RMSE, g/dL", "AUC for anaemia", title=f"{evaluation.n:,} test records")
    for name, metrics in evaluation.models.items():
        table.add_row(name, *map(as_interval, metrics.values()))
    out.print(table)
    out.print(f"Written to {directory}.")
