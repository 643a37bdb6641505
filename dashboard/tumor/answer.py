"""The answer: whether there is a tumour, of which kind, how sure that is, and what noise makes of it."""

import streamlit as st

from dashboard.shared.execution.ran_on import ran_on
from dashboard.shared.foreign import literal
from dashboard.shared.numbers import beginning, percent
from dashboard.tumor.case import Case
from dashboard.tumor.probabilities import moved_by_noise, probability_table
from qcore.evidence.evaluation import Evaluation
from qcore.records import audit
from qcore.tasks.tumor.answer import ENTRY, THRESHOLD, Answer
from qcore.tasks.tumor.question import LABELS, NONE


def answer_card(
    case: Case, found: Answer, noiseless: Answer | None, twin: Answer, evaluation: Evaluation, n_slices: int
) -> None:
    """Show the answer.

    Args:
        case: the series.
        found: what the hybrid says where it runs.
        noiseless: the same without noise; None where it runs without.
        twin: what its classical twin says.
        evaluation: says what the answer is worth.
        n_slices: how many slices were judged.
    """
    _record(case, found)
    with st.container(border=True, key="pair_answer"):
        sentence, kinds = st.columns([5, 6], gap="large", vertical_alignment="center")
        with sentence:
            st.markdown(f"## {_headline(found)}")
            st.markdown(_kind(found))
            st.markdown(_set(found, evaluation))
            if noiseless is not None:
                st.markdown(
                    moved_by_noise(found.tumour, noiseless.tumour, found.backend, found.decision == noiseless.decision)
                )
        with kinds:
            st.html(_table(found, noiseless, twin))
        st.caption(
            f"{literal(case.title)} · {case.source} · {_slices(n_slices)}. {_worth(evaluation)} "
            f"Circuit: {ran_on(found.backend)}."
        )


def _headline(found: Answer) -> str:
    return f"{beginning(percent(found.tumour))} probability of a tumour"


def _kind(found: Answer) -> str:
    share = found.probabilities[found.kind] / found.tumour
    of_kind = f"If there is one, most probably a **{found.kind}** ({percent(share)})."
    if not found.is_certain:
        return f":gray-badge[:material/help: Cannot tell] Neither answer is certain enough. {of_kind}"
    if found.is_tumour:
        return f":orange-badge[:material/notifications_active: Tumour] {of_kind}"
    return f":green-badge[:material/check: No tumour] Below {percent(THRESHOLD)}, and certain enough."


def _set(found: Answer, evaluation: Evaluation) -> str:
    return f"Possible: **{'** or **'.join(found.possible)}**. {coverage(evaluation)}"


def coverage(evaluation: Evaluation) -> str:
    """Return how often a list of what is possible held the right answer, a sentence; empty if it is not known."""
    kinds = [(evidence.set_coverage, evidence.base_rate) for evidence in evaluation.labels.values()]
    if any(held is None for held, _ in kinds):
        return ""
    # The first kind is that there is none.
    (without, _), *tumours = [(held or 0.0, share) for held, share in kinds]
    with_one = sum(held * share for held, share in tumours) / sum(share for _, share in tumours)
    return (
        f"On test slices such a list held the right answer in {percent(with_one)} of those with a tumour and in "
        f"{percent(without)} of those without."
    )


def _table(found: Answer, noiseless: Answer | None, twin: Answer) -> str:
    columns = {"Hybrid": found, **({} if noiseless is None else {"Noiseless": noiseless}), "Classical twin": twin}
    rows = {label: [each.probabilities[label] for each in columns.values()] for label in LABELS.names}
    return probability_table(rows, columns, NONE, set(found.possible))


def _slices(n_slices: int) -> str:
    if n_slices == 1:
        return "1 image"
    return f"{n_slices:,} slices judged: neighbours are averaged, and the ends of the series do not count"


def _worth(evaluation: Evaluation) -> str:
    if evaluation.kinds is None:
        return ""
    return (
        f"Of {evaluation.n:,} test slices of the collections that trained it, "
        f"{percent(evaluation.kinds.accuracy.value)} were given the right kind; of images from elsewhere, expect fewer."
    )


def _record(case: Case, found: Answer) -> None:
    """Write one audit row per series and backend, not one every time the page is drawn."""
    shown = (case.key, found.backend)
    if st.session_state.get("tumor_recorded") == shown:
        return
    audit.append(
        audit.Action.PREDICTION,
        "tumor",
        model_card=ENTRY.name,
        backend=found.backend,
        decision=found.decision,
        patients=1,
    )
    st.session_state["tumor_recorded"] = shown
