"""The answer of one of the other image models: how probable, what is decided, and how much that is worth."""

import streamlit as st

from dashboard.shared.execution.ran_on import ran_on
from dashboard.shared.foreign import literal
from dashboard.shared.numbers import NBSP, beginning, percent
from dashboard.tumor.case import Case
from dashboard.tumor.probabilities import moved_by_noise, probability_table
from qcore.evidence.evaluation import Evaluation
from qcore.records import audit
from qcore.tasks.classification.labels import Label
from qcore.tasks.imaging.answer import Answer
from qcore.tasks.imaging.subjects import Subject


def other_answer_card(
    case: Case,
    subject: Subject,
    label: Label,
    found: Answer,
    noiseless: Answer | None,
    evaluation: Evaluation,
) -> None:
    """Show the answer.

    Args:
        case: the image.
        subject: what it shows.
        label: what is asked for.
        found: what the hybrid says where it runs.
        noiseless: the same without noise; None where it runs without.
        evaluation: says what the answer is worth.
    """
    _record(case, label, found)
    with st.container(border=True, key="pair_answer"):
        sentence, table = st.columns([5, 6], gap="large", vertical_alignment="center")
        with sentence:
            st.markdown(f"## {beginning(percent(found.probability))} probability of {subject.asked}")
            st.markdown(_decision(found, label, evaluation, subject))
            st.markdown(_set(found, evaluation, subject))
            if noiseless is not None:
                stays = decision(found, label) == decision(noiseless, label)
                st.markdown(moved_by_noise(found.probability, noiseless.probability, found.backend, stays))
        with table:
            st.html(_table(found, noiseless, label))
        st.caption(
            f"{literal(case.title)} · {case.source}. Model: {subject.title}, trained on "
            f"{subject.population} {subject.sees} "
            f"Circuit: {ran_on(found.backend)}."
        )


def _decision(found: Answer, label: Label, evaluation: Evaluation, subject: Subject) -> str:
    point, threshold = evaluation.only.operating_point, percent(found.threshold)
    if not found.is_certain:
        verdict = ":gray-badge[:material/help: Cannot tell] Neither answer is certain enough."
    elif found.is_yes:
        verdict = f":orange-badge[:material/notifications_active: {label.name.capitalize()}]"
    else:
        verdict = f":green-badge[:material/check: {label.absent.capitalize()}]"
    return (
        f"{verdict} From {threshold} on, the answer is **{label.name}**: among {evaluation.n:,} test "
        f"{subject.test_cases}, this finds {percent(point.sensitivity)} of those with it (sensitivity) and rightly "
        f"clears {percent(point.specificity)} of those without (specificity)."
    )


def _set(found: Answer, evaluation: Evaluation, subject: Subject) -> str:
    names = "** or **".join(found.possible)
    return f"Possible: **{names}**. {set_worth(evaluation, subject)}"


def set_worth(evaluation: Evaluation, subject: Subject) -> str:
    """Return how often a list of what is possible held the right answer, a sentence; empty if it is not known."""
    evidence = evaluation.only
    if evidence.set_coverage is None or evidence.absent_coverage is None:
        return ""
    return (
        f"Such a list held the right answer for {100 * evidence.set_coverage:.1f}{NBSP}% of the "
        f"test {subject.test_cases} with it, and for {100 * evidence.absent_coverage:.1f}{NBSP}% of those without."
    )


def _table(found: Answer, noiseless: Answer | None, label: Label) -> str:
    columns = {"Hybrid": found, **({} if noiseless is None else {"Noiseless": noiseless})}
    shares = [each.probability for each in columns.values()]
    rows = {label.name: shares, label.absent: [1 - share for share in shares]}
    return probability_table(rows, columns, label.absent, set(found.possible))


def decision(found: Answer, label: Label) -> str:
    """Return what is answered, in a word or two."""
    if not found.is_certain:
        return "cannot tell"
    return label.name if found.is_yes else label.absent


def _record(case: Case, label: Label, found: Answer) -> None:
    """Write one audit row per image and backend, not one every time the page is drawn."""
    shown = (case.key, case.question, found.backend)
    if st.session_state.get("tumor_other_recorded") == shown:
        return
    audit.append(
        audit.Action.PREDICTION,
        case.question,
        model_card=case.question,
        backend=found.backend,
        decision=decision(found, label),
        patients=1,
    )
    st.session_state["tumor_other_recorded"] = shown
