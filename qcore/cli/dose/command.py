"""qlinical dose: what dose, how often, for whom, from the data of a study."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qcore.cli.console import AsJson, BackendName, complain, err, out
from qcore.cli.dose.models import answers_of_all, comparison
from qcore.errors import InvalidValue, MissingAsset, UnreadableInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from qcore.cli.dose.request import DoseRequest
    from qcore.io.nonmem.options import Options
    from qcore.io.nonmem.reader import ReadStudy
    from qcore.population.model import PopulationModel
    from qcore.tasks.dosing.dose_finding import Question
    from qcore.tasks.dosing.drug.file import Drug
    from qcore.tasks.dosing.fitted_model import Fitted

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
    time_unit: Annotated[
        str | None, typer.Option(help="Of times in FILE: h, min, days; else as its columns say.")
    ] = None,
    dose_unit: Annotated[str | None, typer.Option(help="Of doses in FILE: mg, ug; else as its columns say.")] = None,
    concentration_unit: Annotated[
        str | None, typer.Option(help="Of concentrations in FILE: mg/L, ng/mL; else as its columns say.")
    ] = None,
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
    start, not advice. In the challenge's study the quantum networks and their classical twins answer too, on any
    --backend that is simulated.
    """
    from qcore.cli.dose import request
    from qcore.cli.dose.fields import in_command
    from qcore.cli.dose.report import Report
    from qcore.population.fitting.doubts import doubts
    from qcore.tasks.dosing.dose_groups import studied_in
    from qcore.tasks.dosing.drug.without_file import drug_of
    from qcore.tasks.dosing.networks.dose_finding.backends import simulated
    from qcore.tasks.dosing.trust.judge import trust

    if not file.is_file():
        raise MissingAsset(f"There is no file {file}.")
    # Refused before a fit of minutes, not after it.
    circuits_on = simulated(backend)
    asked = request.DoseRequest(
        interval=interval,
        measure=measure,
        above=above,
        below=below,
        share=share,
        step=step,
        cap=cap,
        weight=request.weights(weight),
        fixed=request.covariates(fixed or []),
    )
    known = _drug(drug, questions)
    if questions is not None:
        _refuse(asked)
    options = options_of(
        units=(time_unit, dose_unit, concentration_unit),
        route=route,
        dose=single_dose,
        dose_per_kg=per_kg,
        logarithm=logarithm,
        leave_out_negative=leave_out_negative,
        concentration=concentration,
        response=response,
        occasions=occasions,
    )
    fit = _fitted(file, columns or [], options, again, lambda read: request.check(asked, known, read.study))
    chosen = known or drug_of(file.stem, fit.read.study, fit.model)
    wanted = _questions(asked, questions, chosen, fit.model)
    answers, learned, on_models = answers_of_all(fit.model, wanted, circuits_on, questions is not None)
    studied = chosen.studied or studied_in(fit.read.study)
    trusts = {
        id(each): trust(fit.model, each.question, chosen.units, studied, each.dose) for each in [*answers, *learned]
    }
    every = (*map(in_command, fit.read.doubts), *doubts(fit.model))
    report = Report(answers, learned, chosen, fit, on_models, questions is not None, every, trusts, studied)
    if as_json:
        print(json.dumps(report.json(), indent=2))  # noqa: T201 - for other programs
        return
    for part in report.parts():
        out.print(part, highlight=False, markup=False)
    if learned and not report.refuses:
        for table in comparison(answers, learned, chosen.units.dose):
            out.print(table)
        out.print(f"In brackets 90 % intervals. Circuits ran on {backend}; the mechanistic model is the one to go by.")
    complain("Research only, not for clinical use.")


def options_of(units: tuple[str | None, str | None, str | None], **answers: Any) -> "Options":
    """Return how a study's file is to be read.

    Args:
        units: of time, dose and concentration; None is as the file has it.
        answers: fields of `Options` by name, as given on the command line.

    Raises:
        InvalidValue: something cannot be.
    """
    from pydantic import TypeAdapter, ValidationError

    from qcore.io.nonmem.options import Options
    from qcore.study import Units

    if any(units):
        answers["units"] = Units(*(each or "" for each in units))
    try:
        return TypeAdapter(Options).validate_python(answers)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidValue(f"--{'-'.join(map(str, first['loc'])).replace('_', '-')}: {first['msg']}.") from error


def _fitted(
    file: Path, columns: list[str], options: "Options", again: bool, on_read: "Callable[[ReadStudy], None]"
) -> "Fitted":
    from qcore.cli.dose.fields import in_command
    from qcore.io.nonmem.columns.roles import parse_roles
    from qcore.io.nonmem.faults import UnreadableStudy
    from qcore.tasks.dosing.fitted_model import fitted

    with err.status("Fitting a population model") as status:
        try:
            return fitted(
                file.name,
                file.read_bytes(),
                parse_roles(columns),
                options,
                lambda tried: status.update(f"Fitting a population model: {tried.what}"),
                again,
                on_read,
            )
        except UnreadableStudy as error:
            raise UnreadableInput(in_command(error)) from error


def _drug(name: str | None, questions: str | None) -> "Drug | None":
    """Return the drug that was named; None if the study has to stand in for its file."""
    from qcore.tasks.dosing.drug.file import names, read_drug, shipped

    if questions not in {None, CHALLENGE}:
        raise InvalidValue(f"--questions is {CHALLENGE}; for anything else say --measure, --above, --below.")
    if name is None:
        return shipped(CHALLENGE) if questions else None
    return shipped(name) if name in names() else read_drug(Path(name))


def _questions(asked: "DoseRequest", questions: str | None, drug: "Drug", model: "PopulationModel") -> "list[Question]":
    from qcore.cli.dose.request import questions as asked_of
    from qcore.tasks.dosing.challenge import challenge

    return challenge(drug, model) if questions == CHALLENGE else asked_of(asked, drug, model)


def _refuse(asked: "DoseRequest") -> None:
    """Refuse options that contradict the fixed questions of the challenge."""
    if asked.given:
        raise InvalidValue(
            f"--questions {CHALLENGE} asks for fixed people, intervals and shares: leave out "
            f"{', '.join(f'--{name}' for name in asked.given)}, or leave out --questions and ask with them alone."
        )
