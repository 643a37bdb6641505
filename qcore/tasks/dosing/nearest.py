"""The dose to look at where none reaches a target: the one that comes nearest."""

from qcore.tasks.dosing.dose_finding import Answer, Question


def nearest_dose(question: Question) -> float:
    """Return the dose of a regimen that comes nearest where none does: its cap, or its first step under a limit."""
    return question.regimen.step if question.target.highest else question.regimen.cap


def dose_or_nearest(answer: Answer) -> float:
    """Return the dose of an answer; where none reaches the target, that which comes nearest."""
    return nearest_dose(answer.question) if answer.dose is None else answer.dose
