"""What every model answers to the questions of `qlinical dose`, as JSON and as a table."""

from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE
from rich.table import Table

from qcore.cli.console import err

if TYPE_CHECKING:
    from qcore.population.model import PopulationModel
    from qcore.tasks.dosing.answer import Answer, Question

OTHER_STUDY = (
    "The quantum and classical networks know the challenge's study alone, read as it is: here the mechanistic model "
    "answers by itself, and no circuit ran."
)


def answers_of_all(
    model: "PopulationModel", asked: "list[Question]", line: str
) -> "tuple[list[Answer], list[Answer], list[str]]":
    """Return what the mechanistic model answers, what the learned ones do, and what is to be said about that.

    Args:
        model: of the study.
        asked: the questions.
        line: where circuits run.

    Raises:
        InvalidValue: circuits cannot run there.
    """
    from qcore.tasks.dosing.answer import answer, ask
    from qcore.tasks.dosing.learned.place import simulated
    from qcore.tasks.dosing.learned.released import load_released

    place = simulated(line)
    with err.status("Simulating people") as status:
        first = answer(model, asked)
        others = load_released().asked(model, place)
        learned: list[Answer] = []
        for each in others:
            status.update(f"Asking {each.name}" + (f" on {each.runs_on}" if each.runs_on else ""))
            learned += ask(each, asked)
    return first, learned, [] if others else [OTHER_STUDY]


def json_row(each: "Answer") -> dict[str, Any]:
    """Return one answer for other programs."""
    question = each.question
    return {
        "model": each.model,
        "backend": each.backend,
        "population": question.population.name,
        "comed": question.population.comedication,
        "target": question.share,
        "interval_h": question.regimen.interval_h,
        "dose_mg": each.dose,
        "low": each.low,
        "high": each.high,
        "attained": round(each.attained, 4),
    }


def comparison(first: "list[Answer]", learned: "list[Answer]", unit: str) -> Table:
    """Return a table with a line a question and a column a model, the mechanistic one first."""
    columns = list(dict.fromkeys((each.model, each.backend) for each in learned))
    heads = [f"{name} ({place})" if place else name for name, place in columns]
    table = Table("for", "how often", "share", f"mechanistic, {unit}", *heads, box=SIMPLE)
    by = {(each.model, id(each.question)): each for each in learned}
    for each in first:
        question = each.question
        cells = [_cell(by[name, id(question)]) for name, _ in columns]
        who, how = question.population.name, question.regimen.name
        table.add_row(who, how, f"{question.share:.0%}", f"[bold]{_cell(each)}[/bold]", *cells)
    return table


def _cell(found: "Answer") -> str:
    dose, low, high = (
        f"{each:g}" if each is not None else f"over {found.question.regimen.cap:g}"
        for each in (found.dose, found.low, found.high)
    )
    return f"{dose} ({low} to {high})"
