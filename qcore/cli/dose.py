"""qlinical dose: what dose, how often, for whom, from the data of a study."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE
from rich.table import Table

from qcore.cli.console import AsJson, BackendName, complain, err, out
from qcore.cli.dose_models import answers_of_all, comparison, json_row
from qcore.errors import InvalidValue, MissingAsset

if TYPE_CHECKING:
    from qcore.io.nonmem_options import Options
    from qcore.tasks.dosing.answer import Answer, Question
    from qcore.tasks.dosing.drug import Drug, Regimen
    from qcore.tasks.dosing.fitted import Fitted

CHALLENGE = "challenge"


def dose(
    file: Annotated[
        Path, typer.Argument(help="CSV with a line a dose or measurement (NONMEM's or R's).", dir_okay=False)
    ],
    questions: Annotated[
        str | None, typer.Option(help="challenge: the questions of the Quantum Innovation Challenge 2025.")
    ] = None,
    drug: Annotated[str | None, typer.Option(help="Name of a drug that comes with Qlinical, or its TOML file.")] = None,
    columns: Annotated[
        list[str] | None, typer.Option("--map", help="What a column is: subject=PATIENT; may be repeated.")
    ] = None,
    route: Annotated[
        str | None, typer.Option(help="oral, subcutaneous or intravenous, where the file does not tell.")
    ] = None,
    single_dose: Annotated[
        float | None, typer.Option(help="What every subject was given once, where the file holds no dose.")
    ] = None,
    per_kg: Annotated[
        bool | None, typer.Option("--per-kg/--not-per-kg", help="Doses are per kg of body weight.")
    ] = None,
    logarithm: Annotated[
        bool, typer.Option("--logarithm", help="Concentrations in FILE are natural logarithms.")
    ] = False,
    leave_out_negative: Annotated[
        bool, typer.Option("--leave-out-negative", help="Leave out concentrations below 0 (noise of the assay).")
    ] = False,
    concentration: Annotated[str | None, typer.Option(help="DVID or CMT of the concentration.")] = None,
    response: Annotated[str | None, typer.Option(help="DVID or CMT of the response; '' leaves it out.")] = None,
    occasions: Annotated[
        str, typer.Option(help="first or separate: what becomes of subjects who began anew.")
    ] = "first",
    interval: Annotated[float | None, typer.Option(help="Hours between doses.")] = None,
    measure: Annotated[
        str | None, typer.Option(help="What is to be reached: response, trough, peak or average.")
    ] = None,
    above: Annotated[float | None, typer.Option(help="It stays above this.")] = None,
    below: Annotated[float | None, typer.Option(help="It stays below this.")] = None,
    share: Annotated[float | None, typer.Option(help="Share of people who are to reach it, as 0.9.")] = None,
    step: Annotated[float | None, typer.Option(help="Doses are whole multiples of this.")] = None,
    cap: Annotated[float | None, typer.Option(help="The highest dose; a drug's file is not overruled upwards.")] = None,
    weight: Annotated[str | None, typer.Option(help="Body weights of the people a dose is for: 70-140 kg.")] = None,
    fixed: Annotated[
        list[str] | None, typer.Option("--with", help="A covariate that is the same in everybody: COMED=0.")
    ] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Fit once more, even if these data were fitted before.")
    ] = False,
    backend: BackendName = "ideal",
    as_json: AsJson = False,
) -> None:
    """Fit a population model to FILE and say which dose reaches a target in how many people.

    Fitting takes minutes the first time and is remembered. Without a drug file the aim comes from the study and is a
    start, not advice. In the challenge's study the quantum and classical networks answer too, on any --backend that is
    simulated.
    """
    from qcore.tasks.dosing.learned.place import simulated

    if not file.is_file():
        raise MissingAsset(f"There is no file {file}.")
    said = _options(
        route=route,
        dose=single_dose,
        dose_per_kg=per_kg,
        logarithm=logarithm,
        leave_out_negative=leave_out_negative,
        concentration=concentration,
        response=response,
        occasions=occasions,
    )
    # Refused before a fit of minutes, not after it.
    place = simulated(backend)
    found = _fitted(file, columns or [], said, again)
    chosen = _drug(drug, questions, file, found)
    asked = _questions(questions, chosen, found, interval, measure, above, below, share, step, cap, weight, fixed or [])
    answers, learned, said_of_models = answers_of_all(found.model, asked, place)
    notes = [*found.read.notes, *said_of_models]
    if as_json:
        print(json.dumps(_json(answers + learned, chosen, found, notes), indent=2))  # noqa: T201 - for other programs
        return
    for note in notes:
        out.print(f"- {note}", highlight=False)
    _print(answers, chosen, found)
    if learned:
        for table in comparison(answers, learned, chosen.units.dose):
            out.print(table)
        out.print(f"In brackets 90 % intervals. Circuits ran on {backend}; the mechanistic model is the one to go by.")
    complain("Research only, not for clinical use.")


def _options(**said: Any) -> "Options":
    from pydantic import TypeAdapter, ValidationError

    from qcore.io.nonmem_options import Options

    try:
        return TypeAdapter(Options).validate_python(said)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidValue(f"--{'-'.join(map(str, first['loc'])).replace('_', '-')}: {first['msg']}.") from error


def _fitted(file: Path, columns: list[str], options: "Options", again: bool) -> "Fitted":
    from qcore.io.nonmem_columns import parse_roles
    from qcore.tasks.dosing.fitted import fitted

    with err.status("Fitting a population model") as status:
        return fitted(
            file.name,
            file.read_bytes(),
            parse_roles(columns),
            options,
            lambda tried: status.update(f"Fitting a population model: {tried.what}"),
            again,
        )


def _drug(name: str | None, questions: str | None, file: Path, found: "Fitted") -> "Drug":
    from qcore.tasks.dosing.drug import names, read_drug, shipped
    from qcore.tasks.dosing.plain import drug_of

    if questions not in {None, CHALLENGE}:
        raise InvalidValue(f"--questions is {CHALLENGE}; for anything else say --measure, --above, --below.")
    if name is None and questions == CHALLENGE:
        return shipped(CHALLENGE)
    if name is None:
        return drug_of(file.stem, found.read.study, found.model)
    return shipped(name) if name in names() else read_drug(Path(name))


def _questions(
    questions: str | None,
    drug: "Drug",
    found: "Fitted",
    interval: float | None,
    measure: str | None,
    above: float | None,
    below: float | None,
    share: float | None,
    step: float | None,
    cap: float | None,
    weight: str | None,
    fixed: list[str],
) -> "list[Question]":
    from qcore.tasks.dosing.answer import Question, challenge
    from qcore.tasks.dosing.drug import Aim
    from qcore.tasks.dosing.target import Measure

    if questions == CHALLENGE:
        said = {"interval": interval, "measure": measure, "above": above, "below": below, "share": share, "step": step}
        _refuse(said | {"cap": cap, "weight": weight, "with": fixed or None})
        return challenge(drug, found.model)
    if measure is not None and measure not in list(Measure):
        raise InvalidValue(f"--measure is one of {', '.join(Measure)}.")
    aim = drug.aim
    if measure or above is not None or below is not None:
        if above is None and below is None:
            raise InvalidValue("Say with --above or --below what the measure is to reach.")
        aim = Aim(measure=Measure(measure) if measure else drug.aim.measure, low=above, high=below)
    if aim.measure is Measure.RESPONSE and found.model.structure.response is None:
        raise InvalidValue("The file holds no response: ask for --measure trough, peak or average.")
    population = _population(weight, fixed)
    regimens = [_changed(regimen, interval, step, cap) for regimen in drug.regimens]
    if interval is not None:
        regimens = regimens[:1]
    shares = (share,) if share else drug.shares
    return [Question(population, regimen, aim.target, each) for each in shares for regimen in regimens]


def _refuse(said: dict[str, object]) -> None:
    """Refuse what the questions of the challenge leave no room for, rather than answer something else."""
    given = [f"--{name}" for name, value in said.items() if value is not None]
    if given:
        raise InvalidValue(
            f"--questions {CHALLENGE} asks for fixed people, intervals and shares: leave out {', '.join(given)}, or "
            "leave out --questions and ask with them alone."
        )


def _population(weight: str | None, fixed: list[str]) -> Any:
    from qcore.tasks.dosing.people import Population

    values = {}
    for text in fixed:
        name, sign, value = text.partition("=")
        try:
            values[name] = float(value)
        except ValueError:
            sign = ""
        if not sign:
            raise InvalidValue(f"--with takes COVARIATE=NUMBER, not {text}.")
    limits = None
    if weight:
        try:
            low, high = (float(part) for part in weight.split("-"))
        except ValueError:
            raise InvalidValue(f"--weight takes two numbers of kg as 70-140, not {weight}.") from None
        limits = (low, high)
    name = ", ".join([f"{weight} kg"] * bool(weight) + fixed) or "as in the study"
    return Population(name, limits, values)


def _changed(regimen: "Regimen", interval: float | None, step: float | None, cap: float | None) -> "Regimen":
    from pydantic import ValidationError

    if cap is not None and cap > regimen.cap:
        raise InvalidValue(f"The cap of the drug's file is {regimen.cap:g}: it is never exceeded.")
    changed = {"interval_h": interval, "step": step, "cap": cap}
    changes: dict[str, object] = {key: value for key, value in changed.items() if value is not None}
    changes |= {"name": f"every {interval:g} h"} if interval else {}
    try:
        return type(regimen).model_validate(regimen.model_dump() | changes)
    except ValidationError as error:
        raise InvalidValue("An interval, a step and a cap are above 0, and the cap is not below the step.") from error


def _json(answers: "list[Answer]", drug: "Drug", found: "Fitted", notes: list[str]) -> dict[str, Any]:
    model = found.model
    return {
        "answers": [json_row(each) for each in answers],
        "drug": drug.name,
        "aim": drug.aim.model_dump(),
        "fit": {
            "numbers": model.reported,
            "minus_two_log_likelihood": model.minus_two,
            "bic": model.bic,
            "subjects": model.n_subjects,
            "measurements": model.n_measurements,
            "shrinkage": dict(model.shrinkage),
        },
        "notes": notes,
    }


def _print(answers: "list[Answer]", drug: "Drug", found: "Fitted") -> None:
    unit = drug.units.dose
    numbers = Table("estimate", "value", "standard error", box=SIMPLE)
    for name, (value, error) in found.model.with_errors.items():
        numbers.add_row(name, f"{value:.4g}", error)
    out.print(numbers)
    out.print(drug.about, highlight=False)
    table = Table("for", "how often", "share", "dose", "90 % interval", "reached", box=SIMPLE)
    for each in answers:
        regimen = each.question.regimen
        table.add_row(
            each.question.population.name,
            regimen.name,
            f"{each.question.share:.0%}",
            f"{each.dose:g} {unit}" if each.dose is not None else f"none up to {regimen.cap:g} {unit}",
            " to ".join(f"{edge:g}" if edge is not None else f"over {regimen.cap:g}" for edge in (each.low, each.high)),
            f"{each.attained:.1%}",
        )
    out.print(table)
