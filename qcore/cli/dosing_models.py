"""qlinical train, evaluate and study for the learned models of concentration and response."""

import json
from itertools import product
from typing import TYPE_CHECKING

from rich.progress import Progress
from rich.table import Table

from qcore.cli.classification import kept_if_stopped
from qcore.cli.console import data, err, out, progress

if TYPE_CHECKING:
    from qcore.tasks.dosing.networks.evaluation.sums import Sums
    from qcore.training.dosing.evaluate import Validation


def train_learned() -> None:
    """Train the learned models on all subjects and write them to assets/models/dosing/learned."""
    from qcore.tasks.dosing.networks import store
    from qcore.training.dosing.challenge import write_card
    from qcore.training.dosing.release import release

    with kept_if_stopped(".cache/dosing"), progress() as bar:
        validation = _validation(bar)
        record = release(validation, on_model=validation.on_progress)
    write_card()
    table = Table("model", "case", "members", "parameters", "fit, s")
    for each in record.models:
        table.add_row(each.model, each.case, str(len(each.seeds)), f"{each.n_parameters:,}", f"{each.seconds:.0f}")
    out.print(table)
    out.print(f"Written to {store.DIRECTORY}.")


def evaluate_learned(as_json: bool, write: bool) -> None:
    """Show the errors of all models, from what is kept of their evaluation; measure again if that is to be written."""
    from qcore.tasks.dosing.networks.evaluation import stored
    from qcore.training.dosing.challenge import write_card
    from qcore.training.dosing.coverage import with_networks
    from qcore.training.dosing.floor import floors

    if write:
        sizes = stored.load().sizes if stored.is_there() else ()
        with kept_if_stopped(".cache/dosing"), progress() as bar:
            validation = _validation(bar)
            known = validation.known
            least = floors(known, validation.study)
            evaluation = stored.NetworkEvaluation(
                study=known.study, measured=validation.run(), sizes=sizes, floors=least
            )
            stored.save(with_networks(evaluation, validation))
        write_card()
    kept = stored.load()
    with err.status("resampling subjects"):
        report = kept.report()
    if as_json:
        print(json.dumps(report, indent=2))  # noqa: T201 - for other programs, so without rich's line breaks
        return
    out.print(_errors(kept.measured))
    out.print(f"{stored.HOW} These figures are kept; '{stored.RENEW}' measures again.")


def study_sizes(again: bool) -> None:
    """Train the sizes of the circuits that are not known yet beside their controls, and renew the card after each."""
    from qcore.tasks.dosing.networks import store
    from qcore.tasks.dosing.networks.evaluation import stored
    from qcore.training.dosing.challenge import CARD, write_card
    from qcore.training.dosing.size import LAYERS, QUBITS, train_size

    evaluation = stored.load()
    known = set() if again else {(each.n_qubits, each.n_layers) for each in evaluation.sizes}
    wanted = [each for each in product(QUBITS, LAYERS) if each not in known]
    if not wanted:
        out.print("Every size is measured already; --again trains them all once more.")
        return
    with kept_if_stopped(".cache/dosing"), progress() as bar:
        validation = _validation(bar)
        for size in wanted:
            evaluation = evaluation.with_size(train_size(validation, *size))
            stored.save(evaluation)
            write_card()
    out.print(f"Written to {store.DIRECTORY / CARD}.")


def _validation(bar: Progress) -> "Validation":
    from qcore.training.dosing.challenge import validation

    step = bar.add_task("reading", total=None)
    return validation(data(), lambda what, done, total: bar.update(step, description=what, completed=done, total=total))


def _errors(sums: "Sums") -> Table:
    columns = [(case, quantity) for case in sums.cases for quantity in sums.spreads]
    subjects = f"{sums.n_subjects} subjects, {sums.n_repeats} divisions into {sums.n_folds} parts"
    table = Table("model", *(f"{quantity}, {case}" for case, quantity in columns), title=f"normalised RMSE, {subjects}")
    errors = {(each.model, each.case, each.quantity): each.normalised for each in sums.errors}
    for name in dict.fromkeys(each.model for each in sums.models):
        cells = [errors[name, *column] for column in columns]
        table.add_row(name, *(f"{each.value:.3f} ({each.low:.3f} to {each.high:.3f})" for each in cells))
    return table
