"""qlinical train and evaluate for the imaging questions: the same two commands for each of them."""

from collections.abc import Callable
from typing import Annotated

import typer
from rich.table import Table

from qcore.cli.console import AsJson, BackendName, data, err, out, progress

TASKS = {"breast": "BreastMNIST", "pneumonia": "PneumoniaMNIST", "adrenal": "AdrenalMNIST3D"}
"""Known here too, so that the help needs neither torch nor PennyLane."""


def add_training(app: typer.Typer) -> None:
    """Add ``train breast`` and its like."""
    for name, title in TASKS.items():
        app.command(name, help=f"Train the hybrid, its classical twin and a ResNet on {title}.")(_training(name))


def add_evaluation(app: typer.Typer) -> None:
    """Add ``evaluate breast`` and its like."""
    for name, title in TASKS.items():
        app.command(name, help=f"Measure hybrid, twin and ResNet on the test split of {title}.")(_evaluation(name))


def _training(name: str) -> Callable[..., None]:
    def train() -> None:
        from qcore.settings import REPOSITORY
        from qcore.tasks.imaging import store
        from qcore.tasks.imaging.task import TASKS as KNOWN
        from qcore.training.imaging import RECIPES, train
        from qcore.training.medmnist import read

        task = KNOWN[name]
        training, validation = (read(data(), task.dataset, split, task.positive_label) for split in ("train", "val"))
        with progress() as bar:
            step = bar.add_task("reading", total=None)
            model = train(
                task,
                RECIPES[name],
                training,
                validation,
                REPOSITORY / ".cache" / "training",
                lambda what, done, total: bar.update(step, description=what, completed=done, total=total),
            )
        store.save(model)
        table = Table("model", "parameters of a member", "AUROC, validation split", "fit, s")
        for key, auroc in model.facts.validation_auroc.items():
            size, seconds = model.facts.n_parameters[key], model.facts.training_seconds[key]
            table.add_row(key, f"{size:,}", f"{auroc:.3f}", f"{seconds:.0f}")
        out.print(table)
        out.print(f"Written to {store.DIRECTORY / name}. Next: qlinical evaluate {name} --write")

    return train


def _evaluation(name: str) -> Callable[..., None]:
    def evaluate(
        as_json: AsJson = False,
        write: Annotated[
            bool, typer.Option("--write", help="Also measure it under noise, and write evaluation.json and card.md.")
        ] = False,
        backend: BackendName = "ideal",
    ) -> None:
        from qcore.backends.registry import backend as make_backend
        from qcore.tasks.imaging import store
        from qcore.training.imaging_card import card
        from qcore.training.imaging_evaluation import evaluate, with_noise, with_study
        from qcore.training.medmnist import read

        model = store.load(name)
        images = read(data(), model.task.dataset, "test", model.task.positive_label)
        with err.status("resampling the test images a thousand times"):
            found = evaluate(model, images, make_backend(backend))
            if write:
                found = with_study(with_noise(found, model, images), store.previous_evaluation(name))
        if write:
            store.save_evaluation(found)
            store.card_file(name).write_text(card(model, found), encoding="utf-8")
        if as_json:
            print(found.model_dump_json(indent=2))  # noqa: T201 - for other programs, so without rich's line breaks
            return
        table = Table("model", *found.metrics, title=f"{found.split}, {found.n} images, {found.backend} backend")
        for key, metrics in {"hybrid": found.metrics, **found.controls}.items():
            table.add_row(key, *(f"{m.value:.3f} ({m.low:.3f} to {m.high:.3f})" for m in metrics.values()))
        out.print(table)

    return evaluate


def add_studies(app: typer.Typer) -> None:
    """Add ``study breast`` and its like."""
    for name, title in TASKS.items():
        app.command(name, help=f"Ablations and learning curve of the hybrid on {title}; renews evaluation and card.")(
            _study(name)
        )


def _study(name: str) -> Callable[..., None]:
    def study() -> None:
        from qcore.settings import REPOSITORY
        from qcore.tasks.imaging import store
        from qcore.training.imaging import RECIPES
        from qcore.training.imaging_card import card
        from qcore.training.imaging_study import ablations, learning_curve
        from qcore.training.medmnist import read

        model, evaluation = store.load(name), store.load_evaluation(name)
        task, recipe = model.task, RECIPES[name]
        training, test = (read(data(), task.dataset, split, task.positive_label) for split in ("train", "test"))
        checkpoints = REPOSITORY / ".cache" / "training"
        with err.status("training") as status:
            arguments = (model, recipe, training, test, checkpoints, status.update)
            found = {"ablations": ablations(*arguments), "learning": learning_curve(*arguments)}
        evaluation = evaluation.model_copy(update=found)
        store.save_evaluation(evaluation)
        store.card_file(name).write_text(card(model, evaluation), encoding="utf-8")
        out.print(f"Written to {store.card_file(name)}.")

    return study
