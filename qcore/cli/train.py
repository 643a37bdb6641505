"""qlinical train: train the models of a task from public data."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from qcore.cli import classification, dosing_models, hemoglobin, tumor
from qcore.cli.console import data, err, out, progress
from qcore.errors import InvalidValue

PAGE_FAMILY = "sparse"
"""That of the page has a command of its own; known here too, so that the help needs neither torch nor PennyLane."""

app = typer.Typer(help="Train the models of a task from public data.", no_args_is_help=True)


@app.callback()
def train() -> None:
    """Train the models of a task from public data."""


@app.command("aki")
def train_aki(
    mimic_iv: Annotated[
        Path | None,
        typer.Option(help="Train the transfusion model on this copy of MIMIC-IV instead of PhysioNet 2012."),
    ] = None,
    backend: Annotated[
        str,
        typer.Option(help="Where the hybrid is trained: ideal, noisy:fez:3 (noise-aware), noisy:fez:inject, …"),
    ] = "ideal",
    normalize: Annotated[
        bool, typer.Option("--normalize", help="Normalise what the circuit measures (QuantumNAT).")
    ] = False,
    directory: Annotated[Path | None, typer.Option(help="Where to write; default assets/models/aki.")] = None,
    family: classification.Family = "",
) -> None:
    """Train the hybrid AKI model and the three classical models beside it (about six minutes on two cores).

    Uses set-a of the PhysioNet 2012 data only; set-b stays unseen for `qlinical evaluate aki`. Writes weights
    (safetensors) and model.json, and afterwards needs `qlinical evaluate aki --write` for a fresh card.

    With --family, trains that family instead, on the same patients, beside its twin: assets/models/aki-FAMILY.

    Example for the transfusion model: qlinical train aki --mimic-iv /data/mimiciv --directory models/transfusion
    """
    if family and family != PAGE_FAMILY:
        if mimic_iv or directory or normalize or backend != "ideal":
            raise InvalidValue("A family is trained as its card says: give --family alone.")
        classification.train_family("aki", family)
        return
    from qcore.backends.specification import parse
    from qcore.tasks.aki.model import DIRECTORY
    from qcore.tasks.classification.store import save
    from qcore.training.aki import train as aki

    if mimic_iv and directory is None:
        raise InvalidValue("Give --directory too, so that the transfusion model does not replace the shipped one.")
    specification = parse(backend)
    if (specification.kind != "ideal" or normalize) and directory is None:
        raise InvalidValue("Give --directory too, so that the noise-aware model does not replace the shipped one.")
    if specification.kind in {"ibm", "rehearsal"} or specification.shots:
        raise InvalidValue("Training needs exact gradients: choose ideal or noisy without shots.")
    from qcore.training.cohorts.sources import physionet_training_set, transfusion_training_set

    source = transfusion_training_set(mimic_iv) if mimic_iv else physionet_training_set(data())
    with progress() as bar:
        step = bar.add_task("reading the cohort", total=None)
        model = aki.train(
            source.cohort,
            source.population,
            lambda text, done, total: bar.update(step, description=text, completed=done, total=total),
            specification,
            normalize,
        )
    save(model.trained, directory or DIRECTORY)
    table = Table("model", "parameters", "AUROC, cross-validated", "fit, s")
    for key, auroc in model.facts.validation_auroc.items():
        seconds = model.facts.training_seconds[key]
        table.add_row(key, str(model.facts.n_parameters[key]), f"{auroc:.3f}", f"{seconds:.1f}")
    out.print(table)
    out.print(f"Written to {directory or DIRECTORY}. Next: qlinical evaluate aki --write")


@app.command("dosing")
def train_dosing(
    learned: Annotated[
        bool, typer.Option("--learned", help="Train the learned models instead (5 to 20 minutes).")
    ] = False,
) -> None:
    """Fit the population model of the challenge's study and write it with its card (about two minutes).

    With --learned, trains the quantum networks and their classical twins on all subjects instead:
    assets/models/dosing/learned.
    """
    if learned:
        dosing_models.train_learned()
        return
    from qcore.tasks.dosing.fitting import SHIPPED
    from qcore.training.population.train import train as fit

    with err.status("Fitting") as status:
        model = fit(data(), lambda step: status.update(f"Fitting: {step.what}"))
    table = Table("number", "value", "standard error")
    for name, (value, error) in model.with_errors.items():
        table.add_row(name, f"{value:.4g}", error)
    out.print(table)
    out.print(f"Written to {SHIPPED}.")


classification.add_training(app)
app.command("familiarity")(tumor.train_familiarity)
app.command("hemoglobin")(hemoglobin.train)
