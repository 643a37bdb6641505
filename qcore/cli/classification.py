"""qlinical train, evaluate and study for the families: the same three commands for every question."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from qcore.cli.console import STOPPED, AsJson, BackendName, complain, data, err, out, progress
from qcore.errors import InvalidValue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from qcore.evidence.evaluation import Evaluation
    from qcore.evidence.kinds import KindsEvidence
    from qcore.evidence.macro import MacroEvidence
    from qcore.evidence.metrics import Estimate
    from qcore.tasks.classification.question import Entry

QUESTIONS = {
    "breast": "BreastMNIST",
    "pneumonia": "PneumoniaMNIST",
    "adrenal": "AdrenalMNIST3D",
    "tumor": "MRI of the brain",
    "ecg": "PTB-XL",
}
"""Known here too, so that the help needs neither torch nor PennyLane."""
Family = Annotated[
    str,
    typer.Option("--family", help="One of those listed by qlinical families; left out, the one released or shown."),
]
Write = Annotated[
    bool, typer.Option("--write", help="Also measure it under noise, and write evaluation.json and card.md.")
]


def add_training(app: typer.Typer) -> None:
    """Add ``train breast`` and its like."""

    def add(name: str, title: str) -> None:
        @app.command(name, help=f"Train a hybrid and its classical twin on {title}; for the released one a ResNet too.")
        def command(family: Family = "") -> None:
            train_family(name, family)

    for name, title in QUESTIONS.items():
        add(name, title)


def add_evaluation(app: typer.Typer) -> None:
    """Add ``evaluate breast`` and its like."""

    def add(name: str, title: str) -> None:
        @app.command(name, help=f"Measure hybrid, twin and ResNet on the test split of {title}.")
        def command(
            family: Family = "", as_json: AsJson = False, write: Write = False, backend: BackendName = "ideal"
        ) -> None:
            evaluate_family(name, family, as_json, write, backend)

    for name, title in QUESTIONS.items():
        add(name, title)


def add_studies(app: typer.Typer) -> None:
    """Add ``study breast`` and its like."""

    def add(name: str, title: str) -> None:
        @app.command(name, help=f"Ablations and learning curve of a hybrid on {title}; renews evaluation and card.")
        def command(family: Family = "") -> None:
            if name == "aki" and not family:
                compare_candidates()
                return
            study_family(name, family)

    for name, title in {**QUESTIONS, "aki": "the AKI data; without --family, all are cross-validated"}.items():
        add(name, title)


@contextmanager
def kept_if_stopped(folder: str = ".cache/training") -> Iterator[None]:
    """Say on Ctrl-C that what is trained is kept in a folder."""
    try:
        yield
    except KeyboardInterrupt:
        complain(f"Stopped. What is trained so far is kept in {folder}: the same command goes on from there.")
        raise typer.Exit(STOPPED) from None


def train_family(question: str, family: str) -> None:
    """Train a family for a question and write it to assets/models."""
    from qcore.settings import CACHE
    from qcore.tasks.classification import store
    from qcore.tasks.questions import entry
    from qcore.training.classification.beforehand import learnt_beforehand
    from qcore.training.classification.cases import read_cases
    from qcore.training.classification.train import Training

    wanted, checkpoints = entry(question, family), CACHE / "training"
    with kept_if_stopped(), progress() as bar:
        step = bar.add_task("reading", total=None)

        def tell(text: str, done: int, total: int) -> None:
            bar.update(step, description=text, completed=done, total=total)

        preparation = learnt_beforehand(wanted, data(), checkpoints, tell)
        training, validation = (read_cases(wanted.question, wanted.shape, split, data()) for split in ("train", "val"))
        model = Training(wanted, training, checkpoints, validation, preparation=preparation, on_progress=tell).run()
    store.save(model)
    table = Table("model", "parameters of a member", "AUROC, validation", "fit, s")
    for key, auroc in model.facts.validation_auroc.items():
        size, seconds = model.facts.n_parameters[key], model.facts.training_seconds[key]
        table.add_row(key, f"{size:,}", f"{auroc:.3f}", f"{seconds:.0f}")
    out.print(table)
    out.print(f"Written to {store.folder_of(wanted)}. Next: {store.command(wanted, 'evaluate')} --write")


def evaluate_family(question: str, family: str, as_json: bool, write: bool, backend: str) -> None:
    """Measure a trained family on the test cases of a question.

    Raises:
        InvalidValue: it is to be written, and not noiseless.
    """
    from qcore.backends.registry import backend as make_backend
    from qcore.tasks.classification import store
    from qcore.tasks.classification.model import TITLES
    from qcore.tasks.questions import entry
    from qcore.training.classification.cases import read_cases
    from qcore.training.classification.evaluate import decisions_changed, evaluate, with_noise, with_study
    from qcore.training.classification.reference import reference
    from qcore.training.external import with_external_checks, with_localisation

    check_written(write, backend)
    wanted = entry(question, family)
    model, cases = store.load(wanted), read_cases(wanted.question, wanted.shape, "test", data())
    with err.status("resampling the test cases a thousand times"):
        evaluation = evaluate(model, cases, make_backend(backend), reference(wanted, cases, data()))
        evaluation = with_external_checks(evaluation, model, data(), make_backend(backend))
        evaluation = with_localisation(evaluation, model, data(), make_backend(backend), every=write)
        if write:
            evaluation = with_study(with_noise(evaluation, model, cases), store.previous_evaluation(wanted))
    if write:
        store.save_evaluation(wanted, evaluation)
        write_card(wanted)
    if as_json:
        # What was not measured is left out: an empty list would read as "none".
        print(as_text(evaluation))  # noqa: T201 - for other programs, without rich's line breaks
        return
    show_metrics(evaluation, TITLES)
    if backend != "ideal":
        changed = decisions_changed(model, cases, make_backend(backend))
        at = ", ".join(f"{threshold:.1%}" for threshold in model.facts.thresholds.values()) or "the most probable kind"
        out.print(f"{changed:.1%} of the hybrid's decisions, at {at}, differ from the noiseless.")


def as_text(evaluation: "Evaluation") -> str:
    """Return an evaluation as JSON for other programs.

    The evidence of a yes/no question stands at its top; of exclusive kinds, the share that is given its kind, and how
    the first of them, which is "nothing there", is told from all others.
    """
    content = evaluation.model_dump(mode="json", exclude_defaults=True)
    if len(evaluation.labels) == 1:
        (evidence,) = content.pop("labels").values()
        content |= evidence
    if evaluation.kinds is not None:
        nothing, question = next(iter(evaluation.labels.values())).metrics, evaluation.task.partition("-")[0]
        content |= {
            "accuracy": evaluation.kinds.accuracy.value,
            f"{question}_auroc": nothing["auroc"].value,
            "ece": nothing["ece"].value,
        }
    if evaluation.macro is not None:
        each = {f"{name.lower()}_auc": found.metrics["auroc"].value for name, found in evaluation.labels.items()}
        content |= {"macro_auc": evaluation.macro.auroc.value, **each}
    if evaluation.localisation:
        content["pointing"] = max(found.pointing.value for found in evaluation.localisation)
    return json.dumps(content, indent=2)


def show_metrics(evaluation: "Evaluation", titles: "Mapping[str, str]") -> None:
    """Print the metrics of every model, label by label."""
    from qcore.tasks.classification.model import HYBRID

    if evaluation.kinds is not None:
        show_kinds(evaluation.kinds, tuple(evaluation.labels), titles)
    if evaluation.macro is not None:
        show_macro(evaluation.macro, titles)
    for label, evidence in evaluation.labels.items():
        title = f"{evaluation.split}, {evaluation.n} cases, {evaluation.backend} backend"
        table = Table("model", *evidence.metrics, title=title if len(evaluation.labels) == 1 else f"{label}: {title}")
        for key, metrics in {HYBRID: evidence.metrics, **evidence.controls}.items():
            table.add_row(titles[key], *map(as_interval, metrics.values()))
        out.print(table)


def show_kinds(kinds: "KindsEvidence", names: tuple[str, ...], titles: "Mapping[str, str]") -> None:
    """Print how often each model gives the right one of the exclusive kinds, and what the hybrid takes for what."""
    from qcore.tasks.classification.model import HYBRID

    table = Table("model", "right kind", "hybrid minus this", title="all kinds together")
    for key, share in {HYBRID: kinds.accuracy, **kinds.controls}.items():
        table.add_row(titles[key], as_interval(share), as_interval(kinds.differences.get(key)))
    confusion = Table("is", *(f"given {name}" for name in names), title="cases of the hybrid")
    for name, row in zip(names, kinds.confusion, strict=True):
        confusion.add_row(name, *map(str, row))
    out.print(table, confusion)


def show_macro(macro: "MacroEvidence", titles: "Mapping[str, str]") -> None:
    """Print the mean AUROC of every model."""
    from qcore.tasks.classification.model import HYBRID

    table = Table("model", "mean AUROC", "hybrid minus this", title=f"mean of {', '.join(macro.labels)}")
    for key, auroc in {HYBRID: macro.auroc, **macro.controls}.items():
        table.add_row(titles[key], as_interval(auroc), as_interval(macro.differences.get(key)))
    out.print(table)


def as_interval(estimate: "Estimate | None") -> str:
    """Write a metric with its interval; nothing for none."""
    return "" if estimate is None else f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"


def study_family(question: str, family: str) -> None:
    """Ask what the circuit of a trained family contributes and who needs fewer cases, and renew the card.

    Raises:
        InvalidValue: its evaluation is that of other weights, or nothing can be taken away from its circuit.
    """
    from qcore.settings import CACHE
    from qcore.tasks.classification import store
    from qcore.tasks.classification.question import is_studied
    from qcore.tasks.questions import entry
    from qcore.training.classification.cases import read_cases
    from qcore.training.classification.evaluate import under_noise, with_evidence
    from qcore.training.classification.study import Study

    wanted = entry(question, family)
    if not is_studied(wanted):
        raise InvalidValue(
            f"'{wanted.family}' is not studied: without a part of its circuit it would be another model. Choose "
            "another family."
        )
    model, evaluation = store.load(wanted), store.load_evaluation(wanted)
    if evaluation.weights != model.digest:
        command = f"{store.command(wanted, 'evaluate')} --write"
        raise InvalidValue(f"'{wanted.name}' was trained again since it was measured. Run '{command}' first.")
    training, validation, test = (
        read_cases(wanted.question, wanted.shape, split, data()) for split in ("train", "val", "test")
    )
    checkpoints = CACHE / "training"
    with kept_if_stopped(), err.status("training") as status:
        study = Study(model, training, validation, test, checkpoints, status.update)
        findings: dict[str, object] = {"ablations": study.ablations(), "learning": study.learning_curve()}
        retrained = study.retrained()
        if retrained is not None:
            findings["retrained_on"] = retrained.facts.trained_on
            evaluation = with_evidence(evaluation, "retrained_noise", under_noise(retrained, test))
    store.save_evaluation(wanted, evaluation.model_copy(update=findings))
    write_card(wanted)
    out.print(f"Written to {store.card_file(wanted)}.")


def compare_candidates() -> None:
    """Cross-validate every family on the training half of the AKI data, beside the model of the page."""
    from qcore.settings import CACHE
    from qcore.tasks.aki.model import LABELS, load
    from qcore.tasks.classification.model import HYBRID
    from qcore.training.classification.candidates import measure

    with kept_if_stopped(), err.status("training") as status:
        auroc_by_family = measure(data(), CACHE / "training", status.update)
    page = load().facts.validation_auroc[HYBRID]
    table = Table("model", "AUROC, cross-validated on set-a")
    for name, auroc in sorted({**auroc_by_family, LABELS[HYBRID]: page}.items(), key=lambda pair: -pair[1]):
        table.add_row(name, f"{auroc:.4f}")
    out.print(table)
    out.print("Next: qlinical evaluate aki --write")


def check_written(write: bool, backend: str) -> None:
    """Refuse to publish figures of another backend as those of the model.

    Raises:
        InvalidValue: it is to be written, and not noiseless.
    """
    if write and backend != "ideal":
        raise InvalidValue(
            f"The published figures are noiseless, and the card has its own section on noise: leave out --write or "
            f"--backend {backend}."
        )


def write_card(wanted: "Entry") -> None:
    """Write the card of a trained and measured model, and the page on which it stands beside the others."""
    from qcore.tasks.classification import store
    from qcore.training.classification import overview
    from qcore.training.classification.card import card
    from qcore.training.notes import notes_of

    model, evaluation = store.load(wanted), store.load_evaluation(wanted)
    text = card(model, evaluation, notes_of(model, evaluation))
    store.card_file(wanted).write_text(text, encoding="utf-8")
    overview.FILE.write_text(overview.overview(overview.measured()), encoding="utf-8")
