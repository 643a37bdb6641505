"""What is asked for in place of what a drug's file, or the study that stands in for it, says."""

from collections.abc import Sequence

from qcore.tasks.dosing.dose_finding import Question
from qcore.tasks.dosing.drug.file import Drug, Regimen
from qcore.tasks.dosing.target import Target
from qcore.tasks.dosing.virtual_population import Population
from qcore.tasks.dosing.wording import Wording


def asked_instead(words: Wording, drug: Drug, questions: Sequence[Question]) -> str:
    """Say it in a sentence, so that what is told of the drug contradicts no question; "" where nothing is.

    Args:
        words: of the front end.
        drug: with its regimens, aim and shares.
        questions: that were asked of it.
    """
    parts: list[str] = []
    for each in questions:
        parts += _of_regimen(words, drug, each.regimen)
        parts += _of_target(words, drug, each.target)
        if each.share not in drug.shares:
            parts.append(f"{words.number(100 * each.share)}{words.space}% of people")
        parts += _of_people(words, each.population)
    listed = "; ".join(dict.fromkeys(parts))
    return f"Asked for here instead: {listed}." if listed else ""


def _of_regimen(words: Wording, drug: Drug, asked: Regimen) -> list[str]:
    same = [each for each in drug.regimens if each.interval_h == asked.interval_h]
    parts = [] if same else [asked.name]
    # Step and cap are those of some regimen of the drug, where they were not asked for.
    if asked.step not in {each.step for each in same or drug.regimens}:
        parts.append(f"steps of {words.amount(asked.step, drug)}")
    if asked.cap not in {each.cap for each in same or drug.regimens}:
        parts.append(f"at most {words.amount(asked.cap, drug)}")
    return parts


def _of_target(words: Wording, drug: Drug, asked: Target) -> list[str]:
    usual = drug.aim.target
    if (asked.measure, asked.low, asked.high) == (usual.measure, usual.low, usual.high):
        return []
    return [f"{words.measured(asked.measure, drug)} {words.limits(asked, drug)}"]


def _of_people(words: Wording, asked: Population) -> list[str]:
    parts = []
    if asked.weight_kg:
        low, high = asked.weight_kg
        parts.append(f"people of {words.number(low)} to {words.number(high)}{words.space}kg")
    return parts + [f"{words.covariate(name)} {words.number(value)}" for name, value in asked.fixed.items()]
