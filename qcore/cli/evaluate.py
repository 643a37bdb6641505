"""qlinical evaluate: recompute the published numbers of a task on its test set."""

from typing import Annotated

import typer
from rich.table import Table

from qcore.cli import classification, dosing_models
from qcore.cli.console import AsJson, BackendName, data, err, out

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
    if family:
        classification.evaluate_family("aki", family, as_json, write, backend)
        return
    classification.check_written(write, backend)
    from qcore.backends.registry import backend as make_backend
    from qcore.tasks.aki.model import ENTRY, load
    from qcore.tasks.classification.model import HYBRID
    from qcore.tasks.classification.store import save_evaluation
    from qcore.training.aki.train import cases_of
    from qcore.training.classification.evaluate import evaluate, with_noise
    from qcore.training.cohorts.sources import external_checks, physionet_test_set

    model, runs_on, folder = load(), make_backend(backend), data()
    with err.status("resampling 3,600 patients a thousand times"):
        cases = cases_of(physionet_test_set(folder))
        result = evaluate(model.trained, cases, runs_on)
        result = result.with_only(external=external_checks(model, folder, runs_on))
    if write:
        with err.status("measuring under noise"):
            result = with_noise(result, model.trained, cases)
        save_evaluation(ENTRY, result)
        classification.write_card(ENTRY)
    if as_json:
        print(classification.as_text(result))  # noqa: T201 - for other programs
        return
    evidence = result.only
    table = Table("model", *evidence.metrics, title=f"{result.split}, {result.n} patients, {result.backend} backend")
    for key, metrics in {HYBRID: evidence.metrics, **evidence.controls}.items():
        table.add_row(key, *(f"{m.value:.3f} ({m.low:.3f} to {m.high:.3f})" for m in metrics.values()))
    out.print(table)


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
