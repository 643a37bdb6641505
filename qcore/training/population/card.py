"""The card of a fitted population model: numbers, how it was found, what it answers, what it does not know."""

from collections.abc import Sequence

from qcore.population.fitting.search import Tried
from qcore.population.model import PopulationModel
from qcore.population.structure import MEANING
from qcore.tasks.dosing.dose_finding import Answer
from qcore.tasks.dosing.drug.file import Drug
from qcore.training.cards.markdown import table


def card(model: PopulationModel, drug: Drug, tried: Sequence[Tried], answers: Sequence[Answer]) -> str:
    """Return the card as Markdown.

    Args:
        model: the population model that was fitted.
        drug: whose study it was.
        tried: models that were fitted on the way.
        answers: of the drug's questions.
    """
    parts = [
        f"# Population model: {drug.name}",
        "Research only, not for clinical use. This file is written by `qlinical train dosing`.",
        "## Data",
        drug.about,
        f"{model.n_subjects} subjects, {model.n_measurements} measurements used; concentrations up to the first dose "
        f"are not. SHA-256 of the file and how it was read: `{model.study}`.",
        "## What it is",
        _structure(model),
        "## Numbers",
        "Fitted by first-order conditional estimation with interaction (FOCEI). Standard errors from the curvature of "
        "the likelihood: relative for whatever is estimated as a logarithm. How often such intervals hold the truth: "
        "`python -m tests.benchmarks.recovery`.",
        _numbers(model),
        f"-2 log likelihood {model.ofv:.1f}, Bayesian criterion {model.bic:.1f}.",
        "## How it was found",
        "From the simplest model, one step at a time; a step is kept if the Bayesian criterion falls by more than 2, a "
        "covariate if it falls by more than 5. The response is first fitted to everybody's concentrations taken as "
        "known, and then together with them. Kept steps are marked.",
        _steps(tried),
        "## What it answers",
        _answers(answers, drug),
        "## What it does not know",
        _limits(),
    ]
    return "\n\n".join(parts) + "\n"


def _structure(model: PopulationModel) -> str:
    structure = model.structure
    sentences = [
        f"{structure.compartments} compartment{'s' if structure.compartments > 1 else ''}"
        f"{', first-order absorption' if structure.absorbed else ''}{' after a delay' if structure.lag else ''}."
    ]
    for effect in structure.effects:
        if effect.exponent is not None:
            sentences.append(
                f"{effect.parameter} goes as ({effect.covariate} / {effect.reference:g})^{effect.exponent:g}."
            )
        elif effect.reference is not None:
            sentences.append(
                f"{effect.parameter} goes as ({effect.covariate} / {effect.reference:g}) to an estimated power."
            )
        else:
            sentences.append(f"{effect.covariate} multiplies {effect.parameter} by e to the number below.")
    if structure.response is not None:
        response = structure.response
        what = "concentration at once" if not response.turns_over else f"{response.kind} (indirect response)"
        sentences.append(f"The drug {'lowers' if response.lowers else 'raises'} the response by its {what}.")
    sentences.append(f"People differ, log-normally and independently, in {', '.join(structure.iiv)}.")
    return " ".join(sentences)


def _numbers(model: PopulationModel) -> str:
    rows = []
    for name, (value, error) in model.with_errors.items():
        what = MEANING.get(name, "standard deviation between people" if name.startswith("omega") else "")
        pulled = f"{model.shrinkage[name[6:]]:.0%}" if name.startswith("omega ") else ""
        rows.append([name, what, f"{value:.4g}", error, pulled])
    return table(["number", "", "value", "standard error", "shrinkage"], rows)


def _steps(tried: Sequence[Tried]) -> str:
    rows = [[each.what, f"{each.ofv:.1f}", f"{each.bic:.1f}", "kept" if each.kept else ""] for each in tried]
    return table(["step", "-2 log likelihood", "criterion", ""], rows)


def _answers(answers: Sequence[Answer], drug: Drug) -> str:
    rows = []
    for each in answers:
        cap = each.question.regimen.cap
        low, high = (f"{edge:g}" if edge is not None else f"over {cap:g}" for edge in (each.low, each.high))
        rows.append(
            [
                each.question.population.name,
                each.question.regimen.name,
                f"{each.question.share:.0%}",
                f"{each.dose:g} {drug.units.dose}" if each.dose is not None else f"none up to {cap:g}",
                f"{low} to {high}",
                f"{each.attained:.1%}",
            ]
        )
    return table(["for", "how often", "share", "dose", "90 % interval", "reached"], rows)


def _limits() -> str:
    return (
        "Doses far from those studied are extrapolation. Differences between people are taken as independent of each "
        "other and the same from day to day. The interval of a dose holds what 48 subjects leave open about the "
        "numbers, not what they leave open about the form of the model. The subjects are simulated."
    )
