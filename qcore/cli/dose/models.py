"""What every model answers to the questions of `qlinical dose`, as JSON and as a table."""

from typing import TYPE_CHECKING, Any

from rich.box import SIMPLE
from rich.table import Table

from qcore.cli.console import err

if TYPE_CHECKING:
    from qcore.backends.protocol import Backend
    from qcore.population.model import PopulationModel
    from qcore.tasks.dosing.dose_finding import Answer, Question

IDEAL = "ideal"
"""Name of the backend that runs circuits where none is asked for."""


def answers_of_all(
    model: "PopulationModel", questions: "list[Question]", backend: "Backend", expected: bool
) -> "tuple[list[Answer], list[Answer], list[str]]":
    """Return the answers of the population model, those of the networks, and remarks on who answered.

    Args:
        model: the population model of the study.
        questions: that every model is asked.
        backend: that runs the circuits.
        expected: the learned ones, so that it is told where they do not know the study, as where a backend was chosen.
    """
    from qcore.tasks.dosing.dose_finding import answer, ask
    from qcore.tasks.dosing.networks.dose_finding.backends import NO_NETWORK
    from qcore.tasks.dosing.networks.released import load_released

    with err.status("Simulating people") as status:
        first = answer(model, questions)
        others = load_released().dose_models(model, backend)
        learned: list[Answer] = []
        for each in others:
            status.update(f"Asking {each.name}" + (f" on {each.runs_on}" if each.runs_on else ""))
            learned += ask(each, questions)
    in_vain = not others and (expected or backend.name != IDEAL)
    return first, learned, [NO_NETWORK] if in_vain else []


def json_row(each: "Answer", unit: str, comedication: bool, *, refused: bool = False) -> dict[str, Any]:
    """Return one answer for other programs.

    Args:
        each: the answer to one question by one model.
        unit: of its doses; in mg the dose is called ``dose_mg``, as those who asked the challenge's questions read it.
        comedication: the study tells of it.
        refused: no dose is named, because of what is known to be broken.
    """
    question = each.question
    named = None if refused else each
    return {
        "model": each.model,
        "backend": each.backend,
        "population": question.population.name,
        **({"comed": question.population.comedication} if comedication else {}),
        "target": question.share,
        "interval_h": question.regimen.interval_h,
        "regimen": question.regimen.name,
        "step": question.regimen.step,
        "cap": question.regimen.cap,
        "dose_mg" if unit == "mg" else "dose": named and named.dose,
        "low": named and named.low,
        "high": named and named.high,
        "attained": named and round(named.attained, 4),
        "refused": refused,
    }


def comparison(first: "list[Answer]", learned: "list[Answer]", unit: str) -> list[Table]:
    """Return a table for each population: a row for each model, the population model first, a column for each question.

    Args:
        first: what the mechanistic model answers.
        learned: what the others do, to the same questions.
        unit: of the doses, such as mg.
    """
    tables: dict[str, dict[str, list[Answer]]] = {}
    for each in [*first, *learned]:
        tables.setdefault(each.question.population.name, {}).setdefault(each.model, []).append(each)
    tables_shown = []
    for population, models in tables.items():
        questions = [each.question for each in next(iter(models.values()))]
        heads = [f"{each.regimen.name}, {each.share:.0%}" for each in questions]
        table = Table(f"{population}, {unit}", *heads, box=SIMPLE, padding=0)
        for name, answers in models.items():
            bold = "bold" if answers[0] in first else None
            table.add_row(name, *map(_cell, answers), style=bold)
        tables_shown.append(table)
    return tables_shown


def _cell(answer: "Answer") -> str:
    regimen = answer.question.regimen
    over, under = f"over {regimen.cap:g}", f"under {regimen.step:g}"
    low, high = (over if each is None else f"{each:g}" for each in (answer.low, answer.high))
    none = under if answer.question.target.highest else over
    dose = none if answer.dose is None else f"{answer.dose:g}"
    return dose if dose == low == high else f"{dose} ({low})" if low == high else f"{dose} ({low}-{high})"
